import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { rememberSecret } from '../helpers/test-log.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** The page “Traffic” on the real parts. The tests build on each other. */
test.describe.configure({ mode: 'serial' });

const THEMES = ['Dark', 'Light'] as const;
const SECRET = 'hunter2-in-a-query';

let world: World;
let browser: Browser;
let desktop: Desktop;
let userDataFolder: string;
let externalUrl: string;
let alice: Page;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  rememberSecret('query parameter', SECRET);
  world = await startWorld();
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
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

function start(): Promise<Desktop> {
  return launchDesktop({ userDataFolder, serviceUrl: world.serviceUrl, internalUrl: world.intranetUrl });
}

/** By the name that the navigation has for it. */
function goTo(name: string): Promise<void> {
  return desktop.page.getByRole('navigation').getByRole('button', { name, exact: true }).click();
}

async function choose(theme: (typeof THEMES)[number]): Promise<void> {
  await goTo('Settings');
  await desktop.page.getByRole('radio', { name: theme }).click();
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
    await expect(page.getByText(`1 requests written to ${filePath}`).first()).toBeVisible();
    const content = readFileSync(filePath, 'utf8');
    expect(content).toContain('/nowhere?page=2&token=[secret]');
    expect(content).not.toContain('/guest-book');
    expect(content).not.toContain(SECRET);
  }
  await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('');
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

test('the overview is accessible and handsome, light and dark, and speaks German', async () => {
  const { page } = desktop;
  for (const theme of THEMES) {
    await choose(theme);
    await goTo('Overview');
    await page.getByRole('slider', { name: 'Requests per second' }).focus();
    await page.keyboard.press('End');
    await expectAccessible(page, `overview, ${theme.toLowerCase()}`);
    await page.getByRole('region', { name: 'Data per second' }).scrollIntoViewIfNeeded();
    await keepScreenshot(page, `overview-charts-${theme.toLowerCase()}`);
  }
  await goTo('Settings');
  await page.getByRole('radio', { name: 'Deutsch' }).click();
  await goTo('Verkehr');
  await expect(page.getByRole('heading', { name: 'Verkehr', level: 1 })).toBeVisible();
  await keepScreenshot(page, 'traffic-page-german');
});
