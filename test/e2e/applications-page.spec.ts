import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { applicationCreateSchema } from '../../src-shared/publishing/application.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** What an administrator does on the page "Applications". The tests build on each other. */
test.describe.configure({ mode: 'serial', timeout: 300_000 });

let world: World;
let browser: Browser;
let desktop: Desktop;
let page: Page;
let externalUrl: string;

test.beforeAll(async () => {
  world = await startWorld();
  browser = await launchBrowser();
  desktop = await launchDesktop({
    userDataFolder: world.makeFolder('desktop'),
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
  page = desktop.page;
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  externalUrl = await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Applications' }).click();
});

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

type Theme = 'light' | 'dark';

/** Pictures in both themes, and no grave fault in those that are checked. */
async function look(name: string, checked: readonly Theme[] = ['light', 'dark']): Promise<void> {
  // A message that fades away is too pale for a moment.
  await expect(page.getByTestId('message')).toHaveCount(0);
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

const section = (name: string) => page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name });
/** The one that stands in the corner; screen readers have it a second time. */
const message = (text: string) => page.getByTestId('message').filter({ hasText: text });
const edit = () => page.getByRole('button', { name: 'Intranet', exact: true }).click();

test('B8 B42 every setting is in the form, checked by the rules of the API, and kept', async () => {
  await edit();
  await look('application-settings');
  for (const name of ['Translation', 'Single sign-on', 'Certificates', 'Limits', 'State']) {
    await section(name).click();
    await keepScreenshot(page, `application-settings-${name.toLowerCase().replace(' ', '-')}`);
  }
  const own = page.getByRole('textbox', { name: 'A time-out of its own' });
  await own.fill('4000');
  await expect(own).toHaveAttribute('aria-invalid', 'true');
  await expect(section('Limits and time-outs: something is wrong here')).toBeVisible();
  await page.getByRole('button', { name: /^MFA from outside/ }).click();
  await own.fill('300');
  const networks = page.getByRole('textbox', { name: 'Not from these networks' });
  await networks.fill('203.0.113.0/33');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('203.0.113.0/33 is no address or network')).toBeInViewport();
  await look('application-settings-wrong', ['dark']);
  await networks.fill('203.0.113.0/24\n127.0.0.1\n::1');
  await expect(page.getByText('Asks everyone for MFA outside 203.0.113.0/24, 127.0.0.1 and 1 more')).toBeVisible();
  await page.getByRole('switch', { name: 'In maintenance' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Intranet.*Maintenance/ })).toBeVisible();
  const visitor = await browser.newPage();
  expect((await visitor.goto(externalUrl))?.status()).toBe(503);
  await visitor.close();
  await edit();
  await expect(own).toHaveValue('300');
  await page.getByRole('switch', { name: 'In maintenance' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row', { name: /Intranet/ })).not.toContainText('Maintenance');
});

test('B17 conditions and roles are forms, and what they say is what the service keeps', async () => {
  await edit();
  await page.getByText('Asks everyone for MFA outside').click();
  await page.getByRole('radio', { name: 'Some of them' }).check();
  await expect(page.getByText('Say for whom it is, or choose everyone.')).toBeVisible();
  const people = page.getByRole('combobox', { name: 'Find people' }).last();
  await people.fill('Ali');
  await page.getByRole('option', { name: /Alice Archer/ }).click();
  await people.fill('0b1c7f8e-program');
  await page.getByRole('option', { name: 'Take 0b1c7f8e-program as an object id' }).click();
  await page.getByRole('button', { name: 'Add hours', exact: true }).click();
  const days = page.getByRole('group', { name: 'Days', exact: true });
  await days.getByRole('button', { name: 'Fri' }).press('Space');
  await page.getByRole('textbox', { name: 'From', exact: true }).fill('1830');
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('7');
  await page.getByRole('combobox', { name: 'Time zone' }).click();
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Berl');
  await page.getByRole('option', { name: 'Europe/Berlin' }).click();
  await expect(page.getByText('Until the next day.')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Sign in again after a while' }).check();
  // A look at the other choice cost what had been given here.
  await page.getByRole('radio', { name: 'Block', exact: true }).last().check();
  await page.getByRole('radio', { name: 'Ask for more' }).last().check();
  await page.getByRole('radio', { name: 'Everyone', exact: true }).last().check();
  await page.getByRole('radio', { name: 'Some of them' }).last().check();
  const summary =
    'Asks 2 people for MFA and a sign-in of the last 8 hours outside 203.0.113.0/24, 127.0.0.1 and 1 more on Mon, Tue, Wed, Thu 18:30–07:00 (Europe/Berlin)';
  await expect(page.getByText(summary)).toBeVisible();
  await look('application-condition');
  await page.getByRole('button', { name: 'Add a role' }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill('two words');
  await expect(page.getByText(/^Give it a value/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Value' }).fill('Ledger.Audit');
  await page
    .getByRole('group', { name: 'Who can have it' })
    .getByRole('checkbox', { name: /^Programs/ })
    .check();
  await look('application-role', ['light']);
  await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('Auditors');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('textbox', { name: 'Value' })).toHaveCount(0);
  await edit();
  await page.getByRole('button', { name: summary }).press('Enter');
  await expect(page.getByLabel('Chosen people').getByText('Alice Archer').last()).toBeVisible();
  await expect(page.getByText('Ledger.Audit, for users and programs')).toBeVisible();
  await page.getByRole('group', { name: 'Roles', exact: true }).getByRole('button', { name: 'Edit as JSON' }).click();
  await expect(page.getByRole('textbox', { name: 'Roles' }).last()).toHaveValue(/"value": "Ledger.Audit"/);
  await page.getByRole('button', { name: 'Edit as a form' }).click();
  await page.getByRole('button', { name: 'Remove Auditors' }).click();
  await expect(page.getByRole('button', { name: 'Add a role' })).toBeFocused();
  await page.getByRole('button', { name: 'Remove MFA from outside' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Add a role' })).toHaveCount(0);
});

test('B19 what only the service can know stands at its field, too', async () => {
  await edit();
  await page.getByRole('combobox', { name: 'How the application learns who it is' }).click();
  await page.getByRole('option', { name: 'By headers' }).click();
  const rules = page.getByRole('group', { name: 'Header rules' });
  await rules.getByRole('button', { name: 'Add a rule' }).click();
  await rules.getByRole('textbox', { name: 'Header', exact: true }).fill('X Remote User');
  await rules.getByRole('combobox', { name: 'Carries' }).click();
  await page.getByRole('option', { name: 'A fixed text' }).click();
  await rules.getByRole('textbox', { name: 'Text' }).fill('x');
  await expect(rules.getByRole('alert')).toHaveCount(0);
  await page.getByRole('switch', { name: 'Signed assertion' }).focus();
  await expect(rules.getByRole('alert')).toContainText('Header: must be the name of a header');
  await look('application-header-rules');
  await rules.getByRole('textbox', { name: 'Header', exact: true }).fill('Host');
  await expect(rules.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(rules.getByRole('alert')).toContainText('Header: Host has a meaning of its own');
  await expect(rules.getByRole('alert')).toBeInViewport();
  await keepScreenshot(page, 'application-settings-refused');
});

test('a structure is a form or its JSON, and what a form does not know is not lost', async () => {
  const rules = page.getByRole('group', { name: 'Header rules' });
  await rules.getByRole('button', { name: 'Edit as JSON' }).click();
  const json = page.getByRole('textbox', { name: 'Header rules' });
  expect(JSON.parse(await json.inputValue())).toEqual({
    rules: [{ path: '/', headers: [{ name: 'Host', source: 'constant', value: 'x' }] }],
  });
  await json.fill('{"rules": [], "newer": 1}');
  await expect(page.getByText('This is not what the form can show')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Edit as a form' })).toHaveCount(0);
  const rule = (of: string, name: string): object => ({
    path: of,
    headers: [{ name, source: 'constant', value: 'x' }],
  });
  await json.fill(JSON.stringify({ rules: [rule('/hr/', 'Host'), rule('/', 'Connection')] }));
  await page.getByRole('button', { name: 'Edit as a form' }).click();
  // Both stood at the first, the second with its raw path.
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(rules.getByRole('alert')).toHaveText([
    /^Header: Host has a meaning[^:]*$/,
    /^Header: Connection has a meaning[^:]*$/,
  ]);
  await rules.getByRole('button', { name: 'Edit as JSON' }).click();
  await json.fill('{"rules": [{"path": "/hr/", "headers": []}, {"path": "/", "headers": []}]}');
  await page.getByRole('button', { name: 'Edit as a form' }).click();
  await rules.getByRole('button', { name: 'Remove Everything below /hr/' }).click();
  await expect(rules.getByRole('button', { name: /The whole application/ })).toHaveCount(2);
});

test('changes that are not saved are asked about', async () => {
  const rules = page.getByRole('group', { name: 'Header rules' });
  await rules.getByRole('button', { name: 'Add a rule' }).press('Escape');
  await expect(page.getByRole('alertdialog', { name: 'Leave without saving?' })).toBeVisible();
  await look('application-discard', ['light']);
  await expect(page.getByRole('button', { name: 'Go on editing' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(rules.getByRole('button', { name: 'Add a rule' })).toBeFocused();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard the changes' }).click();
  await expect(rules).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Intranet', exact: true })).toBeFocused();
  expect(desktop.pageErrors).toEqual([]);
});

test('B20 segments with CORS rules are typed in a form, and kept', async () => {
  await edit();
  const segments = page.getByRole('group', { name: 'Segments' });
  await segments.getByRole('button', { name: 'Add a segment' }).click();
  await segments.getByLabel('External URL').fill(externalUrl);
  await segments.getByLabel('Internal URL').fill(world.intranetUrl);
  await segments.getByRole('button', { name: 'Let pages of other sites ask (CORS)' }).click();
  await segments.getByLabel('Origins that may ask').fill('https://app.example.com\nhttps://two.example.com');
  await look('application-segments');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(segments).toHaveCount(0);
  await edit();
  await segments.getByRole('button', { name: /1 CORS rule/ }).click();
  await expect(segments.getByLabel('Origins that may ask')).toHaveValue(
    'https://app.example.com\nhttps://two.example.com',
  );
  await segments.getByRole('button', { name: `Remove ${externalUrl}` }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(segments).toHaveCount(0);
});

test('B17 a group is let in, and B27 B36 a preview shows what becomes of links and cookies', async () => {
  await edit();
  await page.getByRole('textbox', { name: 'Object id of the group' }).fill('0b1c7f8e-5b7a-4c0e-9d58-0c1d6f3a7b11');
  await page.getByRole('button', { name: 'Assign' }).click();
  await expect(page.getByRole('list', { name: 'People who may enter' })).toContainText('A group');
  await look('application-access', ['light']);
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText(/looked at/)).toBeVisible();
  await page.getByText(/looked at/).scrollIntoViewIfNeeded();
  await look('translation-preview');
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('B8 maintenance is switched in the list, and the status says so', async () => {
  const row = page.getByRole('row', { name: /Intranet/ });
  await page.getByRole('switch', { name: 'Maintenance of Intranet' }).check();
  await expect(row).toContainText('Maintenance');
  await page.getByRole('switch', { name: 'Maintenance of Intranet' }).uncheck();
  const alice = await (await browser.newContext()).newPage();
  await alice.goto(externalUrl);
  await signInAs(alice, world.provider, 'alice');
  await expect(alice).toHaveURL(externalUrl);
  await alice.context().close();
  await expect(row).toContainText('Reachable');
});

test('an application is duplicated, the copy fails at its backend, and the list says at which hop', async () => {
  await menu('Intranet', 'Duplicate');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Intranet (copy)');
  await page.getByRole('textbox', { name: 'Name' }).fill('Archive');
  await page.getByLabel('Internal URL').fill('http://127.0.0.1:1/');
  await page.getByRole('radio', { name: /^Anyone/ }).check();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const row = page.getByRole('row', { name: /Archive/ });
  await expect(row).toBeVisible();
  await expect(row).toContainText('Not used yet');
  const visitor = await browser.newPage();
  const url = await row.getByRole('button', { name: /^http:/ }).innerText();
  expect((await visitor.goto(url))?.status()).toBe(502);
  await visitor.close();
  await expect(row).toContainText('Fails: connection');
  await look('applications-status');
});

test('B43 a test goes the way of a request, and names the hop at which it fails', async () => {
  const stations = page.getByRole('list', { name: 'Stations of a request' }).getByRole('listitem');
  await menu('Intranet', 'Test the whole way');
  await expect(stations).toHaveCount(5);
  await expect(stations.nth(1)).toContainText('asks for a sign-in');
  await expect(stations.nth(2)).toContainText('Gate house');
  await expect(stations.nth(3)).toContainText('200');
  await expect(stations.nth(4)).toContainText('Not tested');
  await look('application-test');
  await page.getByRole('button', { name: 'Close' }).click();
  await menu('Archive', 'Test the whole way');
  await expect(stations.nth(3)).toHaveAttribute('data-outcome', 'failed');
  await expect(stations.nth(4)).toContainText('It failed at: connection.');
  await look('application-test-failed', ['light']);
  await page.getByRole('button', { name: 'Close' }).click();
});

test('the list is searched, and sorted by any column', async () => {
  const names = page
    .getByRole('table', { name: 'Applications' })
    .getByRole('row')
    .getByRole('button', { name: /^(Archive|Intranet)$/ });
  await expect(names).toHaveText(['Archive', 'Intranet']);
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await expect(names).toHaveText(['Intranet', 'Archive']);
  await page.getByRole('button', { name: 'Status', exact: true }).click();
  await expect(names).toHaveText(['Archive', 'Intranet']);
  await page.getByRole('searchbox', { name: 'Search applications' }).fill('intra');
  await expect(names).toHaveText(['Intranet']);
  await page.getByRole('searchbox', { name: 'Search applications' }).fill('');
});

test('the settings are exported as the API takes them', async () => {
  const file = path.join(world.makeFolder('exports'), 'intranet.json');
  await desktop.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  await menu('Intranet', 'Export the settings');
  await expect(message('The settings of Intranet are saved')).toBeVisible();
  const exported = applicationCreateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(exported).toMatchObject({ displayName: 'Intranet', onPremisesPublishing: { externalUrl } });
});

test('a deletion is undone: same addresses, settings and people', async () => {
  await menu('Intranet', 'Delete');
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Actions for Intranet' })).toBeFocused();
  await menu('Intranet', 'Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(message('Intranet is deleted')).toBeVisible();
  await expect(page.getByRole('row', { name: /Intranet/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(message('Intranet is published again')).toBeVisible();
  await edit();
  await expect(page.getByRole('textbox', { name: 'A time-out of its own' })).toHaveValue('300');
  await expect(page.getByRole('list', { name: 'People who may enter' })).toContainText('Alice Archer');
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('a deletion could not be undone in time with the keyboard', async () => {
  await menu('Archive', 'Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).press('Enter');
  await expect(message('Archive is deleted')).toBeVisible();
  // A text has an undo of its own.
  const search = page.getByRole('searchbox', { name: 'Search applications' });
  await search.press('Control+z');
  await expect(search).toHaveValue('intra');
  await search.fill('');
  await expect(page.getByRole('row', { name: /Archive/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Publish an application' }).press('Control+z');
  await expect(message('Archive is published again')).toBeVisible();
  await expect(message('Archive is deleted')).toHaveCount(0);
  await expect(page.getByRole('row', { name: /Archive/ })).toBeVisible();
});

test('the page speaks German', async () => {
  const go = (name: string) =>
    page
      .getByRole('navigation', { name: /Pages|Seiten/ })
      .getByRole('button', { name })
      .click();
  await go('Settings');
  await page.getByRole('radio', { name: 'Deutsch' }).click();
  await go('Anwendungen');
  await expect(page.getByRole('row', { name: /Intranet/ }).getByText('Ausgewählte')).toBeVisible();
  await look('applications-german', ['light']);
  await page.getByRole('button', { name: 'Anwendung veröffentlichen' }).click();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('Intranet');
  await page.getByLabel('Interne URL').fill('http://intranet.corp/');
  await page.getByRole('button', { name: 'Veröffentlichen', exact: true }).click();
  await expect(page.getByLabel('Externe URL')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText(`Die externe URL ${externalUrl} hat schon die Anwendung „Intranet“.`)).toBeVisible();
  await keepScreenshot(page, 'application-url-taken-german');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Änderungen verwerfen' }).click();
  await expect(page.getByRole('button', { name: 'Anwendung veröffentlichen' })).toBeFocused();
  await edit();
  await keepScreenshot(page, 'application-settings-german');
  await page.getByRole('button', { name: /^Bürozeiten/ }).scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'application-conditions-german');
  await page.getByRole('button', { name: 'Abbrechen' }).click();
  expect(desktop.pageErrors).toEqual([]);
});

async function menu(application: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${application}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
