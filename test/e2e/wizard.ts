import { type Browser, expect } from '@playwright/test';
import { completeAdministratorSignIn } from './browser.ts';
import type { Desktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import type { World } from './world.ts';

/** Goes through the wizard up to and with the sign-in. Expects it at its first step, the address filled in. */
export async function signInThroughWizard(
  desktop: Desktop,
  browser: Browser,
  world: World,
  name = 'admin',
): Promise<void> {
  const { page } = desktop;
  await expect(page.getByText('Contoso Access')).toBeVisible();
  await keepScreenshot(page, 'wizard-1-service');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  const url = await desktop.nextOpenedUrl();
  await keepScreenshot(page, 'wizard-2-sign-in');
  await completeAdministratorSignIn(browser, url, world.provider, name);
}

/** From the path check to an enrolled, connected connector; ends at the step that publishes. */
export async function enrolThroughWizard(desktop: Desktop, connectorName: string): Promise<void> {
  const { page } = desktop;
  const hops = page.getByRole('list', { name: 'Hops' }).getByRole('listitem');
  await expect(page.getByRole('button', { name: 'Next' })).toBeEnabled();
  await expect(hops).toHaveCount(9);
  await expect(page.locator('[data-outcome=failed]')).toHaveCount(0);
  await keepScreenshot(page, 'wizard-3-check');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(connectorName);
  await expect(page.getByRole('combobox', { name: 'Connector group' })).toHaveText(/Default/);
  await keepScreenshot(page, 'wizard-4-name');
  await page.getByRole('button', { name: 'Next' }).click();
  await keepScreenshot(page, 'wizard-5-enrol');
  await page.getByRole('button', { name: 'Enrol', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The connector is enrolled' })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible();
  await keepScreenshot(page, 'wizard-5-enrolled');
  await page.getByRole('button', { name: 'Next' }).click();
}

/** Publishes the suggested internal URL under a name for one person; ends at the last step. Returns the external URL. */
export async function publishThroughWizard(desktop: Desktop, name: string, person: string): Promise<string> {
  const { page } = desktop;
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByTestId('backend-result')).toContainText('Answered 200');
  await page.getByRole('combobox', { name: 'Find people' }).fill(person.slice(0, 2));
  await page.getByRole('option', { name: new RegExp(person) }).click();
  await page.keyboard.press('Escape');
  await keepScreenshot(page, 'wizard-6-publish');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('heading', { name: `${name} is published` })).toBeVisible();
  await keepScreenshot(page, 'wizard-7-done');
  return page.getByRole('button', { name: /^http:/ }).innerText();
}
