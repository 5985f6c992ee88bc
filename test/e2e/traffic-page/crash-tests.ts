import type { ServerResponse } from 'node:http';
import { expect, test } from '@playwright/test';
import { completeAdministratorSignIn } from '../browser.ts';
import {
  alice,
  browser,
  desktop,
  externalUrl,
  goTo,
  openTraffic,
  requests,
  startAgain,
  world,
} from './page-session.ts';
import { wiki } from './wiki.ts';

/** The engine or the window's process dies, as it does for want of memory. Playwright has no hold of the page that comes after it. */
export function testCrash(): void {
  test('what was open when the engine died failed with it, and does not run for ever', async () => {
    await startSignedIn();
    const { page, app } = desktop;
    await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
    const begun = Promise.withResolvers<void>();
    wiki.server.removeAllListeners('request');
    wiki.server.on('request', (_request, response: ServerResponse) => {
      response.write('begun, ');
      begun.resolve();
    });
    await openTraffic();
    void alice.goto(`${wiki.externalUrl}broken-off`).catch(() => undefined);
    await begun.promise;
    const brokenOff = requests().filter({ hasText: '/broken-off' });
    await expect(brokenOff).toContainText('…');
    await app.evaluate(() => globalThis.posternTestSeam?.killEngine());
    await expect(brokenOff).toContainText('200 !');
    await expect(brokenOff).not.toContainText('…');
    await brokenOff.click();
    await expect(page.getByTestId('error-cause')).toContainText('The engine ended while this request was open.');
    await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
    await page.keyboard.press('Escape');
  });

  test('a window that dies twice within a minute comes back to its page, with what was in the forms, the filter and the capture', async () => {
    await startSignedIn();
    const { page } = desktop;
    await openTraffic();
    await page.getByRole('button', { name: 'Capture bodies' }).click();
    const dialog = page.getByRole('dialog', { name: 'Capture bodies' });
    await dialog.getByRole('button', { name: 'Start capturing' }).click();
    await expect(page.getByTestId('body-capture')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('guest');
    await page.getByRole('textbox', { name: 'Filter by user' }).fill('alice');
    await goTo('Settings');
    await page.getByRole('textbox', { name: 'Single requests' }).fill('12');
    await goTo('Connectors');
    await page.getByRole('tab', { name: /^Groups/ }).click();
    await page.getByRole('button', { name: 'Create a group' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Half-named');
    await desktop.app.evaluate(() =>
      globalThis.posternTestSeam?.clickTray('openPage', { page: 'overview', trafficText: '' }),
    );
    await goTo('Applications');
    await page.getByRole('button', { name: 'Publish an application' }).click();
    const form = page.getByRole('dialog', { name: 'Publish an application' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Half-filled');
    await form.getByRole('textbox', { name: 'Internal URL' }).fill('http://half.corp.example/');
    for (let death = 0; death < 2; death += 1) {
      await crash();
      await expect.poll(() => inWindow('document.querySelector("h1")?.textContent')).toBe('Applications');
      await expect.poll(() => inWindow('document.querySelector("#application input")?.value')).toBe('Half-filled');
      expect(await inWindow('document.querySelector("#application input[type=url]")?.value')).toBe(
        'http://half.corp.example/',
      );
      expect(await inWindow('document.querySelector("[data-testid=body-capture]")?.textContent')).toContain(
        'are being captured',
      );
    }
    await inWindow(click('nav[aria-label] button', 'Traffic'));
    await expect.poll(() => inWindow('document.querySelector("#traffic-filter")?.value')).toBe('guest');
    expect(await inWindow('document.querySelector("[role=search] li")?.textContent')).toBe('User: alice');
    await inWindow(click('nav[aria-label] button', 'Connectors'));
    await expect.poll(() => inWindow('document.querySelector("[role=dialog] input")?.value')).toBe('Half-named');
    await inWindow(click('nav[aria-label] button', 'Settings'));
    await expect
      .poll(() =>
        inWindow('Array.from(document.querySelectorAll("input[inputmode=numeric]"), ({ value }) => value)[0]'),
      )
      .toBe('12');
    await desktop.clickTray('stopCapture');
  });

  test('a window that dies while requests are looked at comes back paused where it was, with the request that was open', async () => {
    const details = (): Promise<unknown> => inWindow('document.querySelector("#traffic-detail")?.textContent');
    const list = (): Promise<unknown> => inWindow('document.querySelector("#traffic-list")?.textContent');
    const subtitle = (): Promise<unknown> => inWindow('document.querySelector("h1 + *")?.textContent');
    await inWindow(click('nav[aria-label] button', 'Traffic'));
    await expect.poll(list).toContain('/guest-book');
    await inWindow('document.querySelector("#traffic-list [aria-selected]").click()');
    await expect.poll(details).toContain('/guest-book');
    await inWindow(click('button', 'Pause'));
    await alice.goto(`${externalUrl}guest-book?while-paused`);
    await expect.poll(subtitle).toMatch(/[1-9] new while paused/);
    await inWindow(click('button', 'Capture bodies'));
    const dialog = (): Promise<unknown> => inWindow('document.querySelector("[role=dialog]")?.textContent');
    await expect.poll(dialog).toContain('Start capturing');
    await inWindow('document.querySelectorAll("[role=dialog] input[type=radio]")[1].click()');
    await crash();
    await expect.poll(details).toContain('/guest-book');
    await expect.poll(list).toContain('/guest-book');
    await expect.poll(subtitle).toMatch(/[1-9] new while paused/);
    expect(await list()).not.toContain('while-paused');
    expect(await inWindow('document.querySelector("#traffic-filter")?.value')).toBe('guest');
    await expect.poll(dialog).toContain('Start capturing');
    expect(await inWindow('document.querySelectorAll("[role=dialog] input[type=radio]")[1].checked')).toBe(true);
    await inWindow(click('[role=dialog] button', 'Cancel'));
    await inWindow(click('button', 'Resume'));
    await expect.poll(list).toContain('while-paused');
  });
}

/** Ends the window's process, and waits for the next one. */
async function crash(): Promise<void> {
  const readPid = (): Promise<number> =>
    desktop.app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId() ?? 0);
  const before = await readPid();
  await desktop.app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer());
  await expect.poll(async () => ![0, before].includes(await readPid())).toBe(true);
  await expect
    .poll(() => desktop.app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.isLoading()))
    .toBe(false);
}

function inWindow(script: string): Promise<unknown> {
  return desktop.app.evaluate(
    async ({ webContents }, code) => webContents.getAllWebContents()[0]?.executeJavaScript(code) as unknown,
    script,
  );
}

function click(selector: string, text: string): string {
  return `Array.from(document.querySelectorAll(${JSON.stringify(selector)})).find((each) => each.textContent === ${JSON.stringify(text)})?.click()`;
}

/** Starts the app where a test before has ended it, and signs the administrator in. */
async function startSignedIn(): Promise<void> {
  if (!desktop.hasEnded()) return;
  await startAgain();
  await goTo('Applications');
  await desktop.page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
  await expect(desktop.page.getByRole('table')).toBeVisible();
}
