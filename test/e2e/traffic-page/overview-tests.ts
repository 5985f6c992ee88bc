import { once } from 'node:events';
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../accessibility.ts';
import { keepScreenPicture, marksOnPanel } from '../panel-picture.ts';
import { keepScreenshot } from '../screenshots.ts';
import { THEMES, alice, choose, desktop, goTo, requests, session } from './page-session.ts';
import { wiki } from './wiki.ts';

/** The overview, the tray in a panel, and notifications. */
export function testOverview(): void {
  test('the overview counts what passes and reads on into the past, by keyboard and as a table', async () => {
    const { page } = desktop;
    await goTo('Overview');
    await alice.evaluate(async () => {
      for (let round = 0; round < 12; round += 1) {
        await Promise.all(Array.from({ length: 10 }, (_, index) => fetch(index % 5 < 4 ? '/files' : '/missing')));
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    });
    const trends = page.getByRole('region', { name: 'Traffic over time' });
    await expect(trends.getByRole('radio', { name: 'Live' })).toBeChecked();
    await expect(trends.getByRole('definition').first()).toHaveText(/^[1-9]/);
    const chart = trends.getByRole('slider', { name: 'Requests per second' });
    await expect(chart).toHaveAccessibleDescription(/^The last five minutes, by seconds. Requests: .+, at most .+/);
    await chart.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect(chart).toHaveAttribute('aria-valuenow', '1');
    await expect(chart).toHaveAttribute('aria-valuetext', /^\d\d:\d\d:\d\d: Requests 0\/s$/);
    await page.keyboard.press('Escape');
    const refused = trends.getByRole('list', { name: 'Errors by kind' }).getByRole('button', { name: '4xx refused' });
    await expect(refused).toContainText(/[1-9]/);
    await refused.click();
    await expect(refused).toHaveAttribute('aria-pressed', 'false');
    await refused.click();
    await trends.getByRole('radio', { name: '30 days' }).click();
    await trends.getByRole('combobox', { name: 'Show the traffic of' }).click();
    await page.getByRole('option', { name: 'Intranet' }).click();
    await expect(chart).toHaveAccessibleDescription(/^The last 30 days./);
    await trends.getByRole('button', { name: 'Show as table' }).click();
    const table = trends.getByRole('region', { name: 'Figures by time' });
    await expect(table.getByRole('row').nth(1)).toContainText(/ ms| s/);
    await keepScreenshot(page, 'overview-table');
    await expectAccessible(page, 'the table of the overview');
  });

  test('a panel shows the tray by its state, opens the window with a click, and its menu works', async () => {
    const { app, page } = desktop;
    const isShown = (): Promise<boolean> =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()));
    const close = (): Promise<void> =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.close()));
    await expect.poll(() => session.trayTooltip()).toBe('Postern: 1 of 2 applications failing');
    const entries = await session.trayMenu();
    expect(entries.map((entry) => entry?.label ?? null)).toEqual([
      '1 of 2 applications failing',
      null,
      '✕ Wiki – Fails at the connection',
      '✓ Intranet',
      null,
      'Open Postern',
      'Pause',
      null,
      'Quit',
    ]);
    expect(entries[0]?.isEnabled).toBe(false);
    await session.clickTray('right');
    await keepScreenPicture(desktop, session, { x: 0, y: 700, width: 480, height: 300 }, 'tray-menu');
    await session.pressKey('Escape');
    await close();
    await expect.poll(isShown).toBe(false);
    await session.clickTray('left');
    await expect.poll(isShown).toBe(true);
    await close();
    await expect.poll(isShown).toBe(false);
    await session.chooseInTray('✕ Wiki – Fails at the connection');
    await expect.poll(isShown).toBe(true);
    await expect(page.getByRole('searchbox', { name: 'Filter the requests' })).toHaveValue('Wiki');
    await session.chooseInTray('Pause');
    await expect.poll(() => session.trayTooltip()).toBe('Postern: Paused: nothing is published');
    await expect.poll(() => marksOnPanel(desktop, session, 'tray-paused')).toEqual(['paused']);
    await session.chooseInTray('Resume');
    await expect.poll(() => session.trayTooltip()).toBe('Postern: Connected to Contoso Access, 2 applications');
    expect((await alice.goto(wiki.externalUrl))?.status()).toBe(502);
    await expect.poll(() => session.trayTooltip()).toBe('Postern: 1 of 2 applications failing');
  });

  test('trouble that lasts is told by a notification, which leads to its requests, and its end shows', async () => {
    const { page } = desktop;
    await goTo('Overview');
    await expect.poll(() => session.notificationArea()).not.toBeNull();
    await keepScreenPicture(desktop, session, { x: 940, y: 800, width: 500, height: 200 }, 'notification');
    await session.clickNotification();
    await expect.poll(() => session.notificationArea()).toBeNull();
    await expect(page.getByRole('searchbox', { name: 'Filter the requests' })).toHaveValue('Wiki');
    await expect(requests().first()).toContainText(/failed.*Wiki/);
    wiki.server.listen(wiki.port, '127.0.0.1');
    await once(wiki.server, 'listening');
    expect((await alice.goto(wiki.externalUrl))?.status()).toBe(200);
    await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
    await expect.poll(() => marksOnPanel(desktop, session, 'tray-ok')).toEqual(['ok']);
    await goTo('Overview');
    await expect(page.getByRole('row', { name: /Wiki/ })).toContainText('Reachable');
  });

  test('an application that fails for a moment is told of by the tray alone, one that works again by a notification', async () => {
    wiki.server.closeAllConnections();
    wiki.server.close();
    await once(wiki.server, 'close');
    for (let request = 0; request < 2; request += 1) expect((await alice.goto(wiki.externalUrl))?.status()).toBe(502);
    await expect.poll(() => marksOnPanel(desktop, session, 'tray-flapping')).toEqual(['degraded']);
    wiki.server.listen(wiki.port, '127.0.0.1');
    await once(wiki.server, 'listening');
    expect((await alice.goto(wiki.externalUrl))?.status()).toBe(200);
    await expect.poll(() => session.notificationArea()).not.toBeNull();
    await session.clearNotifications();
    await expect
      .poll(() => session.pastNotifications())
      .toEqual([
        {
          program: 'Postern',
          title: 'Wiki can’t be reached',
          body: expect.stringMatching(/^Fails at the connection: .*ECONNREFUSED/) as unknown as string,
        },
        { program: 'Postern', title: 'Wiki works again', body: 'Requests of users come through.' },
      ]);
  });

  test('the overview is accessible and handsome, light and dark, and speaks German', async () => {
    const { page } = desktop;
    for (const theme of THEMES) {
      await choose(theme);
      await goTo('Overview');
      await keepScreenshot(page, `overview-${theme.toLowerCase()}`);
      await page.getByRole('radio', { name: 'Last hour' }).click();
      await page.getByRole('slider', { name: 'Requests per second' }).focus();
      await page.keyboard.press('End');
      await expectAccessible(page, `overview, ${theme.toLowerCase()}`);
      await page.getByRole('region', { name: 'Data per second' }).scrollIntoViewIfNeeded();
      // Nobody sees the frame between.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await keepScreenshot(page, `overview-charts-${theme.toLowerCase()}`);
    }
    await page.emulateMedia({ forcedColors: 'active' });
    await keepScreenshot(page, 'overview-high-contrast');
    await page.emulateMedia({ forcedColors: null });
    await goTo('Settings');
    await page.getByRole('radio', { name: 'Deutsch' }).click();
    await goTo('Verkehr');
    await expect(page.getByRole('heading', { name: 'Verkehr', level: 1 })).toBeVisible();
    await page.getByRole('searchbox').fill('Wiki');
    await page.locator('[role=row][aria-selected]').filter({ hasText: 'Fehler' }).first().click();
    await expect(page.getByTestId('error-cause')).toContainText(
      /Die Anwendung hat die Verbindung abgewiesen: .* \(.*ECONNREFUSED/,
    );
    await keepScreenshot(page, 'traffic-page-german');
  });
}
