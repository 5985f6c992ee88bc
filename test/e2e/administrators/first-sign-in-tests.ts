import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Locator, expect, test } from '@playwright/test';
import { completeAdministratorSignIn, signInAs } from '../browser.ts';
import { enrolThroughWizard, publishThroughWizard } from '../wizard.ts';
import {
  browser,
  clipboard,
  desktop,
  look,
  page,
  tokensOnDisk,
  userDataFolder,
  world,
} from './administrator-session.ts';

/** Signing in for the first time: by another device, by the browser, as a reader; and enrolling. */
export function testFirstSignIn(): void {
  test('B61 a code for another device is shown with address and QR code, is copied, and can be cancelled', async () => {
    await expect(page.getByText('Contoso Access')).toBeVisible();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Use another device' }).click();
    await expect(waitingCode()).toHaveText(/^[A-Z]{4}-[A-Z]{4}$/);
    await expect(page.getByRole('img', { name: 'QR code of the page' })).toBeVisible();
    await expect(page.getByText(/The code is good for another 1[45]:\d\d/)).toBeVisible();
    await page.getByRole('button', { name: 'Copy the code' }).click();
    expect(await clipboard()).toBe(await waitingCode().innerText());
    await page.getByRole('button', { name: 'Copy the address' }).click();
    const address = await clipboard();
    expect(address).toBe(`${world.provider.origin}/devicelogin`);
    await page.getByRole('button', { name: address }).click();
    expect(await desktop.nextOpenedUrl()).toBe(address);
    await look('device-code');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByTestId('problem')).toContainText('cancelled');
  });

  test('B61 a code that ran out makes way for a new one', async () => {
    world.provider.lifetimes.deviceCodeSeconds = 2;
    await page.getByRole('button', { name: 'Use another device' }).click();
    await expect(page.getByText('The code has run out')).toBeVisible();
    await look('device-code-over');
    world.provider.lifetimes.deviceCodeSeconds = 900;
    await page.getByRole('button', { name: 'Get a new code' }).click();
    await expect(waitingCode()).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('B61 a page that was closed in the browser is opened again, and waiting for it has an end', async () => {
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    const first = await desktop.nextOpenedUrl();
    await expect(page.getByText(/This ends by itself in [45]:\d\d/)).toBeVisible();
    await look('sign-in-browser');
    await page.getByRole('button', { name: 'Open it again' }).click();
    expect(await desktop.nextOpenedUrl()).toBe(first);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByTestId('problem')).toContainText('cancelled');
  });

  test('B61 a reader cannot enrol, and is told so at once', async () => {
    await page.getByRole('button', { name: 'Use another device' }).click();
    await completeOnOtherDevice('rita');
    await expect(page.getByTestId('reader')).toContainText('Enrolling a connector needs the role of an administrator');
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
    await look('wizard-reader');
    await page.getByRole('button', { name: 'Use another account' }).click();
  });

  test('B61 another account enrols, and its tokens are nowhere on the disk', async () => {
    // Every call of the API has to renew the token from now on.
    world.provider.lifetimes.apiTokenSeconds = 60;
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
    await enrolThroughWizard(desktop, 'Gate house');
    await publishThroughWizard(desktop, 'Intranet', 'Alice');
    await page.getByRole('button', { name: 'Finish' }).click();
    await expect(page.getByTestId('connector-status')).toContainText('Connected');
    expect(tokensOnDisk()).toEqual([]);
    const identity = readFileSync(path.join(userDataFolder, 'vault', 'connector.json'), 'utf8');
    expect(JSON.parse(identity)).toMatchObject({ protection: 'file' });
    expect(identity).not.toMatch(/admin|bearer|refresh/i);
  });
}

function waitingCode(): Locator {
  return page.getByTestId('device-code');
}

/** The other device's part: the code, the sign-in, the confirmation. */
async function completeOnOtherDevice(name: string): Promise<void> {
  const code = await waitingCode().innerText();
  const context = await browser.newContext();
  const device = await context.newPage();
  await device.goto(`${world.provider.origin}/devicelogin`);
  await device.getByLabel('Code').fill(code.trim());
  await device.getByRole('button', { name: 'Next' }).click();
  await device.getByRole('button', { name: 'Continue' }).click();
  await signInAs(device, world.provider, name);
  await expect(device.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  await context.close();
}
