import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { completeAdministratorSignIn } from '../browser.ts';
import {
  browser,
  desktop,
  go,
  look,
  page,
  start,
  tokensOnDisk,
  userDataFolder,
  world,
} from './administrator-session.ts';

/** Who may only look, and what is kept of a sign-in. */
export function testReader(): void {
  test('B61 a reader sees everything, and each button that changes something says why it does not', async () => {
    await go('Applications');
    await page.getByRole('button', { name: 'Intranet', exact: true }).click();
    await page.getByRole('button', { name: 'Add a role' }).click();
    await page.getByRole('textbox', { name: 'Value' }).fill('Ledger.Audit');
    await page.getByRole('textbox', { name: 'Name', exact: true }).last().fill('Auditors');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('textbox', { name: 'Value' })).toHaveCount(0);
    await go('Settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, 'rita');
    await expect(page.getByText('Reader: may look, not change')).toBeVisible();
    await go('Applications');
    const publish = page.getByRole('button', { name: 'Publish an application' });
    await expect(publish).toHaveAttribute('aria-disabled', 'true');
    await publish.hover();
    await expect(page.getByRole('tooltip')).toContainText('Changes need the role of an administrator');
    await look('reader-applications');
    await page.getByRole('button', { name: 'Actions for Intranet' }).click();
    const remove = page.getByRole('menuitem', { name: 'Delete' });
    await expect(remove).toHaveAttribute('aria-disabled', 'true');
    await remove.click({ force: true });
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Intranet', exact: true }).click();
    await expect(page.getByRole('textbox', { name: 'Name' }).first()).toBeDisabled();
    await expect(page.getByRole('list', { name: 'People who may enter' })).toContainText('Alice Archer');
    await expect(page.getByRole('button', { name: /^Remove Alice/ })).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    // What a list holds is open, with no button that could not be pressed.
    await expect(page.getByRole('textbox', { name: 'Value' })).toHaveValue('Ledger.Audit');
    await expect(page.getByRole('textbox', { name: 'Value' })).toBeDisabled();
    await expect(page.getByRole('button', { name: /^Add a|^Remove |^Edit as JSON/ })).toHaveCount(0);
    await expect(page.getByRole('group', { name: 'Begin with' })).toHaveCount(0);
    await look('reader-application');
    // With the fields the list of the sections was disabled, too.
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'State' }).click();
    await expect(page.getByRole('switch', { name: 'In maintenance' })).toBeInViewport();
    await expect(page.getByRole('switch', { name: 'In maintenance' })).toBeDisabled();
    await page.getByRole('button', { name: 'Close' }).first().click();
    await go('Sessions');
    await page.getByRole('button', { name: /^Actions for Bob Baker/ }).click();
    await expect(page.getByRole('menuitem')).toHaveCount(2);
    for (const action of await page.getByRole('menuitem').all()) {
      await expect(action).toHaveAttribute('aria-disabled', 'true');
    }
    await look('reader-sessions');
    await page.keyboard.press('Escape');
    await go('Connectors');
    await expect(page.getByRole('button', { name: 'Install another connector' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  test('B61 without a key store a sign-in is kept only where somebody says so, and signing out removes it', async () => {
    const file = path.join(userDataFolder, 'vault', 'sign-in.json');
    await go('Settings');
    await expect(page.getByText('kept in memory only')).toBeVisible();
    expect([existsSync(file), tokensOnDisk()]).toEqual([false, []]);
    await page.getByRole('checkbox', { name: /Keep me signed in/ }).click();
    await expect(page.getByText('is not encrypted')).toBeVisible();
    await expect.poll(() => existsSync(file)).toBe(true);
    await look('keep-sign-in');
    await desktop.quit();
    await start();
    await go('Settings');
    await expect(page.getByText('Reader: may look, not change')).toBeVisible();
    await page.getByRole('checkbox', { name: /Keep me signed in/ }).click();
    await expect.poll(() => existsSync(file)).toBe(false);
    await page.getByRole('checkbox', { name: /Keep me signed in/ }).click();
    await expect.poll(() => existsSync(file)).toBe(true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in with the browser' })).toBeVisible();
    expect([existsSync(file), tokensOnDisk()]).toEqual([false, []]);
    expect(desktop.pageErrors).toEqual([]);
  });
}
