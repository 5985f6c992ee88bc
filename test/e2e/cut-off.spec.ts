import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { makeApiClient } from '../helpers/api-client.ts';
import { findFreePort } from '../helpers/find-free-port.ts';
import { type DesktopSession, startDesktopSession } from '../helpers/start-desktop-session.ts';
import { startWay, type Way } from '../helpers/start-way.ts';
import { launchBrowser } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenPicture } from './panel-picture.ts';
import { keepScreenshot } from './screenshots.ts';
import { speak } from './speak.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** What an administrator sees at the desk of a connector that is cut off, flaps, sleeps, or is removed by somebody else. The tests build on each other. */
test.describe.configure({ mode: 'serial', timeout: 180_000 });

let session: DesktopSession;
let sessionFolder: string;
let way: Way;
let world: World;
let browser: Browser;
let desktop: Desktop;
let page: Page;
/** Notifications that earlier tests have seen. */
let seen = 0;

test.beforeAll(async () => {
  sessionFolder = mkdtempSync(path.join(tmpdir(), 'pd-'));
  session = await startDesktopSession(sessionFolder);
  way = await startWay();
  way.targetPort = await findFreePort();
  world = await startWorld(
    {},
    { listen: { host: '127.0.0.1', port: way.targetPort }, publicUrl: `http://localhost:${way.port}/` },
  );
  browser = await launchBrowser();
  desktop = await launchDesktop({
    environment: session.environment,
    userDataFolder: world.makeFolder('desktop'),
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
  page = desktop.page;
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByTestId('connector-status')).toContainText('Connected');
});

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
  await way?.[Symbol.asyncDispose]();
  await session?.[Symbol.asyncDispose]();
  rmSync(sessionFolder, { recursive: true, force: true });
});

/** Titles and bodies of what was notified since the last call. */
async function newNotifications(): Promise<string[]> {
  await session.clearNotifications();
  const all = await session.pastNotifications();
  const fresh = all.slice(seen).map(({ title, body }) => `${title} | ${body}`);
  seen = all.length;
  return fresh;
}

async function trayState(): Promise<string | undefined> {
  return (await desktop.tray())?.state;
}

async function look(name: string): Promise<void> {
  await keepScreenshot(page, `cut-off-${name}`);
  await keepScreenPicture(desktop, session, session.area, `cut-off-${name}-tray`);
}

test('a connection that flaps is no news', async () => {
  await look('ok');
  await newNotifications();
  for (let flap = 0; flap < 8; flap += 1) {
    way.heal();
    await sleep(2000);
  }
  await expect.poll(trayState, { timeout: 30_000 }).toBe('ok');
  await sleep(5000);
  expect(await newNotifications()).toEqual([]);
});

test('a network that swallows everything is told once, with what to do; so is its end', async () => {
  const problem = page.getByTestId('health-problem');
  way.swallow();
  await expect.poll(trayState, { timeout: 40_000 }).toBe('offline');
  expect(await session.trayTooltip()).toBe('Postern: Not connected to Contoso Access');
  await expect(problem).toContainText('Check the');
  await look('swallowed-en');
  await speak(page, 'de');
  await expect(problem).toContainText(/Prüfen Sie/);
  await look('swallowed-de');
  await speak(page, 'en');
  // Longer than a change must last, and than the next one must.
  await sleep(35_000);
  expect(await newNotifications()).toEqual([
    expect.stringMatching(/^Not connected to Contoso Access \| 1 application can’t be reached through this machine\. /),
  ]);
  way.heal();
  await expect.poll(trayState, { timeout: 60_000 }).toBe('ok');
  await sleep(8000);
  expect(await newNotifications()).toEqual([
    'Connected to Contoso Access again | 1 application can be reached through this machine.',
  ]);
});

test('an app that slept for a minute goes on without a word', async () => {
  const { pid } = desktop.app.process();
  if (pid === undefined) throw new Error('It runs.');
  process.kill(pid, 'SIGSTOP');
  await sleep(60_000);
  process.kill(pid, 'SIGCONT');
  await expect.poll(trayState, { timeout: 30_000 }).toBe('ok');
  await sleep(5000);
  expect(await newNotifications()).toEqual([]);
});

test('a connector that somebody else removes says so and what to do, in both languages', async () => {
  const api = makeApiClient(`${world.serviceUrl}/graph/beta`, await world.provider.automationToken());
  const connectors = '/onPremisesPublishingProfiles/applicationProxy/connectors';
  const { body } = await api('GET', connectors);
  await api('DELETE', `${connectors}/${body.value[0].id}`);
  await expect.poll(trayState, { timeout: 10_000 }).toBe('offline');
  const problem = page.getByTestId('health-problem');
  await expect(problem).toContainText('Enrol');
  await look('removed-en');
  await speak(page, 'de');
  await expect(problem).toContainText('Registrieren Sie den Connector');
  await look('removed-de');
  await speak(page, 'en');
  await sleep(35_000);
  const told = await newNotifications();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^Not connected to Contoso Access \| .*removed/);
});
