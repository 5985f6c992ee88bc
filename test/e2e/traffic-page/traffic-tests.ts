import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import type { AuditRecord } from '../../../src-service/store/audit-records.ts';
import { makeApiClient } from '../../helpers/api-client.ts';
import type { ScreenArea } from '../../helpers/start-virtual-display.ts';
import { runTool } from '../../helpers/run-tool.ts';
import { expectAccessible } from '../accessibility.ts';
import { marksOnPanel } from '../panel-picture.ts';
import { keepScreenshot } from '../screenshots.ts';
import {
  SECRET,
  THEMES,
  alice,
  choose,
  desktop,
  externalUrl,
  goTo,
  openTraffic,
  requests,
  session,
  userDataFolder,
  world,
} from './page-session.ts';
import { publishWiki, wiki } from './wiki.ts';

/** The page “Traffic”: filters, keyboard, exports, headers and bodies. */
export function testTraffic(): void {
  test('B72 requests are filtered by text, status, user and time, and each filter is taken back by its chip', async () => {
    const { page } = desktop;
    await alice.goto(`${externalUrl}nowhere?page=2&token=${SECRET}`);
    await openTraffic();
    await expect(requests().filter({ hasText: '/nowhere' })).toContainText('404');
    await expect(requests().filter({ hasText: '/nowhere' })).toContainText('token=[secret]');
    await page.getByRole('combobox', { name: 'Filter by status' }).click();
    await page.getByRole('option', { name: '4xx refused' }).click();
    await expect(requests().filter({ hasText: '/guest-book' })).toHaveCount(0);
    await page.getByRole('textbox', { name: 'Filter by user' }).fill('alice');
    await expect(requests().filter({ hasText: '/nowhere' })).toHaveCount(1);
    const chips = page.getByRole('list', { name: 'Filters in force' });
    await expect(chips.getByRole('button')).toHaveText(['4xx refused', 'User: alice', 'Clear all filters']);
    await keepScreenshot(page, 'traffic-page-filters');
    await page.getByRole('textbox', { name: 'Only requests that took longer' }).fill('3600000');
    await expect(page.getByRole('grid').getByText('No request matches the filter.')).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: 'No request matches the filter.' })).toHaveCount(1);
    await chips.getByRole('button', { name: 'Remove the filter Over' }).click();
    await chips.getByRole('button', { name: 'Remove the filter 4xx refused' }).click();
    await expect(requests().filter({ hasText: '/guest-book' }).first()).toBeVisible();
    await chips.getByRole('button', { name: 'Clear all filters' }).click();
    await expect(chips).toHaveCount(0);
  });

  test('an application that fails shows where, in the overview and in the tray, the failing one first', async () => {
    const { page } = desktop;
    await expect.poll(() => marksOnPanel(desktop, session, 'tray-ok')).toEqual(['ok']);
    await publishWiki();
    await alice.goto(wiki.externalUrl);
    await expect(alice.getByText('BACKEND_REFUSED')).toBeVisible();
    await alice.reload();
    await expect(alice.getByText('BACKEND_REFUSED')).toBeVisible();
    await goTo('Overview');
    const row = page.getByRole('region', { name: 'Applications' }).getByRole('row', { name: /Wiki/ });
    await expect(row).toContainText(/Fails at the connection since \d\d:\d\d.*ECONNREFUSED/);
    await expect(row.getByRole('cell')).toHaveText([/reached/, /reached/, /reached/, /reached/, /fails here/, /Fails/]);
    await expect.poll(() => marksOnPanel(desktop, session, 'tray-degraded')).toEqual(['degraded']);
    await keepScreenshot(page, 'overview-failing');
    await openTraffic();
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Activity id' }).click();
    await page.keyboard.press('Escape');
  });

  test('space pauses and counts what came meanwhile; arrows, Enter, Esc and / do the rest', async () => {
    const { page } = desktop;
    await page.getByRole('grid', { name: 'Requests' }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    await alice.goto(`${externalUrl}while-paused`);
    await expect(page.getByRole('status').filter({ hasText: /\d new while paused/ })).toBeVisible();
    await expect(requests().filter({ hasText: '/while-paused' })).toHaveCount(0);
    await page.keyboard.press('Space');
    await expect(requests().filter({ hasText: '/while-paused' })).toHaveCount(1);
    await page.keyboard.press('ArrowDown');
    await expect(requests().first()).toHaveAttribute('aria-selected', 'true');
    const detail = page.getByRole('complementary', { name: 'Request' });
    await expect(detail).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(detail).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(detail).toBeHidden();
    await expect(page.getByRole('grid', { name: 'Requests' })).toBeFocused();
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Filter the requests' })).toBeFocused();
  });

  test('a request that is copied as curl has the same answer in a shell, without its secrets', async () => {
    const { page, app } = desktop;
    await app.evaluate(({ clipboard }) => clipboard.clear());
    // Who clicks before the headers have come got a command without them.
    await requests()
      .filter({ hasText: '/nowhere' })
      .evaluate(async (row: HTMLElement) => {
        row.click();
        await Promise.resolve();
        document.querySelector<HTMLElement>('[aria-label="Copy as curl"]')?.click();
      });
    const copied = (): Promise<string> => app.evaluate(({ clipboard }) => clipboard.readText());
    const copyAsCurl = page.getByRole('button', { name: 'Copy as curl' });
    await expect(copyAsCurl).toBeEnabled();
    expect(await copied()).toBe('');
    await copyAsCurl.click();
    await expect.poll(copied).toContain(`'${world.intranetUrl}nowhere?page=2&token=[secret]'`);
    expect(await copied()).toContain("--header 'Accept-Language: ");
    const { stdout } = await runTool('sh', ['-c', await copied()]);
    expect(stdout).toMatch(/^HTTP\/1.1 404 [^]*There is nothing at \/nowhere in this intranet.\s*$/);
    await page.keyboard.press('Escape');
  });

  test('B72 what is filtered is exported as CSV and as HAR, where the person says', async () => {
    const { page, app } = desktop;
    const folder = world.makeFolder('export');
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('nowhere');
    for (const [format, item] of [
      ['csv', 'As CSV'],
      ['har', 'As HAR'],
    ] as const) {
      const filePath = path.join(folder, `traffic.${format}`);
      await app.evaluate(({ dialog }, chosen) => {
        dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
      }, filePath);
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: item }).click();
      await expect(page.getByText(`1 request written to ${filePath}`).first()).toBeVisible();
      const content = readFileSync(filePath, 'utf8');
      expect(content).toContain('/nowhere?page=2&token=[secret]');
      expect(content).not.toContain('/guest-book');
      expect(content).not.toContain(SECRET);
    }
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('');
  });

  test('B72 headers of a request are there, cleared of secrets, and never in the file', async () => {
    const { page } = desktop;
    await alice.context().addCookies([{ name: 'visit', value: SECRET, url: externalUrl }]);
    await alice.goto(`${externalUrl}with-cookie`);
    await requests().filter({ hasText: '/with-cookie' }).click();
    const headers = page.getByRole('region', { name: 'Headers' });
    await headers.getByText(/^Request headers/).click();
    await expect(headers).toContainText('visit=[secret]');
    await expect(headers).toContainText(/accept-language/i);
    await headers.getByText(/^Response headers/).click();
    await expect(headers).toContainText(/content-type.*text\/plain/i);
    await headers.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'traffic-page-headers');
    await expectAccessible(page, 'headers of a request');
    for (const suffix of ['', '-wal']) {
      const kept = readFileSync(path.join(userDataFolder, `traffic.sqlite${suffix}`));
      expect(kept.includes(SECRET)).toBe(false);
    }
  });

  test('bodies are captured for some minutes, and window and tray say so', async () => {
    const { page } = desktop;
    await page.getByRole('button', { name: 'Capture bodies' }).click();
    const dialog = page.getByRole('dialog', { name: 'Capture bodies' });
    await expect(dialog).toContainText('Passwords and tokens are hidden');
    await keepScreenshot(page, 'traffic-page-capture');
    await expectAccessible(page, 'the dialog of a capture');
    await dialog.getByRole('button', { name: 'Start capturing' }).click();
    await expect(page.getByTestId('body-capture')).toContainText('Bodies of Intranet are being captured');
    expect((await desktop.tray())?.items[1]?.label).toMatch(/^● Capturing bodies of Intranet until \d\d:\d\d$/);
    await alice.goto(`${externalUrl}guest-book`);
    await alice.getByLabel('Name').fill('Alice Archer');
    await alice.getByLabel('Message').fill('Captured on purpose.');
    await alice.getByRole('button', { name: 'Sign the book' }).click();
    await expect(alice.getByText('Captured on purpose.')).toBeVisible();
    await requests().filter({ hasText: 'POST' }).first().click();
    const shown = page.getByRole('region', { name: 'Bodies' });
    await expect(shown.getByLabel('Request body')).toContainText('Captured+on+purpose');
    await requests().filter({ hasText: 'GET' }).filter({ hasText: '/guest-book' }).first().click();
    await expect(shown.getByLabel('Response body')).toContainText('Captured on purpose.');
    await keepScreenshot(page, 'traffic-page-bodies');
    await expectAccessible(page, 'captured bodies');
    await desktop.clickTray('stopCapture');
    await expect(page.getByTestId('body-capture')).toBeHidden();
    const audit = async (): Promise<readonly AuditRecord[]> => {
      const api = makeApiClient(`${world.serviceUrl}/graph/beta`, await world.provider.automationToken());
      return (await api('GET', `/postern/audit?$filter=${encodeURIComponent("targetKind eq 'bodyCapture'")}`)).body
        .value;
    };
    await expect.poll(async () => (await audit()).length).toBe(2);
    const [end, begin] = await audit();
    const captured = { displayName: 'Intranet', connectorDisplayName: 'Gate house', minutes: 5 };
    const initiatedBy = { displayName: 'Ada Admin', kind: 'user' };
    expect(begin).toMatchObject({
      activityDisplayName: 'bodyCapture.start',
      initiatedBy,
      before: null,
      after: captured,
    });
    expect(end).toMatchObject({ activityDisplayName: 'bodyCapture.end', initiatedBy, after: { reason: 'stopped' } });
    await alice.goto(`${externalUrl}files`);
    await requests().filter({ hasText: '/files' }).first().click();
    await expect(page.getByRole('region', { name: 'Headers' })).toBeVisible();
    await expect(shown).toBeHidden();
    await page.keyboard.press('Escape');
  });

  test('a safe request is sent again, and its answer stands beside the first', async () => {
    const { page } = desktop;
    await openTraffic();
    await requests().filter({ hasText: '/while-paused' }).click();
    const again = page.getByRole('region', { name: 'Send again' });
    await again.getByRole('button', { name: 'Send again' }).click();
    await expect(again.getByRole('row', { name: /Status/ })).toHaveText('Status404404');
    await again.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'traffic-page-replay');
    await requests().filter({ hasText: '/nowhere' }).click();
    await expect(again.getByRole('button', { name: 'Send again' })).toBeDisabled();
    await page.keyboard.press('Escape');
  });

  test('the page is accessible and handsome, light and dark', async () => {
    const { page } = desktop;
    for (const theme of THEMES) {
      await choose(theme);
      await openTraffic();
      await page.getByRole('combobox', { name: 'Filter by application' }).click();
      await page.getByRole('option', { name: 'Intranet' }).click();
      await requests().filter({ hasText: '/nowhere' }).click();
      await keepScreenshot(page, `traffic-page-detail-${theme.toLowerCase()}`);
      await expectAccessible(page, `traffic with details, ${theme.toLowerCase()}`);
    }
    // In high contrast nothing told the chosen one from the others.
    await page.emulateMedia({ forcedColors: 'active' });
    const [chosen, other] = [requests().and(page.locator('[aria-selected=true]')), requests().last()];
    await expect(chosen).toHaveCSS('outline-style', 'solid');
    await expect(other).toHaveCSS('outline-style', 'none');
    await keepScreenshot(page, 'traffic-page-detail-high-contrast');
    await page.emulateMedia({ forcedColors: null });
    await page.getByRole('button', { name: 'Clear all filters' }).click();
  });

  test('in a small window the details stand below the list, which keeps its columns and shows what is chosen', async () => {
    const { page } = desktop;
    const grid = page.getByRole('grid', { name: 'Requests' });
    const detail = page.getByRole('complementary', { name: 'Request' });
    const size = page.getByRole('columnheader', { name: 'Size' });
    await chooseUsualColumns();
    await expect(size).toBeHidden();
    for (const [widthPx, heightPx] of [
      [1024, 700],
      [960, 640],
    ] as const) {
      await resize(widthPx, heightPx);
      await page.keyboard.press('Escape');
      await expect(detail).toBeHidden();
      await grid.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('PageDown');
      await expect(size).toBeVisible();
      const list = await areaOf(grid);
      expect((await areaOf(detail)).y).toBeGreaterThanOrEqual(list.y + list.height);
      const isWithin = async (of: Locator): Promise<boolean> => {
        const { x, y, width, height } = await areaOf(of);
        return x + width <= list.x + list.width && y + height <= list.y + list.height;
      };
      await expect.poll(() => isWithin(page.locator('[role=row][aria-selected=true] > :last-child'))).toBe(true);
      await keepScreenshot(page, `traffic-page-detail-${widthPx}`);
    }
    await expectAccessible(page, 'traffic with details below the list');
  });

  test('columns that don’t fit in the window are reached by the arrows to the sides', async () => {
    const { page } = desktop;
    await resize(1024, 700);
    await page.getByRole('button', { name: 'Choose columns' }).click();
    for (const column of ['First byte', 'Sent', 'Error', 'Activity id']) {
      await page.getByRole('menuitemcheckbox', { name: column }).click();
    }
    await page.keyboard.press('Escape');
    const title = page.getByRole('columnheader', { name: 'Activity id' });
    await expect(title).not.toBeInViewport({ ratio: 1 });
    await page.getByRole('grid', { name: 'Requests' }).focus();
    for (let press = 0; press < 8; press += 1) await page.keyboard.press('ArrowRight');
    await expect(title).toBeInViewport({ ratio: 1 });
    await keepScreenshot(page, 'traffic-page-all-columns');
    // What scrolls was a stop of its own within the grid, without a name.
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role=grid]') ?? null)).toBeNull();
    await chooseUsualColumns();
    await expect(title).toBeHidden();
    await page.keyboard.press('Escape');
    await resize(1200, 780);
  });
}

async function chooseUsualColumns(): Promise<void> {
  await desktop.page.getByRole('button', { name: 'Choose columns' }).click();
  await desktop.page.getByRole('menuitem', { name: 'Reset to default' }).click();
}

async function resize(widthPx: number, heightPx: number): Promise<void> {
  const { app, page } = desktop;
  await app.evaluate(
    ({ BrowserWindow }, [width, height]) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
    [widthPx, heightPx] as const,
  );
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(widthPx);
}

async function areaOf(of: Locator): Promise<ScreenArea> {
  const area = await of.boundingBox();
  if (area === null) throw new Error('It can’t be seen.');
  return area;
}
