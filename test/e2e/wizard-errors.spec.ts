import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import type { PosternBridge } from '../../src-shared/ipc/contract.ts';
import type { ProxySettings } from '../../src-shared/ipc/machine-settings.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { expectAccessible } from './accessibility.ts';
import { completeAdministratorSignIn, launchBrowser, signInAs } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { speak } from './speak.ts';
import { enrolThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** Each thing that can go wrong in the wizard: a clear message with the next step, and a way on. The tests build on each other. */
test.describe.configure({ mode: 'serial' });

let world: World;
let browser: Browser;
let desktop: Desktop;
let page: Page;
let stranger: Server;
let userDataFolder: string;

test.beforeAll(async () => {
  world = await startWorld();
  browser = await launchBrowser();
  stranger = createServer((_request, response) => void response.end('<title>Something else</title>'));
  await new Promise<void>((resolve) => {
    stranger.listen(0, '127.0.0.1', resolve);
  });
  userDataFolder = world.makeFolder('desktop');
  desktop = await launchDesktop({ userDataFolder, internalUrl: world.intranetUrl });
  page = desktop.page;
});

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await new Promise((resolve) => {
    stranger.close(resolve);
  });
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

const addressField = () => page.getByLabel('Service address');

test('the language is chosen from the first step on, and high contrast shows where one is', async () => {
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await expect(page.getByRole('heading', { name: 'Wo ist Ihr Postern-Dienst?' })).toBeVisible();
  await look('wizard-service-german', ['light']);
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('system');
  await expect(page.getByRole('heading', { name: 'Where is your Postern service?' })).toBeVisible();
  await page.emulateMedia({ forcedColors: 'active' });
  await keepScreenshot(page, 'wizard-high-contrast');
  // The step that one is at is told by more than a colour that is not there.
  const current = page.locator('[aria-current=step] > span').first();
  const ahead = page.locator('[data-state=ahead] > span').first();
  const background = (locator: typeof current) => locator.evaluate((node) => getComputedStyle(node).backgroundColor);
  expect(await background(current)).not.toBe(await background(ahead));
  await page.emulateMedia({ forcedColors: null });
});

test('a wrong service address is named as one types, with the next step', async () => {
  const strangerPort = (stranger.address() as AddressInfo).port;
  const cases: readonly (readonly [string, RegExp])[] = [
    ['ftp://postern.example.com', /must begin with https/],
    ['https://postern.example.com/some/path', /Leave out what follows/],
    ['https://nowhere.invalid', /No machine with the name nowhere\.invalid.*Check the spelling/],
    ['http://127.0.0.1:1', /refuses the connection.*Check the port|could not be reached.*Check the port/],
    [`http://127.0.0.1:${strangerPort}`, /not a Postern service.*operator gave you/],
    [world.serviceUrl.replace('http:', 'https:'), /does not speak https.*operator gave you/],
  ];
  for (const [address, message] of cases) {
    await addressField().fill(address);
    await expect(
      page.getByRole('alert').or(page.locator('[id$="__validationMessage"]')).first(),
      address,
    ).toContainText(message);
  }
  await keepScreenshot(page, 'wizard-wrong-address');
  await trustOwnAuthority();
  await expectAccessible(page, 'the step of the service address');
  await addressField().fill(world.serviceUrl);
  await expect(page.getByText('Contoso Access')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
});

/** There was no way on from a service whose authority is the company's own: who it is was not said, nor could it be trusted here. */
async function trustOwnAuthority(): Promise<void> {
  const authority = await makeAuthority('Contoso root');
  const server = createSecureServer(await authority.issue(['localhost']), (_request, response) => void response.end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const file = path.join(world.makeFolder('authority'), 'authority.pem');
  writeFileSync(file, authority.cert);
  await desktop.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, file);
  await addressField().fill(`https://localhost:${(server.address() as AddressInfo).port}`);
  const message = page.locator('[id$="__validationMessage"]');
  await expect(message).toContainText('It was issued by Contoso root');
  await look('wizard-untrusted', ['light']);
  await page.getByRole('button', { name: 'Trust a certificate authority from a file' }).click();
  await expect(message).toContainText('not a Postern service');
  server.close();
}

test('a cancelled sign-in says so and can be begun again', async () => {
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await desktop.nextOpenedUrl();
  // The keyboard was at nothing while it waited, and again afterwards.
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in with the browser' })).toBeFocused();
  await expect(page.getByTestId('problem')).toContainText('The sign-in was cancelled. Start the sign-in again');
  await keepScreenshot(page, 'wizard-sign-in-cancelled');
});

test('a sign-in refused in the browser says so, too', async () => {
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  const provider = await browser.newPage();
  await provider.goto(await desktop.nextOpenedUrl());
  await provider.getByRole('button', { name: 'Cancel' }).click();
  await expect(provider.getByRole('heading', { name: 'The sign-in did not complete' })).toBeVisible();
  await provider.close();
  await expect(page.getByTestId('problem')).toContainText('cancelled');
});

test('a person without the role learns which role is missing', async () => {
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'alice');
  await expect(page.getByTestId('problem')).toContainText(
    /Alice Archer .*no administrator.*Application\.Administrator/,
  );
  await keepScreenshot(page, 'wizard-no-role');
});

test('waiting for another device can be cancelled', async () => {
  await page.getByRole('button', { name: 'Use another device' }).click();
  await expect(page.getByTestId('device-code')).toBeVisible();
  await keepScreenshot(page, 'wizard-device-code');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByTestId('problem')).toContainText('cancelled');
  await expectAccessible(page, 'the step of the sign-in');
});

test('B61 B69 the path is checked hop by hop, told to whoever runs the network, and left by every way', async () => {
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
  await expect(page.getByRole('button', { name: 'Next' })).toBeEnabled();
  await look('wizard-check');
  await page.getByRole('button', { name: 'Copy details' }).click();
  const details = await desktop.app.evaluate(({ clipboard }) => clipboard.readText());
  expect(details).toMatch(/^Path from this machine to http:.*\nOutbound proxy: skipped\..*\nName resolution: passed\./);
  expect(details).toMatch(/\nProbe: passed\. What is sent through it comes back/);
  // What had been found stayed in the language of before.
  await speak(page, 'de');
  await expect(page.getByText(/^Keiner ist gesetzt/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Weiter' })).toBeEnabled();
  await speak(page, 'en');
  await expect(page.getByText('None is set: this machine dials by itself')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeEnabled();
  // B69: a proxy that is in the way is named at its hop, and put right from there.
  const set = (proxy: Partial<ProxySettings>) =>
    page.evaluate(async (change) => {
      const { postern } = window as unknown as { readonly postern: PosternBridge };
      const settings = await postern.readMachineSettings();
      if (settings.ok) await postern.saveProxy({ proxy: { ...settings.value.proxy, ...change }, password: null });
    }, proxy);
  await set({ mode: 'manual', address: 'http://127.0.0.1:1' });
  await page.getByRole('button', { name: 'Check again' }).click();
  const proxyHop = page.getByRole('list', { name: 'Hops' }).getByRole('listitem').filter({ hasText: 'Outbound proxy' });
  await expect(proxyHop).toHaveAttribute('data-outcome', 'failed');
  await expect(proxyHop).toContainText('correct the proxy settings');
  await look('wizard-proxy-failed', ['light']);
  await page.getByRole('button', { name: 'Outbound proxy' }).click();
  const dialog = page.getByRole('dialog', { name: 'Outbound proxy' });
  await dialog.getByRole('radio', { name: 'None: directly' }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  // The button that is done keeps the focus, and the dialog its place in what screen readers see.
  await expect(dialog.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(proxyHop).toHaveAttribute('data-outcome', 'skipped');
  await expect(page.getByRole('button', { name: 'Next' })).toBeEnabled();
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in as an administrator' })).toBeVisible();
  await page.getByRole('button', { name: 'Start over' }).click();
  await look('wizard-start-over', ['light']);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Start over' }).click();
  await expect(addressField()).toHaveValue('');
  await addressField().fill(world.serviceUrl);
  await page.getByRole('button', { name: 'Next' }).click();
});

test('what goes with the focus in it could not give it to the page of the wizard', async () => {
  const main = page.getByRole('main');
  await main.focus();
  await expect(main).toBeFocused();
});

test('the wizard is taken up where it was left, and a code signs in from another device', async () => {
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
  await enrolThroughWizard(desktop, 'Gate house');
  await page.getByRole('textbox', { name: 'Name' }).fill('Typed before');
  await desktop.quit();
  desktop = await launchDesktop({ userDataFolder, internalUrl: world.intranetUrl });
  page = desktop.page;
  await expect(page.getByRole('heading', { name: 'Sign in as an administrator' })).toBeVisible();
  await expect(page.getByText('kept in memory only')).toBeVisible();
  await page.getByRole('button', { name: 'Use another device' }).click();
  await completeDeviceSignIn(await page.getByTestId('device-code').innerText());
  await expect(page.getByRole('heading', { name: 'Publish your first application' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Typed before');
});

test('B71 what answers on this machine is offered with its title, and fills the form in', async () => {
  const { port } = new URL(world.intranetUrl);
  const offer = page.getByRole('region', { name: 'Found on this machine' }).getByRole('button', {
    name: new RegExp(`http://localhost:${port}/`),
  });
  await offer.click();
  await expect(offer).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByLabel('Internal URL')).toHaveValue(`http://localhost:${port}/`);
  await expect(page.getByRole('textbox', { name: 'Name' })).not.toHaveValue('');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByTestId('backend-result')).toContainText('Answered 200');
  await look('wizard-publish');
  await speak(page, 'de');
  await expect(page.getByRole('heading', { name: 'Ihre erste Anwendung veröffentlichen' })).toBeVisible();
  await look('wizard-publish-german', ['light']);
  await page.getByRole('button', { name: 'Zurück' }).click();
  await expect(page.getByRole('heading', { name: 'Der Connector ist registriert' })).toBeVisible();
  await look('wizard-enrolled-german', ['light']);
  await page.getByRole('button', { name: 'Zurück' }).click();
  await expect(page.getByRole('button', { name: 'Weiter' })).toBeEnabled();
  await look('wizard-check-german', ['light']);
  await page.getByRole('button', { name: 'Weiter' }).click();
  await speak(page, 'en');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('');
  await page.getByLabel('External URL').fill('');
});

test('B44 an unreachable backend is found before anything is published', async () => {
  await page.getByLabel('Internal URL').fill('http://127.0.0.1:1/');
  await page.getByRole('checkbox', { name: /IP address/ }).check();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByTestId('backend-result')).toContainText(
    /refused the connection.*Start the application, or correct the port/,
  );
  await keepScreenshot(page, 'wizard-backend-unreachable');
  await page.getByLabel('Internal URL').fill('http://nowhere.invalid/');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByTestId('backend-result')).toContainText(/could not be resolved.*Correct the host name/);
});

test('B1 what is wrong with a field stands under it', async () => {
  await page.getByLabel('Internal URL').fill('http://intranet/?q=1');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByText('Give the application a name that your people know.')).toBeVisible();
  await expect(page.getByText('Take the part from ? on out of the address.')).toBeVisible();
  await expect(page.getByText('Choose the first part of the address.')).toBeVisible();
  await expectAccessible(page, 'the step that publishes');
});

test('B1 publishing is taken back in mid-call; after a lost answer the same application is found, and no second one made', async () => {
  await page.getByLabel('Internal URL').fill(world.intranetUrl);
  await page.getByRole('textbox', { name: 'Name' }).fill('Taken back');
  await page.getByRole('radio', { name: /Everyone/ }).check();
  // The requests reach the service; what happens to their answers is up to the test.
  await desktop.app.evaluate(({ net }) => {
    const faults = globalThis as typeof globalThis & {
      posternFault: 'hold' | 'lose' | 'keep' | null;
      posternRelease: () => void;
    };
    const passOn = net.fetch.bind(net);
    faults.posternFault = 'hold';
    net.fetch = async (input, init) => {
      if (faults.posternFault === 'keep' && init?.method === 'DELETE') throw new Error('net::ERR_CONNECTION_RESET');
      const answer = await passOn(input, init);
      if (init?.method !== 'POST' || typeof input !== 'string' || !input.endsWith('/applications')) return answer;
      if (faults.posternFault === 'lose') throw new Error('net::ERR_CONNECTION_RESET');
      if (faults.posternFault === 'hold') await new Promise<void>((resolve) => (faults.posternRelease = resolve));
      return answer;
    };
  });
  const names = async (): Promise<string[]> => {
    const api = makeApiClient(`${world.serviceUrl}/graph/beta`, await world.provider.automationToken());
    const { body } = await api('GET', '/applications');
    return body.value.map(({ displayName }: { readonly displayName: string }) => displayName);
  };
  const publish = page.getByRole('button', { name: 'Publish', exact: true });
  await publish.click();
  await expect.poll(names).toEqual(['Taken back']);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByTestId('taken-back')).toBeInViewport();
  await look('wizard-taken-back', ['light']);
  await desktop.app.evaluate(() => {
    const faults = globalThis as unknown as { posternFault: string | null; posternRelease: () => void };
    faults.posternFault = 'lose';
    faults.posternRelease();
  });
  await expect.poll(names).toEqual([]);
  await takeBackWhatStays(names);
  await page.getByRole('textbox', { name: 'Name' }).fill('Found again');
  await page.getByRole('radio', { name: 'Only people I choose' }).check();
  await publish.click();
  await expect(page.getByTestId('problem')).toBeInViewport();
  expect(await names()).toEqual(['Found again']);
  await desktop.app.evaluate(() => Object.assign(globalThis, { posternFault: null }));
  await publish.click();
  await expect(page.getByRole('heading', { name: 'Found again is published' })).toBeVisible();
  // It said where people open it, and that none of them may was not said.
  await expect(page.getByText('Nobody may enter yet')).toBeVisible();
  await look('wizard-done-for-nobody', ['light']);
  expect(await names()).toEqual(['Found again']);
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expect(page.getByRole('main')).toBeFocused();
});

/** What was taken back and can't be removed is told on every page, and goes once the person tries again. */
async function takeBackWhatStays(names: () => Promise<string[]>): Promise<void> {
  await setFault('hold');
  await page.getByRole('textbox', { name: 'Name' }).fill('Staying');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect.poll(names).toEqual(['Staying']);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await setFault('keep');
  await desktop.app.evaluate(() => (globalThis as unknown as { posternRelease: () => void }).posternRelease());
  const left = page.getByTestId('left-behind');
  await expect(left).toContainText('Staying may be published all the same');
  await look('wizard-left-behind');
  await setFault(null);
  await left.getByRole('button', { name: 'Remove it now' }).click();
  await expect(left).toHaveCount(0);
  expect(await names()).toEqual([]);
  await setFault('lose');
}

function setFault(fault: 'hold' | 'keep' | 'lose' | null): Promise<void> {
  return desktop.app.evaluate((_electron, posternFault) => void Object.assign(globalThis, { posternFault }), fault);
}

test('B1 a taken external URL is said at its field, and another one goes through', async () => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Applications' }).click();
  await page.getByRole('button', { name: 'Publish an application' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Found again');
  await page.getByLabel('Internal URL').fill(world.intranetUrl);
  const allowIp = page.getByRole('checkbox', { name: /IP address/ });
  if (!(await allowIp.isChecked())) await allowIp.check();
  // The very same as before would be taken for the same.
  await page.getByRole('radio', { name: /Everyone/ }).check();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByLabel('External URL')).toHaveAttribute('aria-invalid', 'true');
  await keepScreenshot(page, 'application-url-taken');
  await page.getByLabel('External URL').fill('intranet-two');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('row', { name: /intranet-two/ })).toBeVisible();
});

test('an application is deleted after asking', async () => {
  await page
    .getByRole('row', { name: /intranet-two/ })
    .getByRole('button', { name: /Actions for/ })
    .click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('row', { name: /intranet-two/ })).toHaveCount(0);
});

/** The other device's part: the code, the sign-in, the confirmation. */
async function completeDeviceSignIn(code: string): Promise<void> {
  const address = await page.getByRole('button', { name: /devicelogin/ }).innerText();
  const context = await browser.newContext();
  const device = await context.newPage();
  await device.goto(address);
  await device.getByLabel('Code').fill(code.trim());
  await device.getByRole('button', { name: 'Next' }).click();
  await device.getByRole('button', { name: 'Continue' }).click();
  await signInAs(device, world.provider, 'admin');
  await expect(device.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  await context.close();
}
