import { generateKeyPairSync } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../scripts/run-command.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { startUpdateFeed, type UpdateFeed } from '../helpers/start-update-feed.ts';
import { type StartedUpdates, startUpdates, type StartUpdatesOptions } from '../helpers/start-updates.ts';

/** How a newer version takes the place of the app, on real parts: electron-updater's own classes, the disk. */

let feed: UpdateFeed;
let folder: string;

beforeEach(async () => {
  feed = await startUpdateFeed();
  folder = mkdtempSync(path.join(tmpdir(), 'postern-install-'));
});

afterEach(async () => {
  await feed.close();
  rmSync(folder, { recursive: true, force: true });
});

/** With a newer version that has been downloaded. */
async function startReady(options: Partial<StartUpdatesOptions> = {}): Promise<StartedUpdates> {
  const started = startUpdates({ feed, folder, ...options });
  await started.updates.check();
  await started.updates.download();
  expect(started.state()).toMatchObject({ phase: 'ready', problem: null });
  return started;
}

function downloadedFile(): string {
  const names = readdirSync(path.join(folder, 'updates'), { recursive: true }).map(String);
  return path.join(folder, 'updates', names.find((name) => name.includes('postern_')) ?? '');
}

test('what was kept is believed by its signature alone', async () => {
  feed.publish({ version: '1.1.0' });
  const first = await startReady();
  first.updates.close();
  const changed = startUpdates({ feed, folder, keys: [generateKeyPairSync('ed25519').publicKey] });
  await changed.updates.start();
  expect(changed.state()).toMatchObject({ phase: 'idle', release: null });
  changed.updates.close();
});

test('a file that was changed since it was downloaded is not installed, and not taken for the next download', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state, installed } = await startReady();
  appendFileSync(downloadedFile(), 'and more');
  await updates.install();
  expect(installed).toEqual([]);
  expect(state()).toMatchObject({ phase: 'idle', problem: { code: 'UPDATE_FILE_DAMAGED' } });
  await updates.download();
  await updates.install();
  expect(state().problem).toBeNull();
  expect(installed).toHaveLength(1);
});

test('nothing is installed where the person would rather not, or an administrator does not agree', async () => {
  feed.publish({ version: '1.1.0' });
  const unsure = await startReady({ confirmRestart: async () => false });
  await unsure.updates.install();
  expect(unsure.done).toEqual([]);
  expect(unsure.state().phase).toBe('ready');
  unsure.updates.close();
  const install = async (): Promise<void> => Promise.reject(new PosternError('UPDATE_NOT_PERMITTED'));
  const refused = startUpdates({ feed, folder, install });
  await refused.updates.start();
  await refused.updates.install();
  expect(refused.done).toEqual([]);
  expect(refused.state()).toMatchObject({ phase: 'ready', problem: { code: 'UPDATE_NOT_PERMITTED' } });
  refused.updates.close();
});

test('while the question to restart stands nothing else begins: no second one, no check, no other feed', async () => {
  feed.publish({ version: '1.1.0' });
  const questions: ((isSure: boolean) => void)[] = [];
  const confirmRestart = async (): Promise<boolean> => new Promise((resolve) => questions.push(resolve));
  const { updates, state, installed } = await startReady({ confirmRestart });
  const installing = updates.install();
  expect(state().phase).toBe('installing');
  await expect(updates.install()).rejects.toMatchObject({ code: 'UPDATE_UNSUPPORTED' });
  feed.publish({ version: '1.2.0' });
  await updates.check();
  const wanted = { isAutomatic: true, feedUrl: 'https://updates.example.com/' };
  await expect(updates.save(wanted)).rejects.toMatchObject({ code: 'API_CONFLICT' });
  expect(state()).toMatchObject({ phase: 'installing', release: { version: '1.1.0' } });
  expect(questions).toHaveLength(1);
  questions[0]?.(true);
  await installing;
  expect(installed).toEqual([downloadedFile()]);
  expect(state().problem).toBeNull();
});

/** As a program; the real one is a file system with a program in it. */
const APP = '#!/bin/sh\necho "$0 is';

test('an AppImage gives its place to the new one while it runs, and that starts by the same name', async () => {
  const appImage = path.join(folder, 'Postern 1.0.0.AppImage');
  feed.publish({ version: '1.1.0', ending: 'AppImage', content: Buffer.from(`${APP} 1.1.0"\n`) });
  process.env['APPIMAGE'] = appImage;
  try {
    await writeAppImage(appImage);
    const { updates, done } = await startReady({ kind: 'appImage', appImage });
    await updates.install();
    expect(done).toEqual(['closed', 'relaunch', 'ended']);
  } finally {
    delete process.env['APPIMAGE'];
  }
  expect((await runCommand(appImage, [])).output).toBe(`${appImage} is 1.1.0\n`);
  expect(readdirSync(folder).filter((name) => name.includes('AppImage'))).toEqual(['Postern 1.0.0.AppImage']);
});

test('an AppImage that can not be replaced runs on, and is still there', async () => {
  const appImage = path.join(folder, 'Postern.AppImage');
  feed.publish({ version: '1.1.0', ending: 'AppImage', content: Buffer.from(`${APP} 1.1.0"\n`) });
  process.env['APPIMAGE'] = appImage;
  try {
    await writeAppImage(appImage);
    // In the way of the copy; root could write in any folder.
    mkdirSync(`${appImage}.new`);
    const { updates, state, done } = await startReady({ kind: 'appImage', appImage });
    await updates.install();
    expect(done).toEqual([]);
    expect(state()).toMatchObject({ phase: 'ready', problem: { code: 'UPDATE_INSTALL_FAILED' } });
  } finally {
    delete process.env['APPIMAGE'];
  }
  expect((await runCommand(appImage, [])).output).toContain('is 1.0.0');
});

async function writeAppImage(file: string): Promise<void> {
  await writeFile(file, `${APP} 1.0.0"\n`, { mode: 0o755 });
}

/** Windows' installer, run by electron-updater's own class; Electron itself is not there. */
test.for([
  ['runs', ['closed', 'ended']],
  ['is missing', ['closed', 'relaunch', 'ended', 'ended']],
] as const)(
  'an app whose installer %s ends after its parts, and starts anew where it is still the old one',
  async ([what, expected]) => {
    const seen = path.join(folder, 'seen');
    const require = createRequire(import.meta.url);
    const electron = require.resolve('electron');
    require.cache[electron] = {
      id: electron,
      exports: { autoUpdater: new EventEmitter() },
      loaded: true,
    } as NodeJS.Module;
    Object.assign(process, { resourcesPath: folder });
    try {
      if (what === 'runs') {
        await writeFile(
          path.join(folder, 'elevate.exe'),
          `#!/bin/sh\necho "$@" > "${seen}.new" && mv "${seen}.new" "${seen}"\n`,
          { mode: 0o755 },
        );
      }
      feed.publish({ version: '1.1.0', ending: 'exe', isAdminRightsRequired: true });
      const { updates, done } = await startReady({ kind: 'nsis' });
      await updates.install();
      await expect.poll(() => done).toEqual(expected);
      const next = startUpdates({ feed, folder, kind: 'nsis' });
      await next.updates.start();
      expect(next.state()).toMatchObject({ phase: 'ready', problem: { code: 'UPDATE_NOT_INSTALLED' } });
      expect(next.notices.map(({ title }) => title)).toEqual(['Postern 1.1.0 was not installed']);
      next.updates.close();
      const later = startUpdates({ feed, folder, kind: 'nsis' });
      await later.updates.start();
      expect(later.state().problem).toBeNull();
      later.updates.close();
      if (what === 'runs') {
        await expect.poll(() => existsSync(seen)).toBe(true);
        expect(readFileSync(seen, 'utf8')).toMatch(/postern_1\.1\.0_amd64\.exe --updated \/S --force-run\n$/);
      }
    } finally {
      delete require.cache[electron];
      delete (process as { resourcesPath?: string }).resourcesPath;
    }
  },
);

test('an app that starts as the version for which it ended says nothing of that', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates } = await startReady();
  await updates.install();
  const next = startUpdates({ feed, folder, version: '1.1.0' });
  await next.updates.start();
  expect(next.state()).toMatchObject({ phase: 'idle', problem: null });
  expect(next.notices).toEqual([]);
  next.updates.close();
});

test('an app that ends in mid-installation is not started anew by what ends then', async () => {
  feed.publish({ version: '1.1.0' });
  const held = Promise.withResolvers<void>();
  const { updates, done, endSession } = await startReady({ install: async () => held.promise });
  const installing = updates.install();
  await endSession();
  held.resolve();
  await installing;
  expect(done).toEqual(['closed', 'ended', 'installed']);
});
