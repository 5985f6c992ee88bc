import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { type ConnectProxy, startConnectProxy } from '../../helpers/start-connect-proxy.ts';
import { startUpdateFeed, type UpdateFeed } from '../../helpers/start-update-feed.ts';
import { rememberSecret } from '../../helpers/test-log.ts';
import { launchBrowser } from '../browser.ts';
import { type Desktop, launchDesktop } from '../desktop.ts';
import { startWorld, type World } from '../world.ts';

/** The running parts that the tests of this folder share; they build on each other. */

export const CREDENTIALS = { userName: 'postern', password: 'pass-of-the-settings-proxy' };

export let world: World;
export let browser: Browser;
export let desktop: Desktop;
export let page: Page;
export let proxy: ConnectProxy;
export let feed: UpdateFeed;
export let userDataFolder: string;
export let configFolder: string;

export async function openParts(): Promise<void> {
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
  page = desktop.page;
  await desktop.app.evaluate(({ dialog }) => void Object.assign(globalThis, { posternOwnDialogs: { ...dialog } }));
}

/** Puts the app's own dialogs back where a test had others. */
export async function restoreDialogs(): Promise<void> {
  await desktop.app.evaluate(({ dialog }) => {
    Object.assign(dialog, (globalThis as unknown as { posternOwnDialogs: object }).posternOwnDialogs);
  });
}

export async function closeParts(): Promise<void> {
  delete process.env['XDG_CONFIG_HOME'];
  await desktop?.quit();
  await proxy?.close();
  await feed?.close();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
}

export async function go(name: 'Overview' | 'Settings'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

export function part(name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

export function savedSettings(): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(userDataFolder, 'settings.json'), 'utf8')) as Record<string, unknown>;
}
