import { readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { type Browser, expect, test } from '@playwright/test';
import { parseConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { rememberKey } from '../helpers/test-log.ts';
import { launchBrowser } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** The certificate of a connector is renewed while the app runs, or as it is killed. The tests build on each other. */
test.describe.configure({ mode: 'serial', timeout: 180_000 });

const DAY_MS = 86_400_000;
/** When a certificate of 30 days is to be renewed. */
const DUE_MS = 15 * DAY_MS + 3_600_000;

let world: World;
let browser: Browser;
let desktop: Desktop;
let userDataFolder: string;
/** How far the service's clock is ahead. */
let aheadMs = 0;

test.beforeAll(async () => {
  world = await startWorld({}, {}, () => Date.now() + aheadMs);
  browser = await launchBrowser();
  userDataFolder = world.makeFolder('desktop');
  desktop = await launch();
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await desktop.page.getByRole('button', { name: 'Finish' }).click();
  await expect(desktop.page.getByTestId('connector-status')).toContainText('Connected');
});

test.afterAll(async () => {
  if (!desktop?.hasEnded()) await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function launch(): Promise<Desktop> {
  return launchDesktop({ userDataFolder, serviceUrl: world.serviceUrl, internalUrl: world.intranetUrl });
}

/** In how many days the certificate in the vault expires, by the clock of this machine. */
function keptDays(): number {
  const kept = JSON.parse(readFileSync(path.join(userDataFolder, 'vault/connector.json'), 'utf8')) as {
    content: string;
  };
  const identity = parseConnectorIdentity(kept.content);
  if (identity === null) throw new Error('The vault holds no identity.');
  rememberKey(identity.privateKey);
  return Math.round((identity.certificateExpiryMs - Date.now()) / DAY_MS);
}

async function go(name: 'Overview' | 'Connectors'): Promise<void> {
  await desktop.page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
}

async function trayState(): Promise<string | undefined> {
  return (await desktop.tray())?.state;
}

test('B62 in a running app the new certificate is in the vault and on the page of connectors', async () => {
  const { page } = desktop;
  expect(keptDays()).toBe(30);
  await go('Connectors');
  const row = page.getByRole('row', { name: /Gate house/ });
  await expect(row).toContainText('in 29 days');
  await keepScreenshot(page, 'certificate-before');
  await go('Overview');
  aheadMs = DUE_MS;
  await desktop.clickTray('pause');
  await expect.poll(trayState).toBe('paused');
  await desktop.clickTray('resume');
  await expect.poll(keptDays).toBe(45);
  await expect.poll(trayState).toBe('ok');
  // The administrator's token has expired by that clock.
  aheadMs = 0;
  await go('Connectors');
  await expect(row).toContainText('in 45 days');
  await keepScreenshot(page, 'certificate-after');
  aheadMs = DUE_MS;
});

test('B62 an app that is killed before it has kept its new certificate is the same connector at its next start', async () => {
  await desktop.quit();
  aheadMs += DUE_MS;
  const killed = Promise.withResolvers<void>();
  const watcher = watch(path.join(userDataFolder, 'vault'), (_event, name) => {
    if (name === 'connector.json.new') killed.resolve();
  });
  desktop = await launch();
  await killed.promise;
  await desktop.kill();
  watcher.close();
  // Within ten minutes the service gives no second one.
  aheadMs += 3_600_000;
  desktop = await launch();
  await expect.poll(trayState).toBe('ok');
  await expect.poll(keptDays).toBe(Math.round(aheadMs / DAY_MS) + 30);
});
