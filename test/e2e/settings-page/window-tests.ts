import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../accessibility.ts';
import { keepScreenshot } from '../screenshots.ts';
import { desktop, go, page, part, userDataFolder } from './settings-session.ts';

/** The window: its looks, what it must not know, and what survives its end. */
export function testWindow(): void {
  test('the page is accessible and handsome in the dark, and in German', async () => {
    await part('Appearance').getByRole('radio', { name: 'Dark' }).click();
    await part('Language').getByRole('radio', { name: 'Deutsch' }).click();
    await expect(page.getByRole('heading', { name: 'Einstellungen', level: 1 })).toBeVisible();
    const list = part('Was dieser Rechner veröffentlichen darf');
    await list.getByRole('button', { name: 'Regel hinzufügen' }).click();
    await list.getByRole('switch', { name: 'Nur zu bestimmten Zeiten' }).click();
    await list.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-german-dark');
    await expectAccessible(page, 'the settings in German, dark');
    await list.getByRole('button', { name: 'Änderungen verwerfen' }).click();
    await part('Ausgehender Proxy').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-german-dark-proxy');
    await part('Aktualisierungen').getByTestId('update-offer').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-german-dark-updates');
    await part('Sprache').getByRole('radio', { name: 'English' }).click();
    await part('Appearance').getByRole('radio', { name: 'As the system' }).click();
  });

  test('no secret is in the memory of the window: neither the key of the connector nor a token', async () => {
    const vault = JSON.parse(readFileSync(path.join(userDataFolder, 'vault', 'connector.json'), 'utf8')) as {
      content: string;
    };
    const { privateKey } = JSON.parse(vault.content) as { privateKey: string };
    const [line = ''] = privateKey.split('\n').filter((each) => /^[\w+/=]{40,}$/.test(each));
    expect(line).not.toBe('');
    const session = await page.context().newCDPSession(page);
    const chunks: string[] = [];
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
    await session.send('HeapProfiler.takeHeapSnapshot');
    await session.detach();
    const memory = chunks.join('');
    expect(memory).toContain('Gate house');
    expect(memory.includes(line)).toBe(false);
    // A signed token: header and payload.
    expect(/eyJ[\w-]{20,}\.eyJ[\w-]{20,}\./.exec(memory)?.[0]).toBeUndefined();
  });

  test('an engine that dies comes back by itself, and the Overview says why', async () => {
    const { app } = desktop;
    await go('Overview');
    await app.evaluate(() => globalThis.posternTestSeam?.killEngine());
    await expect(page.getByText('The engine was started again')).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible();
    await keepScreenshot(page, 'overview-engine-restarted');
  });

  test('a window whose process dies comes back with its state, and the engine goes on', async () => {
    const { app } = desktop;
    const inWindow = (script: string): Promise<unknown> =>
      app.evaluate(
        async ({ webContents }, code) => webContents.getAllWebContents()[0]?.executeJavaScript(code) as unknown,
        script,
      );
    const readPid = (): Promise<number> =>
      app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId() ?? 0);
    const before = await readPid();
    await app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer());
    await expect.poll(async () => ![0, before].includes(await readPid())).toBe(true);
    await expect.poll(() => inWindow('document.querySelector("h1")?.textContent ?? ""')).toBe('Overview');
    const state = await inWindow('window.postern.readState().then((answer) => JSON.stringify(answer))');
    expect(state).toContain('"health":"ok"');
  });
}
