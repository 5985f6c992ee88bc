import { expect, test } from '@playwright/test';
import { completeAdministratorSignIn } from '../browser.ts';
import { alerts, browser, desktop, go, look, page, world } from './administrator-session.ts';

/** A sign-in that ends while something is done. */
export function testSignInAgain(): void {
  test('B61 a sign-in that ends in mid-work asks once, and what was typed is still there afterwards', async () => {
    await go('Applications');
    await page.getByRole('button', { name: 'Publish an application' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Second intranet');
    await page.getByLabel('Internal URL').fill(world.intranetUrl);
    const allowIp = page.getByRole('checkbox', { name: /IP address/ });
    if (!(await allowIp.isChecked())) await allowIp.check();
    world.provider.setRemoved('admin', true);
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(page.getByTestId('sign-in-again')).toBeVisible();
    await expect(alerts()).toHaveCount(1);
    await look('sign-in-again');
    world.provider.setRemoved('admin', false);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
    await expect(alerts()).toHaveCount(0);
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Second intranet');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(page.getByRole('row', { name: /Second intranet/ })).toBeVisible();
  });

  test('B61 the same on a page: one bar, and a person without the role changes nothing about it', async () => {
    world.provider.setRemoved('admin', true);
    await go('Connectors');
    await expect(page.getByTestId('sign-in-again')).toBeVisible();
    await expect(alerts()).toHaveCount(1);
    await look('sign-in-again-page');
    world.provider.setRemoved('admin', false);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'bob');
    await expect(page.getByTestId('problem')).toContainText(/Bob Baker .*no administrator/);
    await expect(page.getByTestId('sign-in-again')).toBeVisible();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'admin');
    await expect(page.getByRole('table', { name: 'Connectors' })).toBeVisible();
    await expect(alerts()).toHaveCount(0);
  });
}
