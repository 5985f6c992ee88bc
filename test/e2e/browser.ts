import process from 'node:process';
import { type Browser, chromium, type Page } from '@playwright/test';
import { findChromium } from '../../scripts/find-chromium.ts';
import type { StartedProvider } from '../helpers/start-provider.ts';

/** Starts the system's Chromium, as a person's own browser. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found; scripts/preflight.ts says how to get one.');
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Fills in the provider's form on a page that stands at it. */
export async function signInAs(page: Page, provider: StartedProvider, name: string): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(provider.user(name).password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The browser's part of an administrator's sign-in: opens what the app handed to the system, and signs in. */
export async function completeAdministratorSignIn(
  browser: Browser,
  url: string,
  provider: StartedProvider,
  name: string,
): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await signInAs(page, provider, name);
  await page.waitForURL(/^http:\/\/localhost:/);
  await context.close();
}
