import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { ROOT } from '../../scripts/run-command.ts';
import { derivedGuid } from '../../trial/identity-provider/entra-claims.ts';
import { makeTrialUsers } from '../../trial/trial-users.ts';
import { expectAccessible } from './accessibility.ts';
import { completeAdministratorSignIn, launchBrowser, signInAs } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { speak } from './speak.ts';
import { enrolThroughWizard, publishThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** Administrators in the desktop app: other devices, readers, further connectors, a sign-in that ends. The tests build on each other. */
test.describe.configure({ mode: 'serial' });

const RITA = {
  id: derivedGuid('user', 'rita'),
  name: 'rita',
  password: 'reads-only-1',
  displayName: 'Rita Reader',
  userPrincipalName: 'rita@contoso.example',
  groups: [],
  apiRoles: ['Application.Read'],
  signInRoles: [],
};

let world: World;
let browser: Browser;
let desktop: Desktop;
let page: Page;
let userDataFolder: string;
/** What Alice opens, and her two browsers. */
let intranet: string;
let firefox: BrowserContext;
let chromium: BrowserContext;

test.beforeAll(async () => {
  const users = [...makeTrialUsers(), RITA].map((user) => ({ claims: {}, ...user }));
  world = await startWorld({ users });
  browser = await launchBrowser();
  userDataFolder = world.makeFolder('desktop');
  await start();
});

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  desktop = await launchDesktop({ userDataFolder, serviceUrl: world.serviceUrl, internalUrl: world.intranetUrl });
  page = desktop.page;
}

async function go(name: 'Overview' | 'Applications' | 'Sessions' | 'Connectors' | 'Settings'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Pictures in both themes, and no grave fault in those that are checked. */
async function look(name: string, checked: readonly ('light' | 'dark')[] = ['light', 'dark']): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await desktop.app.evaluate(({ nativeTheme }, source) => (nativeTheme.themeSource = source), theme);
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark');
    if (checked.includes(theme)) await expectAccessible(page, `${name}, ${theme}`);
    await keepScreenshot(page, `${name}-${theme}`);
  }
  await desktop.app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = 'system'));
}

const resize = (width: number, height: number): Promise<void> =>
  desktop.app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
const clipboard = (): Promise<string> => desktop.app.evaluate(({ clipboard: own }) => own.readText());
const waitingCode = () => page.getByTestId('device-code');
const sessionRows = () => page.getByRole('table', { name: 'Sessions' }).getByRole('row');
const tab = (name: string) => page.getByRole('tab', { name, exact: true });
/** Without the head of the table, which is a row, too. */
const connectorRows = () =>
  page
    .getByRole('table', { name: 'Connectors' })
    .getByRole('row')
    .filter({ has: page.getByRole('cell') });
const act = async (name: string, action: string): Promise<void> => {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
};
const alerts = () => page.getByTestId('problem').or(page.getByTestId('sign-in-again'));

test('B61 a code for another device is shown with address and QR code, is copied, and can be cancelled', async () => {
  await expect(page.getByText('Contoso Access')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Use another device' }).click();
  await expect(waitingCode()).toHaveText(/^[A-Z]{4}-[A-Z]{4}$/);
  await expect(page.getByRole('img', { name: 'QR code of the page' })).toBeVisible();
  await expect(page.getByText(/The code is good for another 1[45]:\d\d/)).toBeVisible();
  await page.getByRole('button', { name: 'Copy the code' }).click();
  expect(await clipboard()).toBe(await waitingCode().innerText());
  await page.getByRole('button', { name: 'Copy the address' }).click();
  const address = await clipboard();
  expect(address).toBe(`${world.provider.origin}/devicelogin`);
  await page.getByRole('button', { name: address }).click();
  expect(await desktop.nextOpenedUrl()).toBe(address);
  await look('device-code');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('problem')).toContainText('cancelled');
});

test('B61 a code that ran out makes way for a new one', async () => {
  world.provider.lifetimes.deviceCodeSeconds = 2;
  await page.getByRole('button', { name: 'Use another device' }).click();
  await expect(page.getByText('The code has run out')).toBeVisible();
  await look('device-code-over');
  world.provider.lifetimes.deviceCodeSeconds = 900;
  await page.getByRole('button', { name: 'Get a new code' }).click();
  await expect(waitingCode()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('B61 a page that was closed in the browser is opened again, and waiting for it has an end', async () => {
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  const first = await desktop.nextOpenedUrl();
  await expect(page.getByText(/This ends by itself in [45]:\d\d/)).toBeVisible();
  await look('sign-in-browser');
  await page.getByRole('button', { name: 'Open it again' }).click();
  expect(await desktop.nextOpenedUrl()).toBe(first);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('problem')).toContainText('cancelled');
});

test('B61 a reader cannot enrol, and is told so at once', async () => {
  await page.getByRole('button', { name: 'Use another device' }).click();
  await completeOnOtherDevice('rita');
  await expect(page.getByTestId('reader')).toContainText('Enrolling a connector needs the role of an administrator');
  await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
  await look('wizard-reader');
  await page.getByRole('button', { name: 'Use another account' }).click();
});

test('B61 another account enrols, and its tokens are nowhere on the disk', async () => {
  // Every call of the API has to renew the token from now on.
  world.provider.lifetimes.apiTokenSeconds = 60;
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
  await enrolThroughWizard(desktop, 'Gate house');
  await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByTestId('connector-status')).toContainText('Connected');
  expect(tokensOnDisk()).toEqual([]);
  const identity = readFileSync(path.join(userDataFolder, 'vault', 'connector.json'), 'utf8');
  expect(JSON.parse(identity)).toMatchObject({ protection: 'file' });
  expect(identity).not.toMatch(/admin|bearer|refresh/i);
});

test('B61 another connector is installed with one line, and the token is taken back', async () => {
  await go('Connectors');
  await page.getByRole('button', { name: 'Install another connector' }).click();
  await page.getByLabel('What is it for?').fill('Branch offices');
  await page.getByLabel('Machines').fill('2');
  await page.getByRole('combobox', { name: 'Usable for' }).click();
  await page.getByRole('option', { name: '1 day' }).click();
  await look('install-form');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const shown = page.getByTestId('install-command');
  await expect(shown).toContainText('POSTERN_ENROLMENT_TOKEN=');
  await look('install-command');
  await page.getByRole('button', { name: 'Copy the command' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const line = await clipboard();
  expect(line).toBe(await shown.innerText());
  expect(await runLine(line)).toContain('Enrolled with');
  await page.getByRole('tab', { name: /PowerShell/ }).click();
  await expect(shown).toContainText('$env:POSTERN_ENROLMENT_TOKEN=');
  await page.getByRole('button', { name: 'Done' }).click();

  await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('This computer');
  await connectorRows().filter({ hasText: 'never seen' }).getByRole('button').first().click();
  await expect(page.getByRole('dialog')).toContainText('with Branch offices');
  await page.getByRole('button', { name: 'Close' }).click();
  await tab('Enrolment tokens (1)').click();
  const tokens = page.getByRole('table', { name: 'Enrolment tokens' });
  await expect(tokens.getByRole('row', { name: /Branch offices/ })).toContainText('1 of 2');
  await look('enrolment-tokens', ['light']);
  await page.getByRole('button', { name: 'Take back Branch offices' }).click();
  await expect(page.getByText('None. One is made when')).toBeVisible();
});

test('B67 connectors are renamed and moved, groups are made, filled and, once empty, deleted', async () => {
  await tab('Connectors (2)').click();
  await look('connectors');
  await resize(1024, 700);
  await keepScreenshot(page, 'connectors-small');
  await resize(1200, 780);
  await page.getByRole('searchbox', { name: 'Search connectors' }).fill('gate house default');
  await expect(connectorRows()).toHaveCount(1);
  await page.getByRole('searchbox', { name: 'Search connectors' }).fill('');
  await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
  await expect(connectorRows().first()).toContainText('Not connected');
  await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
  await expect(connectorRows().first()).toContainText('Gate house');

  await tab('Groups (1)').click();
  await page.getByRole('button', { name: 'Create a group' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Berlin');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await tab('Connectors (2)').click();
  await connectorRows().filter({ hasText: 'never seen' }).getByRole('button').first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Cellar');
  await page.getByRole('combobox', { name: 'Connector group' }).click();
  await page.getByRole('option', { name: 'Berlin' }).click();
  await look('connector-details', ['dark']);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(connectorRows().filter({ hasText: 'Cellar' })).toContainText('Berlin');

  await tab('Groups (2)').click();
  await act('Berlin', 'Delete…');
  await expect(page.getByRole('alertdialog')).toContainText('It still has Cellar');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Berlin', exact: true }).click();
  await page.getByRole('combobox', { name: 'Bring an application here' }).click();
  await page.getByRole('option', { name: 'Intranet (from Default)' }).click();
  await expect(page.getByRole('region', { name: 'Applications' }).getByRole('listitem')).toHaveText(/Intranet/);
  await look('group-details', ['light']);
  await page.getByRole('combobox', { name: 'Move Intranet to' }).click();
  await page.getByRole('option', { name: 'Default' }).click();
  await expect(page.getByText('No application is in this group.')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await look('connector-groups', ['dark']);
});

test('B62 B66 a connector runs empty and comes back; one is revoked, and removed; this computer is asked about twice', async () => {
  await tab('Connectors (2)').click();
  await act('Gate house', 'Give it no new requests');
  await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('Drains');
  await keepScreenshot(page, 'connector-drains');
  // As the machine itself shows what somebody has done elsewhere.
  await go('Overview');
  const drained = page.getByTestId('drained');
  await expect(drained).toContainText(/By Ada Admin, \w/);
  await expect(page.getByTestId('connector-status')).toContainText('Drained');
  const tray = await desktop.tray();
  expect([tray?.state, tray?.tooltip]).toEqual([
    'degraded',
    'Postern: Drained: Contoso Access hands it no new requests',
  ]);
  await look('overview-drained', ['light', 'dark']);
  await drained.getByRole('button', { name: 'Take requests again' }).click();
  await expect(drained).toBeHidden();
  await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
  await go('Connectors');
  await act('Gate house', 'Give it no new requests');
  await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('Drains');
  await expect.poll(async () => (await desktop.tray())?.state).toBe('degraded');
  await desktop.clickTray('undrain');
  await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
  await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('Connected');

  await act('Cellar', 'Revoke…');
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(connectorRows().filter({ hasText: 'Cellar' })).toContainText('Revoked');
  await act('Cellar', 'Remove…');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(connectorRows()).toHaveCount(1);
  await tab('Groups (2)').click();
  await act('Berlin', 'Delete…');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await tab('Groups (1)').click();

  await tab('Connectors (1)').click();
  await act('Gate house', 'Revoke…');
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Gate house is this very computer');
  await expect(question).toContainText('No other connector of “Default” takes requests: Intranet');
  await expect(question.getByRole('button', { name: 'Revoke' })).toBeDisabled();
  await question.getByRole('checkbox', { name: 'I know that this computer stops serving' }).check();
  await expect(question.getByRole('button', { name: 'Revoke' })).toBeEnabled();
  await look('revoke-this-computer', ['light']);
  await question.getByRole('button', { name: 'Cancel' }).click();
});

test('B61 a sign-in that ends in mid-work asks once, and what was typed is still there afterwards', async () => {
  await go('Applications');
  await page.getByRole('button', { name: 'Publish an application' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Second intranet');
  await page.getByLabel('Internal URL').fill(world.intranetUrl);
  const allowIp = page.getByRole('checkbox', { name: /IP address/ });
  if (!(await allowIp.isChecked())) await allowIp.check();
  world.provider.setRemoved('admin', true);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByTestId('sign-in-again')).toBeVisible();
  await expect(alerts()).toHaveCount(1);
  await look('sign-in-again');
  world.provider.setRemoved('admin', false);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
  await expect(alerts()).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Second intranet');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('row', { name: /Second intranet/ })).toBeVisible();
});

test('B61 the same on a page: one bar, and a person without the role changes nothing about it', async () => {
  world.provider.setRemoved('admin', true);
  await go('Connectors');
  await expect(page.getByTestId('sign-in-again')).toBeVisible();
  await expect(alerts()).toHaveCount(1);
  await look('sign-in-again-page');
  world.provider.setRemoved('admin', false);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'bob');
  await expect(page.getByTestId('problem')).toContainText(/Bob Baker .*no administrator/);
  await expect(page.getByTestId('sign-in-again')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
  await expect(page.getByRole('table', { name: 'Connectors' })).toBeVisible();
  await expect(alerts()).toHaveCount(0);
});

test('B22 an administrator sees who is signed in, and finds them by name, device and address', async () => {
  await go('Sessions');
  await expect(page.getByText('Nobody is signed in')).toBeVisible();
  await look('sessions-none');
  await go('Applications');
  intranet = await page
    .getByRole('row', { name: /^Intranet/ })
    .getByRole('button', { name: /^http/ })
    .innerText();
  firefox = await openAs('alice', intranet, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  chromium = await openAs('alice', intranet);
  await openAs('bob', world.serviceUrl);
  await go('Sessions');
  // The head of the table is a row, too.
  await expect(sessionRows()).toHaveCount(4);
  await expect(sessionRows().filter({ hasText: 'Firefox on Linux' })).toContainText(/Alice Archer.*127\.0\.0\.1/);
  await look('sessions');
  await speak(page, 'de');
  await expect(page.getByRole('columnheader', { name: 'Zuletzt benutzt' })).toBeVisible();
  await keepScreenshot(page, 'sessions-german');
  await page.getByRole('button', { name: 'Aktionen für Alice Archer auf Firefox on Linux' }).click();
  await page.getByRole('menuitem', { name: 'Diese Sitzung beenden' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Das lässt sich nicht rückgängig machen');
  await keepScreenshot(page, 'session-end-german');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Abbrechen' }).click();
  await speak(page, 'en');
  const search = page.getByRole('searchbox', { name: 'Search sessions' });
  await search.fill('ali');
  await expect(sessionRows()).toHaveCount(3);
  await search.fill('firefox');
  await expect(sessionRows()).toHaveCount(2);
  await search.fill('nobody’s');
  await expect(page.getByText('No session matches.')).toBeVisible();
  await search.fill('');
});

test('B22 one session ends, then everything of a person, once the administrator has confirmed it', async () => {
  const confirm = page.getByRole('alertdialog');
  await page.getByRole('button', { name: 'Actions for Alice Archer on Firefox on Linux' }).click();
  await page.getByRole('menuitem', { name: 'End this session' }).click();
  await expect(confirm).toContainText('This cannot be undone');
  await look('session-end');
  await confirm.getByRole('button', { name: 'Cancel' }).click();
  await expect(sessionRows()).toHaveCount(4);
  expect([await isIn(firefox, intranet), await isIn(chromium, intranet)]).toEqual([true, true]);
  await page.getByRole('button', { name: 'Actions for Alice Archer on Firefox on Linux' }).click();
  await page.getByRole('menuitem', { name: 'End this session' }).click();
  await confirm.getByRole('button', { name: 'End the session' }).click();
  await expect(sessionRows()).toHaveCount(3);
  expect([await isIn(firefox, intranet), await isIn(chromium, intranet)]).toEqual([false, true]);

  await page.getByRole('button', { name: /^Actions for Alice Archer/ }).click();
  await page.getByRole('menuitem', { name: 'Sign Alice Archer out everywhere' }).click();
  await expect(confirm).toContainText('on all devices');
  await confirm.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(sessionRows()).toHaveCount(2);
  await expect(sessionRows().last()).toContainText('Bob Baker');
  expect(await isIn(chromium, intranet)).toBe(false);

  await go('Applications');
  await page.getByRole('button', { name: 'Actions for Intranet' }).click();
  await page.getByRole('menuitem', { name: 'Show who is signed in' }).click();
  await expect(page.getByRole('combobox', { name: 'Application' })).toHaveText('Intranet');
  await expect(page.getByText('No session matches.')).toBeVisible();
});

test('B61 a reader sees everything, and each button that changes something says why it does not', async () => {
  await go('Settings');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'rita');
  await expect(page.getByText('Reader: may look, not change')).toBeVisible();
  await go('Applications');
  const publish = page.getByRole('button', { name: 'Publish an application' });
  await expect(publish).toHaveAttribute('aria-disabled', 'true');
  await publish.hover();
  await expect(page.getByRole('tooltip')).toContainText('Changes need the role of an administrator');
  await look('reader-applications');
  await page.getByRole('button', { name: 'Actions for Intranet' }).click();
  const remove = page.getByRole('menuitem', { name: 'Delete' });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await remove.click({ force: true });
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Intranet', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeDisabled();
  await expect(page.getByRole('list', { name: 'People who may enter' })).toContainText('Alice Archer');
  await expect(page.getByRole('button', { name: /^Remove Alice/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
  await look('reader-application');
  await page.getByRole('button', { name: 'Close' }).first().click();
  await go('Sessions');
  await page.getByRole('button', { name: /^Actions for Bob Baker/ }).click();
  await expect(page.getByRole('menuitem')).toHaveCount(2);
  for (const action of await page.getByRole('menuitem').all()) {
    await expect(action).toHaveAttribute('aria-disabled', 'true');
  }
  await look('reader-sessions');
  await page.keyboard.press('Escape');
  await go('Connectors');
  await expect(page.getByRole('button', { name: 'Install another connector' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});

test('B61 without a key store a sign-in is kept only where somebody says so, and signing out removes it', async () => {
  const file = path.join(userDataFolder, 'vault', 'sign-in.json');
  await go('Settings');
  await expect(page.getByText('kept in memory only')).toBeVisible();
  expect([existsSync(file), tokensOnDisk()]).toEqual([false, []]);
  await page.getByRole('checkbox', { name: /Keep me signed in/ }).click();
  await expect(page.getByText('is not encrypted')).toBeVisible();
  await expect.poll(() => existsSync(file)).toBe(true);
  await look('keep-sign-in');
  await desktop.quit();
  await start();
  await go('Settings');
  await expect(page.getByText('Reader: may look, not change')).toBeVisible();
  await page.getByRole('checkbox', { name: /Keep me signed in/ }).click();
  await expect.poll(() => existsSync(file)).toBe(false);
  await page.getByRole('checkbox', { name: /Keep me signed in/ }).click();
  await expect.poll(() => existsSync(file)).toBe(true);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in with the browser' })).toBeVisible();
  expect([existsSync(file), tokensOnDisk()]).toEqual([false, []]);
  expect(desktop.pageErrors).toEqual([]);
});

/** A browser of its own in which somebody has opened an address and signed in. */
async function openAs(name: string, url: string, userAgent?: string): Promise<BrowserContext> {
  const context = await browser.newContext(userAgent === undefined ? {} : { userAgent });
  const own = await context.newPage();
  await own.goto(url);
  await signInAs(own, world.provider, name);
  await own.waitForURL(`${url.replace(/\/$/, '')}/**`);
  return context;
}

/** Whether a browser's session opens an address, without a way to begin another one. */
async function isIn(context: BrowserContext, url: string): Promise<boolean> {
  // From the page that the browser has open there: scripts are not led to a sign-in (B11).
  const status = await context.pages()[0]?.evaluate(async (address) => (await fetch(address)).status, url);
  return status === 200;
}

/** The other device's part: the code, the sign-in, the confirmation. */
async function completeOnOtherDevice(name: string): Promise<void> {
  const code = await waitingCode().innerText();
  const context = await browser.newContext();
  const device = await context.newPage();
  await device.goto(`${world.provider.origin}/devicelogin`);
  await device.getByLabel('Code').fill(code.trim());
  await device.getByRole('button', { name: 'Next' }).click();
  await device.getByRole('button', { name: 'Continue' }).click();
  await signInAs(device, world.provider, name);
  await expect(device.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  await context.close();
}

/** Runs the line as the other machine's shell would, with the command installed. The service runs in this process and must not stand still meanwhile. */
async function runLine(line: string): Promise<string> {
  const folder = world.makeFolder('other-machine');
  const programs = world.makeFolder('other-programs');
  const command = path.join(programs, 'postern-connector');
  const cli = path.join(ROOT, 'src-main', 'connector', 'cli.ts');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
  chmodSync(command, 0o755);
  const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}` };
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line], { cwd: folder, env });
  return stdout + stderr;
}

/** Files of the app's folder that hold an access or ID token, or a piece of MSAL's cache. */
function tokensOnDisk(): string[] {
  return readdirSync(userDataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => /eyJ[\w-]{10,}\.eyJ[\w-]{10,}|"RefreshToken"|"AccessToken"/.test(readFileSync(file, 'latin1')));
}
