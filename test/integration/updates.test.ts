import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import { downloadFile } from '../../src-main/app/updates/download-file.ts';
import { MAX_RELEASE_BYTES } from '../../src-main/app/updates/fetch-release.ts';
import { readFeed } from '../../src-main/app/updates/read-feed.ts';
import { releaseFileName } from '../../src-main/app/updates/release.ts';
import type { FeedFetch } from '../../src-main/app/updates/update-fetch.ts';
import { startUpdateFeed, type UpdateFeed } from '../helpers/start-update-feed.ts';
import { fetchFeed, type StartedUpdates, startUpdates, type StartUpdatesOptions } from '../helpers/start-updates.ts';

/** How the app finds and downloads newer versions of itself, on real parts: a feed with real files, electron-updater, the disk. */

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

function start(options: Partial<StartUpdatesOptions> = {}): StartedUpdates {
  return startUpdates({ feed, folder, ...options });
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
  expect(done).toEqual(['installed', 'closed', 'relaunch', 'ended']);
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

test('questions that fall due during a long download are not asked one after the other at its end', async () => {
  feed.publish({ version: '1.1.0', bytes: 2_000_000 });
  const { updates, state, settings } = start();
  await updates.check();
  settings.update({ lastUpdateCheck: null });
  const asked = feed.asked.length;
  feed.hold();
  const running = updates.download();
  await expect.poll(() => state().progress?.receivedBytes ?? 0).toBeGreaterThan(0);
  const looks = [updates.lookIfDue(), updates.lookIfDue(), updates.lookIfDue()];
  feed.letGo();
  await Promise.all([running, ...looks]);
  expect(state().phase).toBe('ready');
  // The file alone.
  expect(feed.asked.length).toBe(asked + 1);
  await updates.lookIfDue();
  expect(feed.asked.length).toBe(asked + 2);
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
  const destination = path.join(folder, 'full');
  symlinkSync('/dev/full', destination);
  const url = `${feed.url}postern_1.1.0_amd64.deb`;
  const content = Buffer.from(await (await fetch(url)).arrayBuffer());
  const file = { url, sha512: createHash('sha512').update(content).digest('base64'), size: 100_000 };
  const { signal } = new AbortController();
  const options = { fetch: fetchFeed, file, destination, signal, onProgress: () => undefined };
  await expect(downloadFile(options)).rejects.toMatchObject({ code: 'UPDATE_DISK_FULL' });
  const huge = { ...options, file: { ...file, size: Number.MAX_SAFE_INTEGER } };
  await expect(downloadFile(huge)).rejects.toThrow(/MiB are free at/);
});

test('a feed for several machines gives the file for this one, whichever comes first', async () => {
  feed.publish({ version: '1.1.0', bytes: 5000, others: ['postern_1.1.0_arm64.deb', 'postern_1.1.0_armhf.deb'] });
  const { updates, state } = start();
  await updates.check();
  expect(state().release?.sizeBytes).toBe(5000);
  await updates.download();
  expect(state()).toMatchObject({ phase: 'ready', problem: null });
  expect(feed.asked.at(-1)).toBe('postern_1.1.0_amd64.deb');
});

test('a redirection is followed, but to nothing less than the address that was asked, and not for ever', async () => {
  const { signal } = new AbortController();
  const lead = (name: string, location: string): void => {
    feed.answer(name, (response) => void response.writeHead(302, { location }).end());
  };
  feed.publish({ version: '1.1.0', content: Buffer.from('the file') });
  lead('there', 'postern_1.1.0_amd64.deb');
  expect(await (await fetchFeed(`${feed.url}there`, signal)).text()).toBe('the file');
  lead('elsewhere', 'ftp://updates.example.com/');
  await expect(fetchFeed(`${feed.url}elsewhere`, signal)).rejects.toMatchObject({
    code: 'UPDATE_FEED_INVALID',
    message: expect.stringContaining('leads to ftp://updates.example.com/, which is no http:') as string,
  });
  lead('round', 'round');
  await expect(fetchFeed(`${feed.url}round`, signal)).rejects.toMatchObject({ code: 'UPDATE_FEED_INVALID' });
});

test('a refused answer does not keep its connection', async () => {
  const closed = Promise.withResolvers<void>();
  feed.answer('gone', (response) => {
    response.on('close', () => closed.resolve());
    // It never ends.
    response.writeHead(404).write('Not here.');
  });
  const answers: Response[] = [];
  const fetch: FeedFetch = async (url, signal) => {
    const answer = await fetchFeed(url, signal);
    answers.push(answer);
    return answer;
  };
  const { signal } = new AbortController();
  const read = readFeed(fetch, `${feed.url}gone`, signal, async () => undefined);
  await expect(read).rejects.toMatchObject({ code: 'UPDATE_FEED_INVALID' });
  await closed.promise;
  expect(answers).toHaveLength(1);
});

test('an answer without a body is no description, and does not keep the check for ever', async () => {
  feed.answer(releaseFileName(process.platform, process.arch), (response) => void response.writeHead(204).end());
  const { updates, state } = start();
  await updates.check();
  expect(state()).toMatchObject({ phase: 'idle', problem: { code: 'UPDATE_SIGNATURE_WRONG' } });
});

test('another feed in mid-download ends that, and what comes of it is not taken for the other feed’s', async () => {
  const other = await startUpdateFeed(feed);
  try {
    feed.publish({ version: '1.1.0', bytes: 2_000_000 });
    other.publish({ version: '1.2.0', bytes: 3000 });
    const { updates, state } = start();
    await updates.check();
    feed.hold();
    const running = updates.download();
    await expect.poll(() => state().progress?.receivedBytes ?? 0).toBeGreaterThan(0);
    const saved = updates.save({ isAutomatic: true, feedUrl: other.url });
    // At once, as a person who doesn't wait.
    const checked = updates.check();
    feed.letGo();
    await Promise.all([running, saved, checked]);
    expect(state()).toMatchObject({ phase: 'idle', release: { version: '1.2.0' }, progress: null, problem: null });
    await updates.download();
    expect(state().phase).toBe('ready');
    expect(debs()).toEqual(['postern_1.2.0_amd64.deb']);
  } finally {
    await other.close();
  }
});

test('a download that ends as another feed is set is not told as ready', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state, notices } = start();
  const steps = async (count: number): Promise<void> => {
    for (let step = 0; step < count && state().phase !== 'ready'; step += 1) await new Promise(setImmediate);
  };
  for (let count = 1; state().phase !== 'ready'; count += 1) {
    await updates.check();
    const running = updates.download();
    await steps(count);
    if (state().phase === 'ready') break;
    await Promise.all([updates.save({ isAutomatic: true, feedUrl: 'https://updates.example.com/' }), running]);
    expect(state()).toMatchObject({ phase: 'idle', release: null, progress: null, lastCheck: null });
    expect(notices).toEqual([]);
    expect(debs()).toEqual([]);
    await updates.save({ isAutomatic: true, feedUrl: null });
  }
});

test('what a feed says that was replaced in mid-check is not kept on disk', async () => {
  feed.publish({ version: '1.1.0' });
  const { updates, state } = start();
  for (const step of [1, 2, 3, 5, 8, 13, 21]) {
    const running = updates.check();
    for (let count = 0; count < step; count += 1) await new Promise(setImmediate);
    await updates.save({ isAutomatic: true, feedUrl: `https://updates.example.com/${step}/` });
    await running;
    expect(state()).toMatchObject({ phase: 'idle', release: null, lastCheck: null });
    expect(existsSync(path.join(folder, 'updates'))).toBe(false);
    await updates.save({ isAutomatic: true, feedUrl: null });
  }
});

function debs(): readonly string[] {
  const updates = path.join(folder, 'updates');
  if (!existsSync(updates)) return [];
  const files = readdirSync(updates, { recursive: true }).map(String);
  return files.filter((name) => name.endsWith('.deb')).map((name) => path.basename(name));
}
