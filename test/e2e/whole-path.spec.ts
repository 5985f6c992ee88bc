import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { type StartedPanel, startPanel } from '../helpers/start-panel.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { marksOnPanel } from './panel-picture.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

const FILE_BYTES = 100 * 1024 * 1024;
const HEAL_MS = 5000;

/** The main job, on the real parts: from an empty desktop app to people at work in the intranet. The tests build on each other. */
test.describe.configure({ mode: 'serial' });

let panel: StartedPanel;
let world: World;
let browser: Browser;
let desktop: Desktop;
let userDataFolder: string;
let externalUrl: string;
let alice: Page;

test.beforeAll(async () => {
  panel = await startPanel();
  world = await startWorld();
  browser = await launchBrowser();
  userDataFolder = world.makeFolder('desktop');
  desktop = await start();
});

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
  await panel?.[Symbol.asyncDispose]();
});

function start(): Promise<Desktop> {
  return launchDesktop({
    environment: { DISPLAY: panel.display, DBUS_SESSION_BUS_ADDRESS: '' },
    userDataFolder,
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
}

async function go(page: 'Overview' | 'Applications' | 'Traffic' | 'Settings'): Promise<void> {
  await desktop.page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: page }).click();
  await expect(desktop.page.getByRole('heading', { name: page, level: 1 })).toBeVisible();
}

test('B61 the wizard signs in with MSAL, enrols, and publishes the intranet for alice', async () => {
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  externalUrl = await publishThroughWizard(desktop, 'Intranet', 'Alice');
  expect(new URL(externalUrl).hostname).toBe('intranet.postern.localhost');
  await desktop.page.getByRole('button', { name: 'Finish' }).click();
  await expect(desktop.page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expect(desktop.page.getByTestId('connector-status')).toContainText('Connected');
  expect(await desktop.tray()).toMatchObject({
    state: 'ok',
    tooltip: 'Postern: Connected to Contoso Access, 1 application',
  });
});

test('B11 B12 alice signs in and lands on the page she asked for', async () => {
  alice = await (await browser.newContext({ acceptDownloads: true })).newPage();
  await alice.goto(`${externalUrl}guest-book?from=mail`);
  await signInAs(alice, world.provider, 'alice');
  await expect(alice).toHaveURL(`${externalUrl}guest-book?from=mail`);
  await expect(alice.getByLabel('Message')).toBeVisible();
});

test('a form is posted, and its cookie comes back', async () => {
  await alice.getByLabel('Name').fill('Alice Archer');
  await alice.getByLabel('Message').fill('Here from outside.');
  await alice.getByRole('button', { name: 'Sign the book' }).click();
  await expect(alice.getByText('Here from outside.')).toBeVisible();
  await expect(alice.getByText('Welcome back, Alice Archer.')).toBeVisible();
  expect(alice.url().startsWith(externalUrl)).toBe(true);
});

test('B51 100 MiB go up and come down with the same hash', async () => {
  const file = path.join(world.makeFolder('files'), 'blob.bin');
  const content = randomFillSync(Buffer.alloc(FILE_BYTES));
  const sha256 = createHash('sha256').update(content).digest('hex');
  await writeFile(file, content);
  await alice.goto(`${externalUrl}files`);
  await alice.getByLabel('File', { exact: true }).setInputFiles(file);
  await alice.getByRole('button', { name: 'Upload' }).click();
  await expect(alice.getByText(sha256)).toBeVisible({ timeout: 60_000 });
  const download = alice.waitForEvent('download');
  await alice.getByRole('link', { name: 'blob.bin' }).click();
  expect(await hashFile(await (await download).path())).toBe(sha256);
});

test('B52 server-sent events tick as they are written', async () => {
  await alice.goto(`${externalUrl}ticker`);
  await expect.poll(() => alice.locator('#ticks tr').count()).toBeGreaterThan(2);
});

test('B53 two people chat over WebSocket', async () => {
  await alice.goto(`${externalUrl}chat`);
  const second = await alice.context().newPage();
  await second.goto(`${externalUrl}chat`);
  await expect(second.locator('#state')).toHaveAttribute('data-state', /open|connected|live/);
  await alice.getByRole('textbox', { name: 'Message' }).fill('Hello through the wall');
  await alice.getByRole('button', { name: 'Send' }).click();
  await expect(second.getByRole('log')).toContainText('Hello through the wall');
  await second.close();
});

test('B72 the traffic view shows each request with its user, status and time', async () => {
  await go('Traffic');
  const { page } = desktop;
  const rows = page.getByRole('grid', { name: 'Requests' }).getByRole('row');
  const posted = rows.filter({ hasText: 'POST' }).filter({ hasText: '/guest-book' });
  await expect(posted).toContainText(/\d\d:\d\d:\d\d\.\d{3}/);
  await expect(posted).toContainText(/30[23]/);
  await expect(posted).toContainText('Alice Archer');
  const upload = rows.filter({ hasText: 'POST' }).filter({ hasText: '/files' });
  await upload.click();
  const detail = page.getByRole('complementary', { name: 'Request' });
  await expect(detail).toContainText('Alice Archer');
  await expect(detail).toContainText('100 MiB');
  await keepScreenshot(page, 'traffic-light');
  await page.keyboard.press('ArrowDown');
  await expect(upload).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Escape');
  await expect(detail).toBeHidden();
  await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('chat/socket');
  await expect(rows.filter({ hasText: '101' }).first()).toBeVisible();
  await expect(posted).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('');
});

test('B17 bob, who is not assigned, gets the 403 page and reaches nothing', async () => {
  const bob = await (await browser.newContext()).newPage();
  await bob.goto(externalUrl);
  const answer = bob.waitForResponse((response) => response.status() === 403);
  await signInAs(bob, world.provider, 'bob');
  await answer;
  await expect(bob.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(bob.getByText('EDGE_FORBIDDEN')).toBeVisible();
  await keepScreenshot(bob, 'forbidden');
  await bob.context().close();
});

test('every page is accessible and handsome, light and dark', async () => {
  const { page } = desktop;
  for (const theme of ['Light', 'Dark'] as const) {
    await go('Settings');
    await page.getByRole('radio', { name: theme }).click();
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'Dark');
    for (const name of ['Overview', 'Applications', 'Traffic', 'Settings'] as const) {
      await go(name);
      if (name === 'Applications') await expect(page.getByRole('row', { name: /Intranet/ })).toBeVisible();
      if (name === 'Traffic')
        await page
          .getByRole('row', { name: /guest-book/ })
          .first()
          .click();
      await keepScreenshot(page, `${name.toLowerCase()}-${theme.toLowerCase()}`);
      await expectAccessible(page, `${name}, ${theme.toLowerCase()}`);
    }
  }
  await page.getByRole('radiogroup', { name: 'Appearance' }).getByRole('radio', { name: 'As the system' }).click();
  expect(desktop.pageErrors).toEqual([]);
});

test('the app speaks German once it is chosen, numbers and tray too, and English again', async () => {
  const { page } = desktop;
  await go('Settings');
  await page.getByRole('radio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('heading', { name: 'Einstellungen', level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  expect((await desktop.tray())?.items.at(-1)?.label).toBe('Beenden');
  await keepScreenshot(page, 'settings-german');
  await page.getByRole('button', { name: 'Übersicht' }).click();
  await expect(page.getByText('Anfragen je Sekunde')).toBeVisible();
  await keepScreenshot(page, 'overview-german');
  await resize(1024, 700);
  const navigation = page.getByRole('navigation', { name: 'Seiten' }).getByRole('button');
  const names = await navigation.allInnerTexts();
  expect(names.length).toBeGreaterThan(4);
  for (const [index, name] of names.entries()) {
    await navigation.nth(index).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    expect.soft(await findOverflow(page), name).toEqual([]);
    await keepScreenshot(page, `german-small-${index}`);
    await page.emulateMedia({ forcedColors: 'active' });
    await keepScreenshot(page, `high-contrast-${index}`);
    await page.emulateMedia({ forcedColors: null });
  }
  await page.getByRole('button', { name: 'Einstellungen' }).click();
  await page.getByRole('radiogroup', { name: 'Sprache' }).getByRole('radio', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
});

test('B63 an application is edited, and people are let in, with effect at once', async () => {
  const { page } = desktop;
  await go('Applications');
  await page.getByRole('button', { name: 'Intranet', exact: true }).click();
  await expect(page.getByRole('list', { name: 'People who may enter' })).toContainText('Alice Archer');
  await keepScreenshot(page, 'application-edit');
  await expectAccessible(page, 'the form of an application');
  await page.getByRole('combobox', { name: 'Find people' }).fill('Bo');
  await page.getByRole('option', { name: /Bob Baker/ }).click();
  await expect(page.getByRole('list', { name: 'People who may enter' })).toContainText('Bob Baker');
  await page.getByRole('textbox', { name: 'Name' }).fill('Company intranet');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Company intranet/ })).toBeVisible();
  const bob = await (await browser.newContext()).newPage();
  await bob.goto(externalUrl);
  await signInAs(bob, world.provider, 'bob');
  await expect(bob).toHaveURL(externalUrl);
  await bob.context().close();
});

test('pausing from the tray stops the traffic, resuming brings it back; a panel with no session bus shows it', async () => {
  await expect.poll(() => marksOnPanel(desktop, panel, 'old-tray-ok')).toEqual(['ok']);
  await desktop.clickTray('pause');
  await expect.poll(() => marksOnPanel(desktop, panel, 'old-tray-paused')).toEqual(['paused']);
  expect((await alice.goto(externalUrl))?.status()).toBe(504);
  await desktop.clickTray('resume');
  await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
  await expect.poll(async () => (await alice.goto(externalUrl))?.status()).toBe(200);
});

test('B43 a killed connector shows at once, and one started again heals within 5 s', async () => {
  await desktop.kill();
  const answer = await alice.goto(externalUrl);
  expect(answer?.status()).toBe(504);
  await expect(alice.getByText('EDGE_NO_CONNECTOR')).toBeVisible();
  await keepScreenshot(alice, 'no-connector');
  desktop = await start();
  const startedAtMs = Date.now();
  await expect.poll(async () => (await alice.goto(externalUrl))?.status(), { intervals: [100] }).toBe(200);
  expect(Date.now() - startedAtMs).toBeLessThan(HEAL_MS);
  await expect(desktop.page.getByTestId('connector-status')).toContainText('Connected');
});

function resize(width: number, height: number): Promise<void> {
  return desktop.app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
}

/** Words that are wider than the button, tab or title in which they stand, and whether the page is wider than its window. */
function findOverflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const selector = 'button, [role=tab], [role=radio], h1, h2, h3, label, legend, th, [role=columnheader], dt';
    const found = [...document.querySelectorAll<HTMLElement>(selector)]
      .filter(({ clientWidth, scrollWidth }) => clientWidth > 1 && scrollWidth > clientWidth + 1)
      .map((element) => `${element.tagName} ${element.innerText}`);
    const { clientWidth, scrollWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [...found, `the page: ${scrollWidth} > ${clientWidth}`] : found;
  });
}

async function hashFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
