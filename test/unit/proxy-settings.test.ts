import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Session } from 'electron';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutboundProxy } from '../../src-main/app/outbound-proxy.ts';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import { SealedStore } from '../../src-main/vault/sealed-store.ts';
import { DEFAULT_PROXY_SETTINGS } from '../../src-shared/ipc/machine-settings.ts';
import { rememberSecret } from '../helpers/test-log.ts';

const FIRST = {
  proxy: { ...DEFAULT_PROXY_SETTINGS, mode: 'manual', address: 'http://first.corp:3128', userName: 'first' },
  password: 'password-of-the-first',
} as const;
const SECOND = {
  proxy: { ...DEFAULT_PROXY_SETTINGS, mode: 'manual', address: 'http://second.corp:3128', userName: 'second' },
  password: 'password-of-the-second',
} as const;

let folder: string;
let vault: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-proxy-'));
  vault = path.join(folder, 'vault');
  for (const { proxy, password } of [FIRST, SECOND]) rememberSecret(`password of ${proxy.userName}`, password);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** As the app has it after a start, and what the session was told of its way. */
function startProxy(): { proxy: OutboundProxy; store: SealedStore; configured: unknown[] } {
  const store = new SealedStore({ file: path.join(vault, 'proxy.json'), box: null, withoutKeyStore: () => 'file' });
  const configured: unknown[] = [];
  const session = {
    setProxy: async (config: unknown) => void configured.push(config),
    closeAllConnections: async () => undefined,
  };
  const proxy = new OutboundProxy({
    session: session as unknown as Session,
    settings: new SettingsStore(folder),
    passwordStore: store,
  });
  return { proxy, store, configured };
}

async function startAnew(): Promise<OutboundProxy> {
  const { proxy } = startProxy();
  await proxy.restore();
  return proxy;
}

/** A folder stands where the draft of the settings would be written. */
function refuseSettings(): void {
  mkdirSync(path.join(folder, 'settings.json.new'));
}

test('B69 settings that the disk refuses left the new proxy’s password to the old proxy', async () => {
  const { proxy } = startProxy();
  await proxy.save(FIRST.proxy, FIRST.password);
  refuseSettings();
  await expect(proxy.save(SECOND.proxy, SECOND.password)).rejects.toMatchObject({ code: 'SETTINGS_UNWRITABLE' });
  expect(proxy.credentials).toEqual({ userName: 'first', password: FIRST.password });
  expect((await startAnew()).credentials).toEqual({ userName: 'first', password: FIRST.password });
});

test('B69 where the password of before can’t be put back either, none is kept', async () => {
  const { proxy, store } = startProxy();
  await proxy.save(FIRST.proxy, FIRST.password);
  refuseSettings();
  const write = store.write.bind(store);
  store.write = async (secret) => {
    await write(secret);
    store.write = async () => Promise.reject(new Error('ENOSPC'));
  };
  await expect(proxy.save(SECOND.proxy, SECOND.password)).rejects.toMatchObject({ code: 'SETTINGS_UNWRITABLE' });
  expect((await startAnew()).credentials).toEqual({ userName: 'first', password: '' });
});

test('B69 undo went back to the proxy of before with the password of the new one', async () => {
  const { proxy } = startProxy();
  await proxy.save(FIRST.proxy, FIRST.password);
  await proxy.save(SECOND.proxy, SECOND.password);
  await proxy.undo();
  expect(proxy.settings).toEqual(FIRST.proxy);
  expect((await startAnew()).credentials).toEqual({ userName: 'first', password: FIRST.password });
  await proxy.save({ ...FIRST.proxy, mode: 'none', userName: '' }, null);
  expect(proxy.hasPassword).toBe(false);
  await proxy.undo();
  expect((await startAnew()).credentials).toEqual({ userName: 'first', password: FIRST.password });
  await proxy.undo();
  expect(proxy.settings).toEqual(FIRST.proxy);
});

test('B69 a password that can’t be read took the whole proxy away: Chromium went the system’s way', async () => {
  const { proxy } = startProxy();
  await proxy.save(FIRST.proxy, FIRST.password);
  rmSync(path.join(vault, 'proxy.json'));
  mkdirSync(path.join(vault, 'proxy.json'));
  const anew = startProxy();
  await expect(anew.proxy.restore()).rejects.toThrow('EISDIR');
  expect(anew.configured).toEqual([expect.objectContaining({ proxyRules: FIRST.proxy.address })]);
});

test('B69 saving something else lost the password that could not be opened', async () => {
  const { proxy } = startProxy();
  await proxy.save(FIRST.proxy, FIRST.password);
  const file = path.join(vault, 'proxy.json');
  const kept = readFileSync(file);
  writeFileSync(file, 'damaged');
  const anew = startProxy();
  await expect(anew.proxy.restore()).rejects.toMatchObject({ code: 'VAULT_UNREADABLE' });
  await anew.proxy.save({ ...FIRST.proxy, exceptions: 'intranet.corp' }, null);
  expect(readFileSync(file, 'utf8')).toBe('damaged');
  writeFileSync(file, kept);
  expect((await startAnew()).credentials).toEqual({ userName: 'first', password: FIRST.password });
});
