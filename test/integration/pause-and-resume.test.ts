import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeIdentityVault } from '../../src-main/vault/identity-vault.ts';
import { SealedStore } from '../../src-main/vault/sealed-store.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { startDesktopConnector } from '../helpers/start-desktop-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

/** The desktop app's connector, in its worker thread. */

let origin: Origin;
let side: ConnectorSide;

beforeEach(async () => {
  origin = await startOrigin();
  side = await startConnectorSide();
  side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
});

afterEach(async () => {
  await side.stop();
  await origin.close();
});

/** An answer that goes on until somebody ends it. */
async function openEndless() {
  const response = await fetch(`${side.url}/sse`);
  let isOver = false;
  const reading = (async () => {
    for await (const _piece of response.body ?? []);
  })();
  reading.catch(() => undefined).finally(() => (isOver = true));
  return { isOver: () => isOver };
}

test('who resumes while requests still finish sees the connector run, also once they have', async () => {
  const { connector, state, runs } = await startDesktopConnector(side.url);
  const open = await fetch(`${side.url}/sse`);
  const before = state.current.engine;
  const pausing = connector.pause();
  await connector.resume();
  await expect.poll(() => state.current.engine !== before && runs()).toBe(true);
  await open.body?.cancel();
  await pausing;
  expect(state.current.engine?.health).toBe('ok');
});

test('who pauses on a disk that takes nothing has it paused, and is told that a restart would end that', async () => {
  const { connector, state, folder } = await startDesktopConnector(side.url);
  // Where the draft of the settings would be written.
  mkdirSync(path.join(folder, 'settings.json.new'));
  await expect(connector.pause()).rejects.toMatchObject({
    code: 'SETTINGS_UNWRITABLE',
    message: expect.stringContaining('started anew, it would serve again'),
  });
  expect(state.current).toMatchObject({ isPaused: true, engine: null });
});

test('who resumes on a disk that takes nothing has it run, and is told that a restart would find it paused', async () => {
  const { connector, state, runs, folder } = await startDesktopConnector(side.url);
  await connector.pause();
  mkdirSync(path.join(folder, 'settings.json.new'));
  await expect(connector.resume()).rejects.toThrow(
    expect.objectContaining({
      code: 'SETTINGS_UNWRITABLE',
      message: expect.stringContaining('started anew, it would be paused') as string,
    }),
  );
  expect(state.current.isPaused).toBe(false);
  await expect.poll(runs).toBe(true);
});

test('who pauses while the engine ends to start anew has it stay ended', async () => {
  const { connector, state } = await startDesktopConnector(side.url);
  const open = await fetch(`${side.url}/sse`);
  let workers = 0;
  const onWorker = (): void => void (workers += 1);
  process.on('worker', onWorker);
  onTestFinished(() => void process.off('worker', onWorker));
  const restarting = connector.restart();
  const pausing = connector.pause();
  await open.body?.cancel();
  await Promise.all([restarting, pausing]);
  await new Promise(setImmediate);
  expect(workers).toBe(0);
  expect(state.current).toMatchObject({ isPaused: true, engine: null });
});

test('who quits while a pause lets requests finish does not leave before they are over', async () => {
  const { connector } = await startDesktopConnector(side.url);
  const { isOver } = await openEndless();
  const pausing = connector.pause();
  await connector.close();
  await expect.poll(isOver).toBe(true);
  // Its own ten seconds are not waited for.
  await pausing;
}, 9000);

test('a machine that is disconnected while a pause lets requests finish serves nothing any more', async () => {
  const { connector, state, storage } = await startDesktopConnector(side.url);
  const { isOver } = await openEndless();
  const pausing = connector.pause();
  await connector.forget();
  expect(state.current).toMatchObject({ connector: null, engine: null });
  expect(storage.kept).toBeNull();
  await expect.poll(isOver).toBe(true);
  await pausing;
}, 5000);

test('two quick turns of pause and resume leave one engine, which runs', async () => {
  const { connector, state, runs } = await startDesktopConnector(side.url);
  const before = state.current.engine;
  await Promise.all([connector.pause(), connector.resume(), connector.pause(), connector.resume()]);
  await expect.poll(() => state.current.engine !== before && runs()).toBe(true);
  expect((await fetch(`${side.url}/hello`)).status).toBe(200);
});

test('an identity that can’t be removed leaves the connector as it was, and says so', async () => {
  const { connector, state, storage, runs } = await startDesktopConnector(side.url);
  storage.failure = new Error('EROFS: read-only file system');
  await expect(connector.forget()).rejects.toMatchObject({ code: 'VAULT_UNWRITABLE' });
  expect(state.current.connector).not.toBeNull();
  expect(runs()).toBe(true);
});

test('an identity that can’t be kept is had by the same request once there is room', async () => {
  const { connector, state, storage, runs } = await startDesktopConnector(null);
  storage.failure = new Error('ENOSPC: no space left on device');
  const request = { serviceUrl: side.url, displayName: 'Hall', connectorGroupId: null };
  const { signal } = new AbortController();
  await expect(connector.enrol(request, signal)).rejects.toMatchObject({
    code: 'VAULT_UNWRITABLE',
    message: expect.stringContaining('no space left on device'),
  });
  expect(state.current.connector).toBeNull();
  await connector.enrol(request, signal);
  await expect.poll(runs).toBe(true);
  expect(storage.kept).not.toBeNull();
  // By the same key, the service makes no second one of it.
  const [first, second] = side.enrolments.map(({ certificateSigningRequest }) => certificateSigningRequest);
  expect(second).toBe(first);
});

test('an enrolment that is taken back while its identity is written leaves none', async () => {
  const { connector, state, storage } = await startDesktopConnector(null);
  const taking = new AbortController();
  const written = Promise.withResolvers<void>();
  storage.onSave = async () => {
    taking.abort();
    await written.promise;
  };
  const request = { serviceUrl: side.url, displayName: 'Hall', connectorGroupId: null };
  await expect(connector.enrol(request, taking.signal)).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  written.resolve();
  await connector.close();
  expect(storage.kept).toBeNull();
  expect(state.current.connector).toBeNull();
});

test.for([
  ['enrols by another name', async (enrol: (name: string) => Promise<unknown>) => enrol('Gate')],
  ['quits', async (_enrol: unknown, close: () => Promise<void>) => close()],
] as const)(
  'who %s after an identity could not be kept leaves no connector at the service that nobody is',
  async ([, act]) => {
    const { connector, storage, removed } = await startDesktopConnector(null);
    const enrol = async (displayName: string): Promise<unknown> =>
      connector.enrol({ serviceUrl: side.url, displayName, connectorGroupId: null }, new AbortController().signal);
    storage.failure = new Error('ENOSPC: no space left on device');
    await expect(enrol('Hall')).rejects.toMatchObject({ code: 'VAULT_UNWRITABLE' });
    await act(enrol, async () => connector.close());
    expect(removed).toHaveLength(1);
  },
);

test('an enrolment that is taken back leaves the identity that only can’t be opened now', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'connector.json');
  const sealed = '{"version":1,"protection":"keyStore","sealed":"of a key store that is locked"}';
  writeFileSync(file, sealed);
  const { connector, storage } = await startDesktopConnector(null);
  const vault = makeIdentityVault(new SealedStore({ file, box: null, withoutKeyStore: () => 'file' }));
  const taking = new AbortController();
  storage.snapshot = async () => vault.snapshot();
  storage.save = async (identity) => {
    await vault.save(identity);
    taking.abort();
  };
  const request = { serviceUrl: side.url, displayName: 'Hall', connectorGroupId: null };
  await expect(connector.enrol(request, taking.signal)).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  await connector.close();
  expect(readFileSync(file, 'utf8')).toBe(sealed);
});

test('an engine that starts while the machine is enrolled anew starts as the new connector', async () => {
  const { connector, state, storage, runs } = await startDesktopConnector(side.url);
  storage.onSave = () => void setImmediate(() => void connector.resume());
  const request = { serviceUrl: side.url, displayName: 'Anew', connectorGroupId: null };
  await connector.enrol(request, new AbortController().signal);
  await expect.poll(() => runs() && state.current.engine?.certificateExpiryMs).toBe(storage.kept?.certificateExpiryMs);
});

test('an identity that can’t be opened now is said, and stays for the next start', async () => {
  const { connector, state, storage, runs } = await startDesktopConnector(side.url);
  await connector.close();
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'connector.json');
  const box = { seal: async (text: string) => text, open: async (sealed: string) => sealed };
  const identity = storage.kept;
  if (identity === null) throw new Error('It is enrolled.');
  await makeIdentityVault(new SealedStore({ file, box, withoutKeyStore: () => 'file' })).save(identity);

  const locked = makeIdentityVault(new SealedStore({ file, box: null, withoutKeyStore: () => 'file' }));
  storage.load = async () => locked.load();
  state.set({ connector: null });
  await connector.restore();
  expect(state.current).toMatchObject({
    connector: null,
    identityProblem: {
      en: expect.stringContaining('a key store that is not there now'),
      de: expect.stringContaining('mit einem Schlüsselspeicher versiegelt, der jetzt nicht da ist'),
    },
  });
  const unlocked = makeIdentityVault(new SealedStore({ file, box, withoutKeyStore: () => 'file' }));
  storage.load = async () => unlocked.load();
  await connector.restore();
  expect(state.current.identityProblem).toBeNull();
  await expect.poll(runs).toBe(true);
});
