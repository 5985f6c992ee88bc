import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { makeAuthority } from '../../helpers/make-authority.ts';
import { keepScreenshot } from '../screenshots.ts';
import { configFolder, desktop, page, part, savedSettings, world } from './settings-session.ts';

/** Authorities, the history of traffic, and the start at sign-in. */
export function testMachine(): void {
  test('B69 an authority is added from a file, listed, removed, and put back by undo', async () => {
    const { app } = desktop;
    const authority = await makeAuthority('TLS inspection');
    const folder = world.makeFolder('certificates');
    const fileOf = (name: string): string => path.join(folder, name);
    const files = { leaf: fileOf('leaf.pem'), key: fileOf('leaf-key.pem'), authority: fileOf('authority.pem') };
    const leaf = await authority.issue(['proxy.corp']);
    writeFileSync(files.leaf, leaf.cert);
    writeFileSync(files.key, leaf.key);
    writeFileSync(files.authority, authority.cert);
    const choose = (file: string): Promise<void> =>
      app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
      }, file);
    const section = part('Certificate authorities');
    await choose(files.leaf);
    await section.getByRole('button', { name: 'Add from file…' }).click();
    await expect(section).toContainText('proxy.corp is no certificate authority');
    await choose(files.key);
    await section.getByRole('button', { name: 'Add from file…' }).click();
    await expect(section.getByTestId('problem')).toContainText('There is a private key in it, and no certificate.');
    await section.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-authority-wrong');
    await choose(files.authority);
    await section.getByRole('button', { name: 'Add from file…' }).click();
    const row = section.getByRole('list', { name: 'Certificate authorities' }).getByRole('listitem');
    await expect(row).toContainText('TLS inspection');
    await expect(row).toContainText('signed by itself · valid until');
    await section.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-authorities');
    await row.getByRole('button', { name: 'Remove TLS inspection' }).click();
    await expect(row).toHaveCount(0);
    const toast = page.locator('.fui-Toast').filter({ hasText: 'The authority is trusted no more' });
    await toast.getByRole('button', { name: 'Undo' }).click();
    await expect(row).toContainText('TLS inspection');
  });

  test('retention and the start at sign-in', async () => {
    const retention = part('History of traffic');
    await retention.getByRole('textbox', { name: 'Single requests' }).fill('a week');
    await expect(retention).toContainText('A whole number from 0 to 3,650');
    await expect(retention.getByRole('button', { name: 'Save' })).toBeDisabled();
    await retention.getByRole('textbox', { name: 'Single requests' }).fill('3');
    await retention.getByRole('textbox', { name: 'Size on disk' }).fill('64');
    await retention.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => savedSettings()['trafficHistory'])
      .toEqual({ recordDays: 3, figureDays: 30, maxMebibytes: 64 });

    const file = path.join(configFolder, 'autostart', 'postern.desktop');
    const start = part('Start').getByRole('switch', { name: 'Start when I sign in to this machine' });
    await expect(start).not.toBeChecked();
    await start.click();
    await expect(start).toBeChecked();
    expect(readFileSync(file, 'utf8')).toMatch(/^Exec=.* --hidden$/m);
    await start.click();
    await expect(start).not.toBeChecked();
    expect(existsSync(file)).toBe(false);
  });
}
