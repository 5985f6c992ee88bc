import { type Browser, expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser } from './browser.ts';
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
  await page.getByRole('textbox', { name: 'Conditions' }).fill('[{"displayName": "Hours"}]');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/demands nothing/)).toBeInViewport();
  await look('application-settings-wrong', ['dark']);
  await page.getByRole('textbox', { name: 'Conditions' }).fill('');
  await own.fill('300');
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

test('B19 what only the service can know stands at its field, too', async () => {
  await edit();
  await page.getByRole('combobox', { name: 'How the application learns who it is' }).click();
  await page.getByRole('option', { name: 'By headers' }).click();
  await page
    .getByRole('textbox', { name: 'Header rules' })
    .fill('{"rules": [{"headers": [{"name": "Host", "source": "constant", "value": "x"}]}]}');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('textbox', { name: 'Header rules' })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('textbox', { name: 'Header rules' })).toBeInViewport();
  await keepScreenshot(page, 'application-settings-refused');
});
