import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { derivedGuid } from '../../../trial/identity-provider/entra-claims.ts';
import { makeTrialUsers } from '../../../trial/trial-users.ts';
import { expectAccessible } from '../accessibility.ts';
import { launchBrowser } from '../browser.ts';
import { type Desktop, launchDesktop } from '../desktop.ts';
import { keepScreenshot } from '../screenshots.ts';
import { startWorld, type World } from '../world.ts';

/** The running parts that the tests of this folder share; they build on each other. */

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

export let world: World;
export let browser: Browser;
export let desktop: Desktop;
export let page: Page;
export let userDataFolder: string;

export async function openParts(): Promise<void> {
  const users = [...makeTrialUsers(), RITA].map((user) => ({ claims: {}, ...user }));
  world = await startWorld({ users });
  browser = await launchBrowser();
  userDataFolder = world.makeFolder('desktop');
  await start();
}

export async function closeParts(): Promise<void> {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
}

/** Starts the app, also once it has ended. */
export async function start(): Promise<void> {
  desktop = await launchDesktop({ userDataFolder, serviceUrl: world.serviceUrl, internalUrl: world.intranetUrl });
  page = desktop.page;
}

export async function go(name: 'Overview' | 'Applications' | 'Sessions' | 'Connectors' | 'Settings'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Pictures in both themes, and no grave fault in those that are checked. */
export async function look(name: string, checked: readonly ('light' | 'dark')[] = ['light', 'dark']): Promise<void> {
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

export function resize(width: number, height: number): Promise<void> {
  return desktop.app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
}

export function clipboard(): Promise<string> {
  return desktop.app.evaluate(({ clipboard: own }) => own.readText());
}

export function tab(name: string): Locator {
  return page.getByRole('tab', { name, exact: true });
}

export async function act(name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

export function alerts(): Locator {
  return page.getByTestId('problem').or(page.getByTestId('sign-in-again'));
}

/** Files of the app's folder that hold an access or ID token, or a piece of MSAL's cache. */
export function tokensOnDisk(): string[] {
  return readdirSync(userDataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => /eyJ[\w-]{10,}\.eyJ[\w-]{10,}|"RefreshToken"|"AccessToken"/.test(readIfThere(file)));
}

/** Chromium clears its cache up meanwhile. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
