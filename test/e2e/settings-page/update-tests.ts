import { generateKeyPairSync } from 'node:crypto';
import { expect, type Locator, test } from '@playwright/test';
import { releaseFileName } from '../../../src-main/app/updates/release.ts';
import { expectAccessible } from '../accessibility.ts';
import { keepScreenshot } from '../screenshots.ts';
import { desktop, feed, page, part, savedSettings } from './settings-session.ts';

/** Newer versions of the app. */
export function testUpdates(): void {
  test('updates: what is newer is found, told, downloaded and installed, and what is wrong is told by its cause', async () => {
    const { app } = desktop;
    const updates = part('Updates');
    const check = updates.getByRole('button', { name: 'Check now' });
    const problem = updates.getByTestId('problem');
    await expect(updates).toContainText('for tests only, not to be shipped');
    feed.publish({ version: '9.0.0', privateKey: generateKeyPairSync('ed25519').privateKey });
    await check.click();
    await expect(problem).toContainText('is not signed by the publisher of this app');
    await expect(problem).toContainText('Nothing was downloaded');
    await problem.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-updates-signature');

    // Chromium follows by itself: what is asked must lead to nothing less.
    const description = releaseFileName(process.platform, process.arch);
    feed.answer(description, (response) => void response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end());
    await check.click();
    await expect(problem).toContainText('leads to https://127.0.0.1:1/, which is no http:');
    const refused = Promise.withResolvers<void>();
    feed.answer(description, (response) => {
      response.on('close', () => refused.resolve());
      response.writeHead(404).write(Buffer.alloc(100_000));
    });
    await check.click();
    await expect(problem).toContainText('is answered with status 404');
    await refused.promise;
    feed.answer(description, (response) => void response.writeHead(302, { location: 'latest/of-all' }).end());
    feed.answer('of-all', (response) => void response.end('elsewhere'));
    await check.click();
    await expect(problem).toContainText('is not signed by the publisher of this app');
    expect(feed.asked.at(-1)).toBe('of-all');

    const notes = Array.from({ length: 12 }, (_none, index) => `- ${index + 1} things are better`).join('\n');
    feed.publish({ version: '9.0.0', bytes: 3_000_000, notes, isDamaged: true });
    await check.click();
    const offer = updates.getByTestId('update-offer');
    await expect(offer).toContainText('Version 9.0.0 is available');
    await expect(offer).toContainText('12 things are better');
    await expect(problem).toHaveCount(0);
    expect((await desktop.tray())?.items).toContainEqual(
      expect.objectContaining({ label: 'Version 9.0.0 is available', command: 'openPage' }),
    );
    await offer.getByRole('button', { name: 'Download' }).click();
    await expect(problem).toContainText('Its hash is another than the one signed for');

    feed.publish({ version: '9.0.0', bytes: 3_000_000, notes });
    await check.click();
    await expect(problem).toHaveCount(0);
    feed.hold();
    await offer.getByRole('button', { name: 'Download' }).click();
    await expect(offer.getByRole('progressbar')).toHaveAttribute('aria-valuemax', '3000000');
    await expect(offer).toContainText('of 2.9 MiB');
    await offer.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-updates-download');
    await offer.getByRole('button', { name: 'Cancel' }).click();
    feed.letGo();
    await offer.getByRole('button', { name: 'Download' }).click();
    await expect(offer).toContainText('Version 9.0.0 is ready to install');
    await offer.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-updates-ready');
    await expectAccessible(page, 'an update that is ready');
    expect((await desktop.tray())?.items).toContainEqual(
      expect.objectContaining({ label: 'Version 9.0.0 is ready to install' }),
    );

    // Users would notice: whoever says "later" has lost nothing.
    const answer = (response: number): Promise<void> =>
      app.evaluate(({ dialog }, chosen) => {
        dialog.showMessageBox = async () => ({ response: chosen, checkboxChecked: false });
      }, response);
    await answer(1);
    await offer.getByRole('button', { name: 'Restart and install' }).click();
    await expect(offer.getByRole('button', { name: 'Restart and install' })).toBeEnabled();
    expect(await app.evaluate(() => globalThis.posternTestSeam?.installedPackages)).toEqual([]);

    await quitInMidInstallation(offer.getByRole('button', { name: 'Restart and install' }));

    await updates.getByRole('switch', { name: 'Look for a newer version once a day' }).click();
    await expect.poll(() => savedSettings()['updates']).toEqual({ isAutomatic: false, feedUrl: null });
    const address = updates.getByRole('textbox', { name: 'Feed' });
    await address.fill('http://updates.example.com/');
    await expect(updates).toContainText('Give an https address');
    await expect(updates.getByRole('button', { name: 'Save' })).toBeDisabled();
    await address.fill('https://127.0.0.1:1/updates/');
    await updates.getByRole('button', { name: 'Save' }).click();
    await expect(offer).toHaveCount(0);
    await check.click();
    await expect(problem).toContainText('The feed of updates at 127.0.0.1:1 can’t be reached');
    await updates.getByRole('button', { name: 'Ask the service' }).click();
    await expect(updates.getByRole('status')).toContainText('Both have the same version.');
    await address.fill('');
    await updates.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => savedSettings()['updates']).toEqual({ isAutomatic: false, feedUrl: null });
    await check.click();
    await expect(offer).toContainText('Version 9.0.0 is available');
  });
}

/** Nobody quits in mid-installation, and is told why; whoever says "later" then may. */
async function quitInMidInstallation(install: Locator): Promise<void> {
  const { app } = desktop;
  await app.evaluate(({ dialog }) => {
    const asked: string[] = [];
    const { promise, resolve } = Promise.withResolvers<number>();
    Object.assign(globalThis, { posternAsked: asked, posternAnswer: resolve });
    const show = async (options: { readonly message: string }): Promise<number> => {
      asked.push(options.message);
      return asked.length === 1 ? promise : 0;
    };
    dialog.showMessageBox = async (...args: unknown[]) => ({
      response: await show(args.at(-1) as { readonly message: string }),
      checkboxChecked: false,
    });
  });
  const asked = (): Promise<string[]> =>
    app.evaluate(() => (globalThis as unknown as { posternAsked: string[] }).posternAsked);
  await install.click();
  await expect.poll(asked).toHaveLength(1);
  await app.evaluate(() => globalThis.posternTestSeam?.clickTray('quit'));
  await expect.poll(asked).toHaveLength(2);
  expect((await asked())[1]).toBe('Version 9.0.0 is being installed, so Postern can’t quit now.');
  await app.evaluate(() => (globalThis as unknown as { posternAnswer: (response: number) => void }).posternAnswer(1));
  await expect(install).toBeEnabled();
}
