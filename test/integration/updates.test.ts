import { createHash, generateKeyPairSync } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import type { NoticeText } from '../../src-main/app/health/health-notice.ts';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import { downloadFile } from '../../src-main/app/updates/download-file.ts';
import { MAX_RELEASE_BYTES } from '../../src-main/app/updates/fetch-release.ts';
import { initialUpdateState } from '../../src-main/app/updates/initial-update-state.ts';
import { installPackage } from '../../src-main/app/updates/install-package.ts';
import type { PackageKind } from '../../src-main/app/updates/package-kind.ts';
import { UpdateController } from '../../src-main/app/updates/update-controller.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { UpdateState } from '../../src-shared/updates/update-state.ts';
import { startUpdateFeed, type UpdateFeed } from '../helpers/start-update-feed.ts';

/** The updates of the app on real parts: a feed with real files, electron-updater, the disk. Only Electron is not there. */

const OWN_VERSION = '1.0.0';

let feed: UpdateFeed;
let folder: string;

beforeEach(async () => {
  feed = await startUpdateFeed();
  folder = mkdtempSync(path.join(tmpdir(), 'postern-updates-'));
});

afterEach(async () => {
  feed.letGo();
  await feed.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly updates: UpdateController;
  readonly state: () => UpdateState;
  readonly settings: SettingsStore;
  readonly installed: string[];
  readonly notices: NoticeText[];
  /** What was asked and done, in order. */
  readonly done: string[];
}

interface StartOptions {
  readonly version?: string;
  readonly kind?: PackageKind | null;
  readonly install?: (file: string) => Promise<void>;
  readonly isSure?: boolean;
  readonly keys?: UpdateFeed['publicKey'][];
}

/** As one start of the app; a second one in the same folder is the next. */
function start(options: StartOptions = {}): Started {
  const { kind = 'deb', version = OWN_VERSION, keys = [feed.publicKey] } = options;
  const settings = new SettingsStore(folder);
  const publisher = { feedUrl: feed.url, publicKeys: keys, isForTests: false };
  const updatesState = initialUpdateState({ publisher, kind, isPackaged: true, settings: settings.current });
  const state = new AppStateStore({
    updates: updatesState,
    language: 'en',
    isWindowShown: false,
  } as unknown as AppState);
  const installed: string[] = [];
  const notices: NoticeText[] = [];
  const done: string[] = [];
  const updates = new UpdateController({
    state,
    settings,
    publisher,
    kind,
    version,
    folder: path.join(folder, 'updates'),
    configFile: null,
    fetch: (url, init) => fetch(url, init),
    isLoopbackAllowed: true,
    now: Date.now,
    log: { info: () => undefined },
    notify: (notice) => void notices.push(notice),
    confirmRestart: async () => options.isSure ?? true,
    installPackage: async (_kind, file) => {
      await options.install?.(file);
      installed.push(file);
      done.push('installed');
    },
    quit: async () => void done.push('quit'),
    relaunch: () => void done.push('relaunch'),
  });
  return { updates, state: () => state.current.updates, settings, installed, notices, done };
}

test('a newer version is found with its notes, downloaded whole, and installed before the app starts anew', async () => {
  feed.publish({ version: '1.1.0', bytes: 300_000, notes: 'Less waiting.' });
  const { updates, state, installed, notices, done } = start();
  await updates.check();
  expect(state()).toMatchObject({
    phase: 'idle',
    release: { version: '1.1.0', notes: 'Less waiting.', sizeBytes: 300_000, releasedAtMs: Date.UTC(2026, 10, 20, 8) },
    lastCheck: { outcome: 'newer' },
    problem: null,
  });
  await updates.download();
  expect(state()).toMatchObject({ phase: 'ready', problem: null, progress: null });
  expect(notices.map(({ title }) => title)).toEqual(['Postern 1.1.0 is ready to install']);
  await updates.install();
  expect(installed).toHaveLength(1);
  expect(installed[0]).toMatch(/postern_1\.1\.0_amd64\.deb$/);
  expect(done).toEqual(['installed', 'relaunch', 'quit']);
});

test.for(['1.0.0', '0.9.9', '1.0.0-beta.1'])(
  'version %s is no newer one, and nothing goes back to it',
  async (version) => {
    feed.publish({ version });
    const { updates, state } = start();
    await updates.check();
    expect(state()).toMatchObject({ release: null, lastCheck: { outcome: 'newest' }, problem: null });
    await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_UNSUPPORTED' });
  },
);

test.for([
  ['signed by somebody else', 'UPDATE_SIGNATURE_WRONG'],
  ['no YAML', 'UPDATE_SIGNATURE_WRONG'],
  ['endless', 'UPDATE_FEED_INVALID'],
  ['without a file for this machine', 'UPDATE_FEED_INVALID'],
  ['not there', 'UPDATE_FEED_INVALID'],
] as const)('a description that is %s is refused before anything is downloaded: %s', async ([what, code]) => {
  if (what === 'signed by somebody else') {
    feed.publish({ version: '1.1.0', privateKey: generateKeyPairSync('ed25519').privateKey });
  } else if (what === 'no YAML') feed.describe('<html>Sign in to the hotel’s network</html>');
  else if (what === 'endless') feed.describe(`# ${'x'.repeat(MAX_RELEASE_BYTES)}`);
  else if (what === 'without a file for this machine') feed.publish({ version: '1.1.0', ending: 'AppImage' });
  const { updates, state } = start();
  await updates.check();
  expect(state()).toMatchObject({ phase: 'idle', release: null, problem: { code }, lastCheck: { outcome: 'failed' } });
  expect(feed.asked.filter((name) => !name.endsWith('.yml'))).toEqual([]);
});

test('a feed that does not answer is told as that, and what was known stays', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state } = start();
  await updates.check();
  await feed.close();
  await updates.check();
  expect(state()).toMatchObject({ release: { version: '1.1.0' }, problem: { code: 'UPDATE_FEED_UNREACHABLE' } });
  feed = await startUpdateFeed();
});

test('a damaged file is not kept, and the next download is a new one', async () => {
  feed.publish({ version: '1.1.0', bytes: 100_000, isDamaged: true });
  const { updates, state } = start();
  await updates.check();
  await updates.download();
  expect(state()).toMatchObject({ phase: 'idle', problem: { code: 'UPDATE_FILE_DAMAGED' } });
  const left = readdirSync(path.join(folder, 'updates'), { recursive: true }).map(String);
  expect(left.filter((name) => name.endsWith('.deb'))).toEqual([]);
  feed.publish({ version: '1.1.0', bytes: 100_000 });
  await updates.check();
  await updates.download();
  expect(state()).toMatchObject({ phase: 'ready', problem: null });
});

test('a download tells how far it is, can be cancelled, and leaves nothing', async () => {
  feed.publish({ version: '1.1.0', bytes: 2_000_000 });
  const { updates, state } = start();
  await updates.check();
  feed.hold();
  const running = updates.download();
  await expect.poll(() => state().progress?.receivedBytes ?? 0).toBeGreaterThan(0);
  expect(state()).toMatchObject({ phase: 'downloading', progress: { totalBytes: 2_000_000 } });
  updates.cancelDownload();
  await running;
  expect(state()).toMatchObject({ phase: 'idle', progress: null, problem: null });
  feed.letGo();
  await updates.download();
  expect(state().phase).toBe('ready');
});

test('what was downloaded is ready at the next start, without the feed; the new version tidies it away', async () => {
  feed.publish({ version: '1.1.0' });
  const first = start();
  await first.updates.check();
  await first.updates.download();
  first.updates.close();
  await feed.close();
  const second = start();
  await second.updates.start();
  expect(second.state()).toMatchObject({
    phase: 'ready',
    release: { version: '1.1.0' },
    lastCheck: { outcome: 'newer' },
  });
  second.updates.close();
  const updated = start({ version: '1.1.0' });
  await updated.updates.start();
  expect(updated.state()).toMatchObject({ phase: 'idle', release: null, lastCheck: { outcome: 'newest' } });
  expect(existsSync(path.join(folder, 'updates'))).toBe(false);
  updated.updates.close();
  feed = await startUpdateFeed();
});

test('what was kept is believed by its signature alone, and a file that was changed since is not installed', async () => {
  feed.publish({ version: '1.1.0' });
  const first = start();
  await first.updates.check();
  await first.updates.download();
  const [deb] = readdirSync(path.join(folder, 'updates'), { recursive: true }).filter((name) =>
    String(name).endsWith('.deb'),
  );
  appendFileSync(path.join(folder, 'updates', String(deb)), 'and more');
  await first.updates.install();
  expect(first.installed).toEqual([]);
  expect(first.state()).toMatchObject({ phase: 'idle', problem: { code: 'UPDATE_FILE_DAMAGED' } });
  first.updates.close();
  const changed = start({ keys: [generateKeyPairSync('ed25519').publicKey] });
  await changed.updates.start();
  expect(changed.state()).toMatchObject({ phase: 'idle', release: null });
  changed.updates.close();
});

test('nothing is installed where the person would rather not, or an administrator does not agree', async () => {
  feed.publish({ version: '1.1.0' });
  const unsure = start({ isSure: false });
  await unsure.updates.check();
  await unsure.updates.download();
  await unsure.updates.install();
  expect(unsure.done).toEqual([]);
  expect(unsure.state().phase).toBe('ready');
  unsure.updates.close();
  const refused = start({ install: async () => Promise.reject(new PosternError('UPDATE_NOT_PERMITTED')) });
  await refused.updates.start();
  await refused.updates.install();
  expect(refused.done).toEqual([]);
  expect(refused.state()).toMatchObject({ phase: 'ready', problem: { code: 'UPDATE_NOT_PERMITTED' } });
  refused.updates.close();
});

test.for([
  ['nobody gives the password', ['/bin/sh', '-c', 'exit 126'], 'UPDATE_NOT_PERMITTED', 'No administrator agreed'],
  ['nothing can ask for it', ['/usr/bin/no-such-program'], 'UPDATE_NOT_PERMITTED', 'can’t be started'],
  [
    'the package manager refuses',
    ['/bin/sh', '-c', 'echo one; echo "dpkg: broken" >&2; exit 2'],
    'UPDATE_INSTALL_FAILED',
    'dpkg -i ended with 2: dpkg: broken',
  ],
] as const)('where %s, the cause is told', async ([, askFirst, code, message]) => {
  const failed = installPackage('deb', path.join(folder, 'postern.deb'), askFirst);
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test('a package is handed to the package manager by who may run it', async () => {
  const seen = path.join(folder, 'seen');
  await installPackage('deb', '/tmp/a b.deb', ['/bin/sh', '-c', `echo "$0 $1 $2" > '${seen}'`]);
  expect(readFileSync(seen, 'utf8')).toBe('/usr/bin/dpkg -i /tmp/a b.deb\n');
});

test('a copy that was unpacked from an archive tells of a newer version, and leaves it to the person', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state } = start({ kind: null });
  expect(state().ability).toBe('tells');
  await updates.check();
  expect(state()).toMatchObject({ release: { version: '1.1.0', sizeBytes: null }, problem: null });
  await expect(updates.download()).rejects.toMatchObject({ code: 'UPDATE_UNSUPPORTED' });
});

test('a package of no publisher asks nobody', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state } = start({ keys: [] });
  expect(state().ability).toBe('noPublisher');
  await updates.start();
  await expect(updates.check()).rejects.toMatchObject({ code: 'UPDATE_UNSUPPORTED' });
  expect(feed.asked).toEqual([]);
});

test('another feed may be set, of https alone, and is kept; what the one before said is forgotten', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state, settings } = start();
  await updates.check();
  await expect(updates.save({ isAutomatic: true, feedUrl: 'http://updates.example.com/' })).rejects.toMatchObject({
    code: 'API_INVALID',
    target: 'feedUrl',
  });
  await updates.save({ isAutomatic: false, feedUrl: 'https://updates.example.com/' });
  expect(state()).toMatchObject({ release: null, isAutomatic: false, feedUrl: 'https://updates.example.com/' });
  expect(settings.current.updates).toEqual({ isAutomatic: false, feedUrl: 'https://updates.example.com/' });
  expect(new SettingsStore(folder).current.updates.isAutomatic).toBe(false);
});

test('a check that runs while another feed is set says nothing of the new one', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state, settings } = start();
  const running = updates.check();
  await updates.save({ isAutomatic: true, feedUrl: 'https://updates.example.com/' });
  await running;
  expect(state()).toMatchObject({ phase: 'idle', release: null, lastCheck: null, problem: null });
  expect(settings.current.lastUpdateCheck).toBeNull();
});

test('a disk without room is told by that cause', async () => {
  feed.publish({ version: '1.1.0', bytes: 100_000 });
  const { fetch } = globalThis;
  const destination = path.join(folder, 'full');
  symlinkSync('/dev/full', destination);
  const url = `${feed.url}postern_1.1.0_amd64.deb`;
  const content = Buffer.from(await (await fetch(url)).arrayBuffer());
  const file = { url, sha512: createHash('sha512').update(content).digest('base64'), size: 100_000 };
  const { signal } = new AbortController();
  const options = { fetch, file, destination, signal, onProgress: () => undefined };
  await expect(downloadFile(options)).rejects.toMatchObject({ code: 'UPDATE_DISK_FULL' });
  const huge = { ...options, file: { ...file, size: Number.MAX_SAFE_INTEGER } };
  await expect(downloadFile(huge)).rejects.toThrow(/MiB are free at/);
});
