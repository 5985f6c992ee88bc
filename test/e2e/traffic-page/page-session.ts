import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { type DesktopSession, startDesktopSession } from '../../helpers/start-desktop-session.ts';
import { rememberSecret } from '../../helpers/test-log.ts';
import { expectAccessible } from '../accessibility.ts';
import { launchBrowser, signInAs } from '../browser.ts';
import { type Desktop, launchDesktop } from '../desktop.ts';
import { keepScreenshot } from '../screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from '../wizard.ts';
import { startWorld, type World } from '../world.ts';

/** The running parts that the tests of this folder share; they build on each other. */

export const THEMES = ['Dark', 'Light'] as const;
export const SECRET = 'hunter2-in-a-query';

export let session: DesktopSession;
export let world: World;
export let desktop: Desktop;
export let userDataFolder: string;
export let externalUrl: string;
export let alice: Page;
export let browser: Browser;

export async function openParts(): Promise<void> {
  rememberSecret('query parameter', SECRET);
  world = await startWorld();
  session = await startDesktopSession(world.makeFolder('session'));
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
}

export async function closeParts(): Promise<void> {
  // Its last test may have ended it.
  if (!desktop?.hasEnded()) await desktop?.quit();
  await browser?.close();
  await session?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
}

function start(): Promise<Desktop> {
  return launchDesktop({
    environment: session.environment,
    userDataFolder,
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
}

/** Starts the app again that has ended. */
export async function startAgain(): Promise<void> {
  desktop = await start();
}

/** By the name that the navigation has for it. */
export function goTo(name: string): Promise<void> {
  return desktop.page.getByRole('navigation').getByRole('button', { name, exact: true }).click();
}

export async function choose(theme: (typeof THEMES)[number]): Promise<void> {
  await goTo('Settings');
  await desktop.page.getByRole('radio', { name: theme }).click();
}

export async function openTraffic(): Promise<void> {
  const { page } = desktop;
  await goTo('Traffic');
  await expect(page.getByRole('heading', { name: 'Traffic', level: 1 })).toBeVisible();
}

/** Requests, without the line of titles and that at the end. */
export function requests(): Locator {
  return desktop.page.getByRole('grid', { name: 'Requests' }).locator('[role=row][aria-selected]');
}

/** Pictures and axe in one theme. */
export async function lookIn(theme: 'light' | 'dark', name: string): Promise<void> {
  const { page, app } = desktop;
  await app.evaluate(({ nativeTheme }, source) => (nativeTheme.themeSource = source), theme);
  await expect
    .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
    .toBe(theme === 'dark');
  await expectAccessible(page, `${name}, ${theme}`);
  await keepScreenshot(page, `${name}-${theme}`);
}
