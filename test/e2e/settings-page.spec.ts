import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, expect, type Locator, test } from '@playwright/test';
import { releaseFileName } from '../../src-main/app/updates/release.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { type ConnectProxy, startConnectProxy } from '../helpers/start-connect-proxy.ts';
import { startUpdateFeed, type UpdateFeed } from '../helpers/start-update-feed.ts';
import { startSocksProxy } from '../helpers/start-socks-proxy.ts';
import { rememberSecret } from '../helpers/test-log.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** What the page “Settings” says of this machine, on the real parts. The tests build on each other. */
test.describe.configure({ mode: 'serial' });

const CREDENTIALS = { userName: 'postern', password: 'pass-of-the-settings-proxy' };

let world: World;
let browser: Browser;
let desktop: Desktop;
let proxy: ConnectProxy;
let feed: UpdateFeed;
let userDataFolder: string;
let configFolder: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  rememberSecret('password of the proxy', CREDENTIALS.password);
  world = await startWorld();
  browser = await launchBrowser();
  proxy = await startConnectProxy({ credentials: CREDENTIALS });
  userDataFolder = world.makeFolder('desktop');
  configFolder = world.makeFolder('config');
  process.env['XDG_CONFIG_HOME'] = configFolder;
  feed = await startUpdateFeed();
  // As what a package has in its archive.
  const packageFile = path.join(world.makeFolder('package'), 'package.json');
  writeFileSync(packageFile, JSON.stringify(feed.packageMetadata));
  desktop = await launchDesktop({
    userDataFolder,
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
    environment: { POSTERN_TEST_PACKAGE_FILE: packageFile },
  });
});

test.afterAll(async () => {
  delete process.env['XDG_CONFIG_HOME'];
  await desktop?.quit();
  await proxy?.close();
  await feed?.close();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function go(name: 'Overview' | 'Settings'): Promise<void> {
  const { page } = desktop;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

function part(name: string): Locator {
  return desktop.page.getByRole('region', { name, exact: true });
}

function savedSettings(): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(userDataFolder, 'settings.json'), 'utf8')) as Record<string, unknown>;
}

test('B69 the proxy can be set in the wizard, before the service is reached', async () => {
  test.setTimeout(180_000);
  const { page } = desktop;
  await page.getByRole('button', { name: 'Outbound proxy…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Outbound proxy' });
  // It was on “Close”, as the settings are read only once the dialog is there.
  await expect(dialog.getByRole('radio', { checked: true })).toBeFocused();
  await dialog.getByRole('radio', { name: 'This one' }).click();
  await dialog.getByRole('textbox', { name: 'Address of the proxy' }).fill(proxy.url);
  await dialog.getByRole('textbox', { name: 'User name' }).fill(CREDENTIALS.userName);
  await keepScreenshot(page, 'wizard-proxy');
  await expectAccessible(page, 'the proxy in the wizard');
  await dialog.getByRole('button', { name: 'Discard changes' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await page.getByRole('button', { name: 'Finish' }).click();
});

test('B70 the allow-list is edited: checked as it is typed, what it cuts off is named before, and it can be undone', async () => {
  const { page } = desktop;
  await go('Settings');
  const list = part('What this machine may publish');
  await expect(list).toContainText('No rule: every host may be contacted');
  await list.getByRole('textbox', { name: 'Would this address be contacted?' }).fill(world.intranetUrl);
  await list.getByRole('button', { name: 'Check' }).click();
  await expect(list.getByTestId('allowance')).toContainText('Yes, at 127.0.0.1');
  await list.getByRole('textbox', { name: 'Would this address be contacted?' }).fill('http://169.254.169.254/latest');
  await list.getByRole('button', { name: 'Check' }).click();
  await expect(list.getByTestId('allowance')).toContainText('No. 169.254.169.254 is a link-local address');

  await list.getByRole('button', { name: 'Add a rule' }).click();
  const rule = list.getByRole('group', { name: 'Rule 1' });
  await expect(rule).toContainText('Name at least one');
  await rule.getByRole('textbox', { name: 'Hosts' }).fill('http://payroll.corp');
  await expect(rule).toContainText('with no scheme, port or path');
  await expect(list.getByRole('button', { name: 'Save' })).toBeDisabled();
  await rule.getByRole('textbox', { name: 'Hosts' }).fill('payroll.corp, *.apps.corp');
  await rule.getByRole('textbox', { name: 'Ports' }).fill('443, 8000-8099');
  await rule.getByRole('switch', { name: 'At certain hours only' }).click();
  await rule.getByRole('textbox', { name: 'From' }).fill('7');
  await expect(rule).toContainText('times such as 07:30');
  await rule.getByRole('textbox', { name: 'From' }).fill('07:00');
  await rule.getByRole('textbox', { name: 'Time zone' }).fill('Europe/Berlin');
  await expect(list.getByTestId('cut-off')).toContainText('One published application would be cut off');
  await expect(list.getByTestId('cut-off')).toContainText('Intranet: The allow-list of this connector does not name');
  await rule.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-allow-list');
  await expectAccessible(page, 'the editor of the allow-list');
  await list.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  expect(savedSettings()['allowList']).toEqual([
    {
      hosts: ['payroll.corp', '*.apps.corp'],
      addresses: [],
      ports: [443, '8000-8099'],
      hours: [
        {
          daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
          startTime: '07:00',
          endTime: '19:00',
          timeZone: 'Europe/Berlin',
        },
      ],
    },
  ]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => savedSettings()['allowList']).toEqual([]);
  await expect(list).toContainText('No rule: every host may be contacted');
});

test('B70 what the list cuts off is named in the Overview, with the reason', async () => {
  const { page } = desktop;
  const list = part('What this machine may publish');
  await list.getByRole('button', { name: 'Add a rule' }).click();
  await list.getByRole('textbox', { name: 'Hosts' }).fill('payroll.corp');
  await list.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => savedSettings()['allowList']).toHaveLength(1);
  await go('Overview');
  const barred = page.getByTestId('barred-applications');
  await expect(barred).toContainText('An application is not served by this machine');
  await expect(barred).toContainText('Intranet: The allow-list of this connector does not name');
  await keepScreenshot(page, 'overview-barred');
  await go('Settings');
  await list.getByRole('button', { name: 'Remove rule 1' }).click();
  await list.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => savedSettings()['allowList']).toEqual([]);
  await go('Overview');
  await expect(barred).toHaveCount(0);
});

test('B69 the proxy: a wrong password is told at once, with the right one everything goes by it, and it is in no settings', async () => {
  const { page } = desktop;
  await go('Settings');
  const section = part('Outbound proxy');
  await section.getByRole('radio', { name: 'This one' }).click();
  await expect(section).toContainText('Give an address such as');
  await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
  await section.getByRole('textbox', { name: 'Address of the proxy' }).fill(proxy.url);
  await section.getByRole('textbox', { name: 'User name' }).fill(CREDENTIALS.userName);
  await section.getByLabel('Password').fill('not the one');
  await section.getByRole('button', { name: 'Save' }).click();
  const outcome = section.getByTestId('proxy-outcome');
  await expect(outcome).toContainText('does not accept the user name or the password');
  await expect(outcome).toContainText('Give the user name and the password of the proxy in the settings');
  expect(proxy.asked).toEqual([]);
  await section.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-proxy');
  await expectAccessible(page, 'the proxy');
  await section.getByLabel('Password').fill(CREDENTIALS.password);
  await section.getByRole('button', { name: 'Save' }).click();
  await expect(outcome).toHaveCount(0);
  const { host } = new URL(world.serviceUrl);
  // The question whether the service answers, and two tunnels.
  await expect.poll(() => proxy.asked.filter((asked) => asked === host).length).toBeGreaterThanOrEqual(3);
  await go('Overview');
  await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible();
  expect(JSON.stringify(savedSettings())).not.toContain(CREDENTIALS.password);
  const kept = await page.evaluate(async () => {
    const { postern } = window as unknown as { postern: { readMachineSettings(): Promise<unknown> } };
    return JSON.stringify(await postern.readMachineSettings());
  });
  expect(kept).toContain('"hasProxyPassword":true');
  expect(kept).not.toContain(CREDENTIALS.password);
  await go('Settings');
  const socks = await startSocksProxy({ credentials: CREDENTIALS });
  await section.getByRole('textbox', { name: 'Address of the proxy' }).fill(socks.url);
  await section.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => socks.asked.filter((asked) => asked === host).length).toBeGreaterThanOrEqual(3);
  await expect(outcome).toHaveCount(0);
  await section.getByRole('radio', { name: 'None: directly' }).click();
  await section.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'none' });
  // The part begins anew with what was saved: what is typed before that is lost.
  await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
  await socks.close();
});

test('B69 a PAC script says by which proxy each address is reached', async () => {
  const { app } = desktop;
  const script = `function FindProxyForURL(url, host) { return host === 'postern.example.com' ? 'PROXY 127.0.0.1:${proxy.port}' : 'DIRECT'; }`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ns-proxy-autoconfig' }).end(script);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const section = part('Outbound proxy');
  await section.getByRole('radio', { name: 'A PAC script' }).click();
  await expect(section).toContainText('Give the http or https address of the script');
  const { port } = server.address() as AddressInfo;
  await section.getByRole('textbox', { name: 'Address of the script' }).fill(`http://127.0.0.1:${port}/proxy.pac`);
  await section.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'pac' });
  const resolve = (url: string): Promise<string> =>
    app.evaluate(({ session }, address) => session.defaultSession.resolveProxy(address), url);
  await expect.poll(() => resolve('https://postern.example.com/')).toBe(`PROXY 127.0.0.1:${proxy.port}`);
  expect(await resolve('https://other.example.com/')).toBe('DIRECT');
  await section.getByRole('radio', { name: 'None: directly' }).click();
  await section.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'none' });
  // The part begins anew with what was saved: what is typed before that is lost.
  await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
  server.close();
});

test('B69 an authority is added from a file, listed, removed, and put back by undo', async () => {
  const { page, app } = desktop;
  const authority = await makeAuthority('TLS inspection');
  const folder = world.makeFolder('certificates');
  const files = { leaf: path.join(folder, 'leaf.pem'), authority: path.join(folder, 'authority.pem') };
  writeFileSync(files.leaf, (await authority.issue(['proxy.corp'])).cert);
  writeFileSync(files.authority, authority.cert);
  const choose = (file: string): Promise<void> =>
    app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    }, file);
  const section = part('Certificate authorities');
  await choose(files.leaf);
  await section.getByRole('button', { name: 'Add from file…' }).click();
  await expect(section).toContainText('proxy.corp is no certificate authority');
  await choose(files.authority);
  await section.getByRole('button', { name: 'Add from file…' }).click();
  const row = section.getByRole('list', { name: 'Certificate authorities' }).getByRole('listitem');
  await expect(row).toContainText('TLS inspection');
  await expect(row).toContainText('signed by itself · valid until');
  await section.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-authorities');
  await row.getByRole('button', { name: 'Remove TLS inspection' }).click();
  await expect(row).toHaveCount(0);
  const toast = page.locator('.fui-Toast').filter({ hasText: 'The authority is trusted no more' });
  await toast.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText('TLS inspection');
});

test('retention and the start at sign-in', async () => {
  const retention = part('History of traffic');
  await retention.getByRole('textbox', { name: 'Single requests' }).fill('a week');
  await expect(retention).toContainText('A whole number from 0 to 3,650');
  await expect(retention.getByRole('button', { name: 'Save' })).toBeDisabled();
  await retention.getByRole('textbox', { name: 'Single requests' }).fill('3');
  await retention.getByRole('textbox', { name: 'Size on disk' }).fill('64');
  await retention.getByRole('button', { name: 'Save' }).click();
  await expect
    .poll(() => savedSettings()['trafficHistory'])
    .toEqual({ recordDays: 3, figureDays: 30, maxMebibytes: 64 });

  const file = path.join(configFolder, 'autostart', 'postern.desktop');
  const start = part('Start').getByRole('switch', { name: 'Start when I sign in to this machine' });
  await expect(start).not.toBeChecked();
  await start.click();
  await expect(start).toBeChecked();
  expect(readFileSync(file, 'utf8')).toMatch(/^Exec=.* --hidden$/m);
  await start.click();
  await expect(start).not.toBeChecked();
  expect(existsSync(file)).toBe(false);
});

test('updates: what is newer is found, told, downloaded and installed, and what is wrong is told by its cause', async () => {
  const { page, app } = desktop;
  const updates = part('Updates');
  const check = updates.getByRole('button', { name: 'Check now' });
  const problem = updates.getByTestId('problem');
  await expect(updates).toContainText('for tests only, not to be shipped');
  feed.publish({ version: '9.0.0', privateKey: generateKeyPairSync('ed25519').privateKey });
  await check.click();
  await expect(problem).toContainText('is not signed by the publisher of this app');
  await expect(problem).toContainText('Nothing was downloaded');
  await problem.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-updates-signature');

  // Chromium follows by itself: what is asked must lead to nothing less.
  const description = releaseFileName(process.platform, process.arch);
  feed.answer(description, (response) => void response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end());
  await check.click();
  await expect(problem).toContainText('leads to https://127.0.0.1:1/, which is no http:');
  const refused = Promise.withResolvers<void>();
  feed.answer(description, (response) => {
    response.on('close', () => refused.resolve());
    response.writeHead(404).write(Buffer.alloc(100_000));
  });
  await check.click();
  await expect(problem).toContainText('is answered with status 404');
  await refused.promise;
  feed.answer(description, (response) => void response.writeHead(302, { location: 'latest/of-all' }).end());
  feed.answer('of-all', (response) => void response.end('elsewhere'));
  await check.click();
  await expect(problem).toContainText('is not signed by the publisher of this app');
  expect(feed.asked.at(-1)).toBe('of-all');

  const notes = Array.from({ length: 12 }, (_none, index) => `- ${index + 1} things are better`).join('\n');
  feed.publish({ version: '9.0.0', bytes: 3_000_000, notes, isDamaged: true });
  await check.click();
  const offer = updates.getByTestId('update-offer');
  await expect(offer).toContainText('Version 9.0.0 is available');
  await expect(offer).toContainText('12 things are better');
  await expect(problem).toHaveCount(0);
  expect((await desktop.tray())?.items).toContainEqual(
    expect.objectContaining({ label: 'Version 9.0.0 is available', command: 'openPage' }),
  );
  await offer.getByRole('button', { name: 'Download' }).click();
  await expect(problem).toContainText('Its hash is another than the one signed for');

  feed.publish({ version: '9.0.0', bytes: 3_000_000, notes });
  await check.click();
  await expect(problem).toHaveCount(0);
  feed.hold();
  await offer.getByRole('button', { name: 'Download' }).click();
  await expect(offer.getByRole('progressbar')).toHaveAttribute('aria-valuemax', '3000000');
  await expect(offer).toContainText('of 2.9 MiB');
  await offer.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-updates-download');
  await offer.getByRole('button', { name: 'Cancel' }).click();
  feed.letGo();
  await offer.getByRole('button', { name: 'Download' }).click();
  await expect(offer).toContainText('Version 9.0.0 is ready to install');
  await offer.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-updates-ready');
  await expectAccessible(page, 'an update that is ready');
  expect((await desktop.tray())?.items).toContainEqual(
    expect.objectContaining({ label: 'Version 9.0.0 is ready to install' }),
  );

  // Users would notice: whoever says "later" has lost nothing.
  const answer = (response: number): Promise<void> =>
    app.evaluate(({ dialog }, chosen) => {
      dialog.showMessageBox = async () => ({ response: chosen, checkboxChecked: false });
    }, response);
  await answer(1);
  await offer.getByRole('button', { name: 'Restart and install' }).click();
  await expect(offer.getByRole('button', { name: 'Restart and install' })).toBeEnabled();
  expect(await app.evaluate(() => globalThis.posternTestSeam?.installedPackages)).toEqual([]);

  await quitInMidInstallation(offer.getByRole('button', { name: 'Restart and install' }));

  await updates.getByRole('switch', { name: 'Look for a newer version once a day' }).click();
  await expect.poll(() => savedSettings()['updates']).toEqual({ isAutomatic: false, feedUrl: null });
  const address = updates.getByRole('textbox', { name: 'Feed' });
  await address.fill('http://updates.example.com/');
  await expect(updates).toContainText('Give an https address');
  await expect(updates.getByRole('button', { name: 'Save' })).toBeDisabled();
  await address.fill('https://127.0.0.1:1/updates/');
  await updates.getByRole('button', { name: 'Save' }).click();
  await expect(offer).toHaveCount(0);
  await check.click();
  await expect(problem).toContainText('The feed of updates at 127.0.0.1:1 can’t be reached');
  await updates.getByRole('button', { name: 'Ask the service' }).click();
  await expect(updates.getByRole('status')).toContainText('Both have the same version.');
  await address.fill('');
  await updates.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => savedSettings()['updates']).toEqual({ isAutomatic: false, feedUrl: null });
  await check.click();
  await expect(offer).toContainText('Version 9.0.0 is available');
});

/** Nobody quits in mid-installation, and is told why; whoever says "later" then may. */
async function quitInMidInstallation(install: Locator): Promise<void> {
  const { app } = desktop;
  await app.evaluate(({ dialog }) => {
    const asked: string[] = [];
    const { promise, resolve } = Promise.withResolvers<number>();
    Object.assign(globalThis, { posternAsked: asked, posternAnswer: resolve });
    const show = async (options: { readonly message: string }): Promise<number> => {
      asked.push(options.message);
      return asked.length === 1 ? promise : 0;
    };
    dialog.showMessageBox = async (...args: unknown[]) => ({
      response: await show(args.at(-1) as { readonly message: string }),
      checkboxChecked: false,
    });
  });
  const asked = (): Promise<string[]> =>
    app.evaluate(() => (globalThis as unknown as { posternAsked: string[] }).posternAsked);
  await install.click();
  await expect.poll(asked).toHaveLength(1);
  await app.evaluate(() => globalThis.posternTestSeam?.clickTray('quit'));
  await expect.poll(asked).toHaveLength(2);
  expect((await asked())[1]).toBe('Version 9.0.0 is being installed, so Postern can’t quit now.');
  await app.evaluate(() => (globalThis as unknown as { posternAnswer: (response: number) => void }).posternAnswer(1));
  await expect(install).toBeEnabled();
}

test('the page is accessible and handsome in the dark, and in German', async () => {
  const { page } = desktop;
  await part('Appearance').getByRole('radio', { name: 'Dark' }).click();
  await part('Language').getByRole('radio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('heading', { name: 'Einstellungen', level: 1 })).toBeVisible();
  const list = part('Was dieser Rechner veröffentlichen darf');
  await list.getByRole('button', { name: 'Regel hinzufügen' }).click();
  await list.getByRole('switch', { name: 'Nur zu bestimmten Zeiten' }).click();
  await list.scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-german-dark');
  await expectAccessible(page, 'the settings in German, dark');
  await list.getByRole('button', { name: 'Änderungen verwerfen' }).click();
  await part('Ausgehender Proxy').scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-german-dark-proxy');
  await part('Aktualisierungen').getByTestId('update-offer').scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'settings-german-dark-updates');
  await part('Sprache').getByRole('radio', { name: 'English' }).click();
  await part('Appearance').getByRole('radio', { name: 'As the system' }).click();
});

test('no secret is in the memory of the window: neither the key of the connector nor a token', async () => {
  const { page } = desktop;
  const vault = JSON.parse(readFileSync(path.join(userDataFolder, 'vault', 'connector.json'), 'utf8')) as {
    content: string;
  };
  const { privateKey } = JSON.parse(vault.content) as { privateKey: string };
  const [line = ''] = privateKey.split('\n').filter((each) => /^[\w+/=]{40,}$/.test(each));
  expect(line).not.toBe('');
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot');
  await session.detach();
  const memory = chunks.join('');
  expect(memory).toContain('Gate house');
  expect(memory.includes(line)).toBe(false);
  // A signed token: header and payload.
  expect(/eyJ[\w-]{20,}\.eyJ[\w-]{20,}\./.exec(memory)?.[0]).toBeUndefined();
});

test('an engine that dies comes back by itself, and the Overview says why', async () => {
  const { page, app } = desktop;
  await go('Overview');
  await app.evaluate(() => globalThis.posternTestSeam?.killEngine());
  await expect(page.getByText('The engine was started again')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible();
  await keepScreenshot(page, 'overview-engine-restarted');
});

test('a window whose process dies comes back with its state, and the engine goes on', async () => {
  const { app } = desktop;
  const inWindow = (script: string): Promise<unknown> =>
    app.evaluate(
      async ({ webContents }, code) => webContents.getAllWebContents()[0]?.executeJavaScript(code) as unknown,
      script,
    );
  const readPid = (): Promise<number> =>
    app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId() ?? 0);
  const before = await readPid();
  await app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer());
  await expect.poll(async () => ![0, before].includes(await readPid())).toBe(true);
  await expect.poll(() => inWindow('document.querySelector("h1")?.textContent ?? ""')).toBe('Overview');
  const state = await inWindow('window.postern.readState().then((answer) => JSON.stringify(answer))');
  expect(state).toContain('"health":"ok"');
});
