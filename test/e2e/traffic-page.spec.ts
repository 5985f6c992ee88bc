import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { strFromU8, unzipSync } from 'fflate';
import type { PosternBridge } from '../../src-shared/ipc/contract.ts';
import type { AuditRecord } from '../../src-service/store/audit-records.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { type DesktopSession, startDesktopSession } from '../helpers/start-desktop-session.ts';
import { rememberSecret } from '../helpers/test-log.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { keepScreenPicture, marksOnPanel } from './panel-picture.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** The pages “Traffic” and “Diagnostics” on the real parts. The tests build on each other. */
test.describe.configure({ mode: 'serial' });

const THEMES = ['Dark', 'Light'] as const;
const SECRET = 'hunter2-in-a-query';

let session: DesktopSession;
let world: World;
let browser: Browser;
let desktop: Desktop;
let userDataFolder: string;
let externalUrl: string;
let alice: Page;
/** Published, but nobody listens behind it until its server is told to. */
let wiki: { readonly externalUrl: string; readonly server: Server; readonly port: number };

test.beforeAll(async () => {
  test.setTimeout(180_000);
  rememberSecret('query parameter', SECRET);
  world = await startWorld();
  session = await startDesktopSession(world.makeFolder('session'));
  browser = await launchBrowser();
  userDataFolder = world.makeFolder('desktop');
  desktop = await start();
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  externalUrl = await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await desktop.page.getByRole('button', { name: 'Finish' }).click();
  alice = await (await browser.newContext()).newPage();
  await alice.goto(`${externalUrl}guest-book`);
  await signInAs(alice, world.provider, 'alice');
  await expect(alice.getByLabel('Message')).toBeVisible();
});

test.afterAll(async () => {
  await desktop?.quit();
  wiki?.server.closeAllConnections();
  wiki?.server.close();
  await browser?.close();
  await session?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

function start(): Promise<Desktop> {
  return launchDesktop({
    environment: session.environment,
    userDataFolder,
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
}

/** By the name that the navigation has for it. */
function goTo(name: string): Promise<void> {
  return desktop.page.getByRole('navigation').getByRole('button', { name, exact: true }).click();
}

async function choose(theme: (typeof THEMES)[number]): Promise<void> {
  await goTo('Settings');
  await desktop.page.getByRole('radio', { name: theme }).click();
}

/** Puts three hundred thousand requests before those that are kept. */
function makeLongHistory(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(`
    with recursive number(n) as (select 1 union all select n + 1 from number where n < 300000)
    insert into records
      select first.sequence - number.n, first.startedAtMs - number.n, 'seeded', first.applicationId, 'Intranet', null,
        null, 'GET', 'http://origin/seeded/' || number.n, 200, 0, 1000, 1, 2, 3, 0, 'complete', null, null, null
      from number, (select * from records order by sequence limit 1) as first;
  `);
  database.close();
}

async function publishWiki(): Promise<typeof wiki> {
  const server = createServer((_request, response) => response.end('Wiki'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const address = new URL(externalUrl.replace('intranet', 'wiki')).href;
  const code = await desktop.page.evaluate(
    async ([external, internal]) => {
      const { postern } = window as unknown as { postern: PosternBridge };
      const people = await postern.searchPeople({ text: 'Alice' });
      const onPremisesPublishing = { externalUrl: external, internalUrl: internal, allowIpHosts: true };
      const application = { displayName: 'Wiki', onPremisesPublishing };
      const made = await postern.createApplication({ application, people: people.ok ? [...people.value] : [] });
      return made.ok ? null : made.error.message;
    },
    [address, `http://127.0.0.1:${port}/`] as const,
  );
  expect(code).toBeNull();
  await expect.poll(async () => (await desktop.tray())?.tooltip).toContain('2 applications');
  return { externalUrl: address, server, port };
}

async function openTraffic(): Promise<void> {
  const { page } = desktop;
  await goTo('Traffic');
  await expect(page.getByRole('heading', { name: 'Traffic', level: 1 })).toBeVisible();
}

/** Requests, without the line of titles and that at the end. */
function requests(): Locator {
  return desktop.page.getByRole('grid', { name: 'Requests' }).locator('[role=row][aria-selected]');
}

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
  await expect(page.getByText('No request matches the filter.')).toBeVisible();
  await chips.getByRole('button', { name: 'Remove the filter Over' }).click();
  await chips.getByRole('button', { name: 'Remove the filter 4xx refused' }).click();
  await expect(requests().filter({ hasText: '/guest-book' }).first()).toBeVisible();
  await chips.getByRole('button', { name: 'Clear all filters' }).click();
  await expect(chips).toHaveCount(0);
});

test('an application that fails shows where, in the overview and in the tray, the failing one first', async () => {
  const { page } = desktop;
  await expect.poll(() => marksOnPanel(desktop, session, 'tray-ok')).toEqual(['ok']);
  wiki = await publishWiki();
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

test('a request is copied as curl, without its secrets', async () => {
  const { page, app } = desktop;
  await requests().filter({ hasText: '/nowhere' }).click();
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  const copied = (): Promise<string> => app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toContain(`'${world.intranetUrl}nowhere?page=2&token=[secret]'`);
  expect(await copied()).toMatch(/^curl .*--header 'Cookie: \[secret\]'/);
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
  await expect(dialog).toContainText('passwords in forms included');
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
    return (await api('GET', `/postern/audit?$filter=${encodeURIComponent("targetKind eq 'bodyCapture'")}`)).body.value;
  };
  await expect.poll(async () => (await audit()).length).toBe(2);
  const [end, begin] = await audit();
  const captured = { displayName: 'Intranet', connectorDisplayName: 'Gate house', minutes: 5 };
  const initiatedBy = { displayName: 'Ada Admin', kind: 'user' };
  expect(begin).toMatchObject({ activityDisplayName: 'bodyCapture.start', initiatedBy, before: null, after: captured });
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
  await page.getByRole('button', { name: 'Clear all filters' }).click();
});

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
    await keepScreenshot(page, `overview-charts-${theme.toLowerCase()}`);
  }
  await page.emulateMedia({ forcedColors: 'active' });
  await keepScreenshot(page, 'overview-high-contrast');
  await page.emulateMedia({ forcedColors: null });
  await goTo('Settings');
  await page.getByRole('radio', { name: 'Deutsch' }).click();
  await goTo('Verkehr');
  await expect(page.getByRole('heading', { name: 'Verkehr', level: 1 })).toBeVisible();
  await keepScreenshot(page, 'traffic-page-german');
});

test('B43 B45 “Why did this fail?” names hop, cause and way out, from the traffic and for what never came here', async () => {
  const { page } = desktop;
  // The app speaks German still.
  await goTo('Diagnose');
  await page.getByRole('button', { name: 'Selbsttest ausführen' }).click();
  await expect(page.getByRole('button', { name: 'Erneut ausführen' })).toBeVisible({ timeout: 20_000 });
  await keepScreenshot(page, 'self-test-german');
  await goTo('Connectors');
  await expect(page.getByRole('row', { name: /Gate house Dieser Rechner/ })).toBeVisible();
  await keepScreenshot(page, 'connectors-german');
  await goTo('Einstellungen');
  await page.getByRole('radio', { name: 'English' }).click();

  await desktop.clickTray('pause');
  await expect.poll(async () => (await desktop.tray())?.state).toBe('paused');
  const refused = await alice.goto(externalUrl);
  const id = refused?.headers()['x-postern-activity-id'] ?? '';
  await desktop.clickTray('resume');
  await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
  await goTo('Diagnostics');
  await page.getByRole('tab', { name: 'Why did this fail?' }).click();
  const field = page.getByRole('textbox', { name: 'Activity id' });
  await field.fill('no id in here');
  await expect(page.getByText('There is no activity id in this text.')).toBeVisible();
  await field.fill(`504 Gateway time-out. Activity id ${id.toUpperCase()}, 3 Dec 2026`);
  await field.press('Enter');
  const verdict = page.getByTestId('verdict');
  await expect(verdict.getByRole('heading', { name: 'It failed at: Connector' })).toBeVisible();
  await expect(verdict).toContainText('No connector of the application’s group took requests');
  for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'why-no-connector');

  const broken = await publishBroken();
  await alice.goto(broken);
  await goTo('Traffic');
  await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('Broken');
  await requests().first().click();
  await page.getByRole('button', { name: 'Why did this fail?' }).click();
  await expect(verdict.getByRole('heading', { name: 'It failed at: Connection' })).toBeVisible();
  await expect(verdict).toContainText('Start the application, or correct the port');
  await keepScreenshot(page, 'why-refused');
  await field.fill('6c2a1f0e-3b7d-4c51-9e2f-0a1b2c3d4e5f');
  await field.press('Enter');
  await expect(verdict).toContainText('Nothing is known of this id');
});

test('the self-test finds what is well and what is not, and the logs are searched', async () => {
  const { page, app } = desktop;
  await page.getByRole('tab', { name: 'Self-test' }).click();
  await page.getByRole('button', { name: 'Run the self-test' }).click();
  await expect(page.getByRole('button', { name: 'Run it again' })).toBeVisible({ timeout: 20_000 });
  const findings = page.getByRole('list', { name: 'Findings' }).getByRole('listitem');
  await expect(findings).toHaveCount(14);
  await expect(findings.filter({ hasText: 'Engine and tunnels' })).toContainText('2 of 2 tunnels stand');
  // This machine has no key store, and says so.
  await expect(findings.filter({ hasText: 'Key store' })).toContainText('works, look at it');
  for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'self-test');
  await page.getByRole('button', { name: 'Copy details' }).click();
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toContain('WebSocket: passed.');

  await page.getByRole('tab', { name: 'Logs' }).click();
  const log = page.getByRole('log', { name: 'Lines of the log' });
  await expect(log).toContainText('connector.configured');
  for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'logs');
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('desktop.ready');
  await expect(log).not.toContainText('connector.configured');
  await page.getByRole('combobox', { name: 'Of' }).click();
  await page.getByRole('option', { name: 'Engine', exact: true }).click();
  await expect(page.getByText('No line matches.')).toBeVisible();
  await app.evaluate(({ shell }) => {
    shell.openPath = async (folder) => ((globalThis as { opened?: string }).opened = folder) && '';
  });
  await page.getByRole('button', { name: 'Open the folder' }).click();
  const opened = (): Promise<unknown> => app.evaluate(() => Reflect.get(globalThis, 'opened'));
  await expect.poll(opened).toBe(path.join(userDataFolder, 'logs'));
});

test('B72 a support bundle is looked through and saved, and no secret of this session is in it', async () => {
  const { page, app } = desktop;
  await page.getByRole('tab', { name: 'Support bundle' }).click();
  await page.getByRole('button', { name: 'Make a bundle' }).click();
  const files = page.getByRole('list', { name: 'Files in the bundle' });
  await expect(files.getByRole('button', { name: /failures\.json/ })).toBeVisible({ timeout: 20_000 });
  await files.getByRole('button', { name: /failures\.json/ }).click();
  await expect(page.getByRole('region', { name: 'Preview of failures.json' })).toContainText('BACKEND_REFUSED');
  for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'support-bundle');
  const filePath = path.join(world.makeFolder('bundle'), 'bundle.zip');
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
  }, filePath);
  await page.getByRole('button', { name: 'Save as zip…' }).click();
  await expect(page.getByText(`Saved as ${filePath}`).first()).toBeVisible();
  const texts = Object.values(unzipSync(readFileSync(filePath))).map((octets) => strFromU8(octets));
  const everything = texts.join('\n');
  const identity = JSON.parse(readFileSync(path.join(userDataFolder, 'vault', 'connector.json'), 'utf8')) as {
    readonly content: string;
  };
  const { privateKey } = JSON.parse(identity.content) as { readonly privateKey: string };
  const keyLines = privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  expect(keyLines.length).toBeGreaterThan(0);
  const alices = world.provider.user('alice');
  for (const secret of [...keyLines, SECRET, alices.userPrincipalName, alices.displayName, alices.password, 'eyJ']) {
    expect(everything).not.toContain(secret);
  }
  expect(everything).toContain('connector.configured');
  expect(desktop.pageErrors).toEqual([]);
});

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
  desktop = await start();
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

test('B72 after a restart the history, the columns and the filter of the traffic are as they were', async () => {
  const { page } = desktop;
  await openTraffic();
  await expect(page.getByRole('list', { name: 'Filters in force' })).toContainText('Intranet');
  await expect(page.getByRole('columnheader', { name: 'Activity id' })).toBeVisible();
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

async function lookIn(theme: 'light' | 'dark', name: string): Promise<void> {
  const { page, app } = desktop;
  await app.evaluate(({ nativeTheme }, source) => (nativeTheme.themeSource = source), theme);
  await expect
    .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
    .toBe(theme === 'dark');
  await expectAccessible(page, `${name}, ${theme}`);
  await keepScreenshot(page, `${name}-${theme}`);
}

/** Publishes an application that nobody runs, for anybody. */
async function publishBroken(): Promise<string> {
  const url = new URL(externalUrl);
  const broken = `${url.protocol}//broken.${url.host.split('.').slice(1).join('.')}/`;
  const answer = await desktop.page.evaluate(
    (address) =>
      (window as unknown as { readonly postern: PosternBridge }).postern.createApplication({
        application: {
          displayName: 'Broken',
          onPremisesPublishing: {
            externalUrl: address,
            internalUrl: 'http://127.0.0.1:1/',
            allowIpHosts: true,
            externalAuthenticationType: 'passthru',
          },
        },
        people: [],
      }),
    broken,
  );
  expect(answer).toMatchObject({ ok: true });
  return broken;
}
