import { type Browser, type BrowserContextOptions, type Page, expect, test } from '@playwright/test';
import { makePng } from '../helpers/logo-pictures.ts';
import { type PublishOptions, type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { keepScreenshot } from './screenshots.ts';

const APPLICATIONS: readonly (PublishOptions & { readonly host: string })[] = [
  { host: 'calendar', application: { displayName: 'Calendar', description: 'Rooms, cars and days off' } },
  { host: 'expenses', application: { displayName: 'Expenses', description: 'Claims, receipts and travel costs' } },
  {
    host: 'hr',
    application: {
      displayName: 'Human resources self service for all employees of the Contoso group',
      description:
        'Contracts, pay slips, holidays, sick notes, trainings and everything else that people have to say to each other',
    },
  },
  {
    host: 'lunch',
    application: { displayName: 'Café Zürich', description: 'Menus of the week' },
    logo: { mediaType: 'image/png', octets: makePng(215, 215, '#0b7a5b') },
  },
  { host: 'a-host-with-a-rather-long-name-in-front', application: { displayName: 'Machines' } },
  {
    host: 'tickets',
    application: { displayName: 'Tickets', description: 'Report what is broken' },
    publishing: { isOnPremPublishingEnabled: false },
  },
  { host: 'wiki', application: { displayName: 'Wiki', description: 'What we know' } },
];

let browser: Browser;
let provider: StartedProvider;
let edge: StartedEdge;
/** What pages did that their policy forbids, and what else went wrong in them. */
const complaints: string[] = [];

test.beforeAll(async () => {
  [browser, provider] = await Promise.all([launchBrowser(), startProvider()]);
});
test.afterAll(async () => {
  await browser?.close();
  await provider?.close();
});
test.beforeEach(async () => {
  edge = await startEdge({ provider });
});
test.afterEach(async () => {
  await edge.close();
  expect(complaints.splice(0)).toEqual([]);
});

async function publishAll(): Promise<void> {
  for (const { host, ...options } of APPLICATIONS) {
    await edge.publish(`${host}.postern.localhost`, { appRoleAssignmentRequired: false, ...options });
  }
}

/** Alice's browser at her portal. */
async function openPortal(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  await page.goto(edge.origin);
  await signInAs(page, provider, 'alice');
  await expect(page.getByRole('heading', { name: 'My apps' })).toBeVisible();
  return page;
}

const search = (page: Page) => page.getByRole('searchbox', { name: 'Search my apps' });
/** The head of the user's menu. */
const account = (page: Page) => page.locator('summary');
const tiles = (page: Page) => page.getByRole('list').getByRole('link');
const focusedName = (page: Page): Promise<string | null> =>
  page.evaluate("document.activeElement.querySelector('.name')?.textContent ?? document.activeElement.id");

test('B17 typing filters the tiles, says how many are left, and stays in the address', async () => {
  await publishAll();
  const page = await openPortal();
  await expect(tiles(page)).toHaveCount(7);
  await expect(page.getByRole('status')).toHaveText('7 applications');
  await search(page).pressSequentially('zurich');
  await expect(tiles(page)).toHaveCount(1);
  await expect(tiles(page)).toContainText('Café Zürich');
  await expect(page.getByRole('status')).toHaveText('1 of 7 applications');
  await expect(page).toHaveURL(/\?q=zurich$/);
  await page.reload();
  await expect(search(page)).toHaveValue('zurich');
  await expect(tiles(page)).toHaveCount(1);

  await search(page).fill('no such thing');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await expect(page.getByRole('status')).toHaveText('0 of 7 applications');
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(tiles(page)).toHaveCount(7);
  await expect(search(page)).toBeFocused();
  await expect(page).toHaveURL(`${edge.origin}/`);

  // Hosts and what is in maintenance are found as well.
  await search(page).fill('rather-long-name');
  await expect(tiles(page)).toContainText('Machines');
  await search(page).fill('maintenance');
  await expect(tiles(page)).toContainText('Tickets');
  await page.context().close();
});

test('B17 keys lead to the search, through the grid and into an application', async () => {
  await publishAll();
  const page = await openPortal({ viewport: { width: 1280, height: 800 } });
  await page.keyboard.press('/');
  await expect(search(page)).toBeFocused();
  await page.keyboard.type('e/');
  await expect(search(page)).toHaveValue('e/');
  await page.keyboard.press('Escape');
  await expect(search(page)).toHaveValue('');
  await expect(tiles(page)).toHaveCount(7);

  const order = await tiles(page).locator('.name').allTextContents();
  const walk = async (...keys: string[]): Promise<string | null> => {
    for (const key of keys) await page.keyboard.press(key);
    return focusedName(page);
  };
  const columns = await page.evaluate(
    "getComputedStyle(document.querySelector('.apps')).gridTemplateColumns.split(' ').length",
  );
  expect(columns).toBe(4);
  expect(await walk('ArrowDown')).toBe(order[0]);
  expect(await walk('ArrowRight')).toBe(order[1]);
  expect(await walk('ArrowDown')).toBe(order[5]);
  expect(await walk('ArrowUp', 'ArrowRight', 'ArrowRight')).toBe(order[3]);
  // Below it the last row is shorter.
  expect(await walk('ArrowDown')).toBe(order[6]);
  expect(await walk('ArrowRight', 'ArrowDown')).toBe(order[6]);
  expect(await walk('Home')).toBe(order[0]);
  expect(await walk('End', 'ArrowLeft')).toBe(order[5]);
  expect(await walk('ArrowUp', 'ArrowUp')).toBe('q');
  // The tab order has every tile, as a plain list of links has.
  expect(await walk('Tab', 'Tab')).toBe(order[1]);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/^http:\/\/lunch\.postern\.localhost:/);

  await page.goto(edge.origin);
  await page.keyboard.press('/');
  await page.keyboard.type('wik');
  await page.keyboard.press('Enter');
  await page.waitForURL(/^http:\/\/wiki\.postern\.localhost:/);

  // A single key is a trap for people who speak to their computer: it can be turned off.
  await page.goto(edge.origin);
  await account(page).click();
  await page.getByRole('checkbox', { name: /to search/ }).uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: 'Sign out' })).toBeHidden();
  await page.reload();
  await page.keyboard.press('/');
  await expect(search(page)).not.toBeFocused();
  await page.context().close();
});

test('B21 the menu says who is signed in, and signs out', async () => {
  await publishAll();
  const page = await openPortal();
  await tiles(page).filter({ hasText: 'Wiki' }).click();
  await page.waitForURL(/^http:\/\/wiki\./);
  await page.goto(edge.origin);
  const menu = account(page);
  await expect(menu).toHaveAccessibleName(/^Account of Alice/);
  await menu.click();
  await expect(page.getByText(provider.user('alice').userPrincipalName)).toBeVisible();
  await expectAccessible(page, 'menu');
  await keepScreenshot(page, 'my-apps-menu');
  await page.getByRole('heading', { name: 'My apps' }).click();
  await expect(page.getByRole('link', { name: 'Sign out' })).toBeHidden();
  await menu.press('Enter');
  await page.getByRole('link', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await page.goto(`http://wiki.postern.localhost:${edge.port}/`);
  await expect(page.getByLabel('Password')).toBeVisible();
  await page.goto(edge.origin);
  await expect(page.getByLabel('Password')).toBeVisible();
  await page.context().close();
});

test('works without scripts, by its form', async () => {
  await publishAll();
  const page = await openPortal({ javaScriptEnabled: false });
  await expect(tiles(page)).toHaveCount(7);
  await search(page).fill('café');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(tiles(page)).toHaveCount(1);
  await expect(page.getByText('1 of 7 applications')).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(tiles(page)).toHaveCount(7);
  await account(page).click();
  await page.getByRole('link', { name: 'Sign out' }).click();
  // What the stand-in provider wants to be told by those without scripts.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await page.context().close();
});

test('is accessible in light and dark, on a telephone, with forced colours, and empty', async () => {
  const empty = await openPortal();
  await expect(empty.getByRole('heading', { name: 'No application is assigned to you yet' })).toBeVisible();
  await expectAccessible(empty, 'empty');
  await keepScreenshot(empty, 'my-apps-empty');
  await empty.context().close();
  await publishAll();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1280]) {
      const page = await openPortal({ colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
      await expectAccessible(page, `${colorScheme} ${width}`);
      await keepScreenshot(page, `my-apps-${colorScheme}-${width}`);
      // Nothing has to be scrolled sideways (WCAG 2.2, success criterion 1.4.10).
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await account(page).click();
      await keepScreenshot(page, `my-apps-menu-${colorScheme}-${width}`);
      await page.keyboard.press('Escape');
      await search(page).fill('nothing of this kind');
      await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
      await expectAccessible(page, `${colorScheme} ${width}, nothing matches`);
      await keepScreenshot(page, `my-apps-none-${colorScheme}-${width}`);
      await page.context().close();
    }
  }
  const page = await openPortal({ forcedColors: 'active' });
  await keepScreenshot(page, 'my-apps-forced-colors');
  await page.context().close();
});
