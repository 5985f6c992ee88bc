import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ServerResponse } from 'node:http';
import { expect, test } from '@playwright/test';
import { keepScreenshot } from '../screenshots.ts';
import { alice, desktop, goTo, openTraffic, requests, startAgain, userDataFolder, world } from './page-session.ts';
import { wiki } from './wiki.ts';

/** The end of the app, and what is still there after it. */
export function testRestart(): void {
  test('of a flood the newest show and all are kept; what passes while the window is in the tray is there afterwards', async () => {
    const { page, app } = desktop;
    await openTraffic();
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('');
    await expect(requests().first()).toBeVisible();
    await feed(2000, 'http://flood.corp/item/');
    await expect(requests().filter({ hasText: '/item/1999' })).toHaveCount(1);
    const search = page.getByRole('searchbox', { name: 'Filter the requests' });
    await search.fill('flood.corp/item/3');
    await expect(requests().filter({ hasText: '/item/399' })).toHaveCount(1);
    await page.getByRole('grid', { name: 'Requests' }).focus();
    await page.keyboard.press('End');
    await expect(requests().filter({ has: page.getByText('/item/3', { exact: true }) })).toHaveCount(1);
    await page.keyboard.press('Home');
    await page.keyboard.press('Escape');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await feed(20, 'http://flood.corp/item/3000');
    await desktop.clickTray('open');
    await expect(requests().filter({ hasText: '/item/300019' })).toHaveCount(1);
  });

  test('every way to quit says what stops, and asks once', async () => {
    const { app, page } = desktop;
    await openTraffic();
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('');
    await page.getByRole('combobox', { name: 'Filter by application' }).click();
    await page.getByRole('option', { name: 'Intranet' }).click();
    type Asking = typeof globalThis & { posternAsked: string[]; posternAnswer: (response: number) => void };
    await app.evaluate(({ dialog }) => {
      const asking = globalThis as Asking;
      asking.posternAsked = [];
      dialog.showMessageBox = async (...given: unknown[]) => {
        asking.posternAsked.push((given.at(-1) as { message: string }).message);
        return new Promise((resolve) => {
          asking.posternAnswer = (response) => resolve({ response, checkboxChecked: false });
        });
      };
    });
    const asked = (): Promise<readonly string[]> => app.evaluate(() => (globalThis as Asking).posternAsked);
    const answer = (response: number): Promise<void> =>
      app.evaluate((_electronModule, button) => (globalThis as Asking).posternAnswer(button), response);
    const clickMenu = (): Promise<void> =>
      app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('quit')?.click());
    const question = '3 applications can’t be reached through this machine any more.';
    await desktop.clickTray('quit');
    await expect.poll(asked).toEqual([question]);
    await clickMenu();
    await desktop.clickTray('quit');
    await app.evaluate(({ app: electronApp }) => electronApp.quit());
    await answer(1);
    await page.keyboard.press('Escape');
    await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.focus();
      for (const type of ['keyDown', 'keyUp'] as const) {
        window?.webContents.sendInputEvent({ type, keyCode: 'Q', modifiers: ['control'] });
      }
    });
    await expect.poll(asked).toEqual([question, question]);
    await answer(1);
    await app.evaluate(({ app: electronApp }) => electronApp.quit());
    await expect.poll(asked).toEqual([question, question, question]);
    await answer(1);
    await clickMenu();
    await expect.poll(async () => (await asked()).length).toBe(4);
    const closed = app.waitForEvent('close');
    void answer(0).catch(() => undefined);
    await closed;
  });

  test('an export of very many requests is cancelled, and leaves nothing behind', async () => {
    makeLongHistory(path.join(userDataFolder, 'traffic.sqlite'));
    await startAgain();
    const { page, app } = desktop;
    const folder = world.makeFolder('export');
    await app.evaluate(
      ({ dialog }, filePath) => {
        dialog.showSaveDialog = async () => ({ canceled: false, filePath });
      },
      path.join(folder, 'traffic.har'),
    );
    await openTraffic();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'As HAR' }).click();
    await expect(page.getByText(/^Exporting, [1-9]/)).toBeVisible();
    // At once: a click waits until the button stands still, and it moves on as the export does.
    await page.getByRole('button', { name: 'Cancel the export' }).dispatchEvent('click');
    await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeVisible();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a list that holds no more leads on to what is older, and back', async () => {
    const { page } = desktop;
    const leadOn = page.getByRole('button', { name: 'Show what is older' });
    await page.getByRole('grid', { name: 'Requests' }).focus();
    await expect(async () => {
      await page.keyboard.press('End');
      await expect(leadOn).toBeInViewport({ ratio: 1, timeout: 50 });
    }).toPass({ intervals: [0], timeout: 90_000 });
    const last = Number((await requests().last().getAttribute('id'))?.replace('request-', ''));
    await keepScreenshot(page, 'traffic-page-full');
    await leadOn.click();
    await expect(requests().first()).toHaveAttribute('id', `request-${last - 1}`);
    await expect(page.getByText(/requests until \d/)).toBeVisible();
    await keepScreenshot(page, 'traffic-page-led-on');
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(requests().first()).not.toContainText('/seeded/');
  });

  test('B72 after a restart the history, the columns and the filter of the traffic are as they were', async () => {
    const { page } = desktop;
    await openTraffic();
    await expect(page.getByRole('list', { name: 'Filters in force' })).toContainText('Intranet');
    await expect(page.getByRole('columnheader', { name: 'Activity id' })).toBeVisible();
    await expect(page.getByRole('columnheader').first()).toHaveText('URL');
    expect((await page.getByRole('columnheader').first().locator('> :first-child').boundingBox())?.width).toBe(300);
    await expect(requests().filter({ hasText: '/missing' }).first()).toContainText('404');
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('nowhere');
    await expect(requests()).toHaveCount(1);
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await goTo('Overview');
    await page.getByRole('radio', { name: 'Last hour' }).click();
    await expect(page.getByRole('region', { name: 'Traffic over time' }).getByRole('definition').first()).toHaveText(
      /^1\d\d$/,
    );
  });

  for (const signal of SESSION_ENDS) {
    test(`B66 B72 what runs when the operating system ends its session (${signal}) is finished, and is in the history`, async () => {
      if (desktop.hasEnded()) await startAgain();
      const { app } = desktop;
      const program = app.process();
      await expect.poll(async () => (await desktop.tray())?.state).toMatch(/^(ok|degraded)$/);
      const begun = Promise.withResolvers<ServerResponse>();
      wiki.server.removeAllListeners('request');
      wiki.server.on('request', (request, response: ServerResponse) => {
        if (request.url?.startsWith('/held') !== true) return void response.end('Wiki');
        response.write('begun, ');
        begun.resolve(response);
      });
      expect((await alice.goto(wiki.externalUrl))?.status()).toBe(200);
      const body = alice.evaluate(async (way) => (await fetch(`/held/${way}`)).text(), signal);
      const held = await begun.promise;
      const closed = app.waitForEvent('close');
      await app.evaluate(({ BrowserWindow, powerMonitor }, way) => {
        if (way === 'session-end') return void BrowserWindow.getAllWindows()[0]?.emit('session-end');
        if (way === 'SIGTERM') return void process.kill(process.pid, 'SIGTERM');
        let isDelayed = false;
        powerMonitor.emit('shutdown', { preventDefault: () => (isDelayed = true) });
        if (!isDelayed) throw new Error('Nobody asked the operating system to wait.');
      }, signal);
      held.end('ended');
      expect(await body).toBe('begun, ended');
      await closed;
      await expect.poll(() => program.exitCode).toBe(0);
      using database = new DatabaseSync(path.join(userDataFolder, 'traffic.sqlite'), { readOnly: true });
      const kept = database.prepare('select status, outcome from records where url like ?').all(`%/held/${signal}`);
      expect(kept).toEqual([{ status: 200, outcome: 'complete' }]);
    });
  }
}

/** How it says so on Linux and macOS, on Windows, and to what is started by a service manager. */
const SESSION_ENDS = ['shutdown', 'session-end', 'SIGTERM'] as const;

/** Puts three hundred thousand requests before those that are kept. */
function makeLongHistory(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(`
    with recursive number(n) as (select 1 union all select n + 1 from number where n < 300000)
    insert into records
      select first.sequence - number.n, first.startedAtMs - number.n, 'seeded', first.applicationId, 'Intranet', null,
        null, 'GET', 'http://origin/seeded/' || number.n, 200, 0, 1000, 1, 2, 3, 0, 'complete', null, null, null,
        null
      from number, (select * from records order by sequence limit 1) as first;
  `);
  database.close();
}

/** Hands in requests of hours ago as the engine would: what the figures of the last hour say stays. */
function feed(count: number, urlStart: string): Promise<void> {
  return desktop.app.evaluate(
    (_electron, given) => {
      const first = Date.now() * 1000;
      const records = Array.from({ length: given.count }, (_, index) => ({
        sequence: first + index,
        activityId: `6c2a1f0e-3b7d-4c51-9e2f-${String(index).padStart(12, '0')}`,
        startedAtMs: Date.now() - 10_000_000,
        applicationId: 'flood',
        applicationName: 'Flood',
        userId: null,
        userName: null,
        method: 'GET',
        url: `${given.urlStart}${index}`,
        status: 200,
        requestBytes: 0,
        responseBytes: 1024,
        timing: { sentMs: 1, firstByteMs: 2, totalMs: 3 },
        connection: 'reused' as const,
        isUpgrade: false,
        outcome: 'complete' as const,
        errorCode: null,
        errorHop: null,
        errorCause: null,
      }));
      globalThis.posternTestSeam?.feedTraffic(records);
    },
    { count, urlStart },
  );
}
