import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import { DEFAULT_PROXY_SETTINGS, findProxyProblem } from '../../src-shared/ipc/machine-settings.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-settings-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('settings of an earlier version are taken up, with defaults for what is new', () => {
  const earlier = { version: 1, theme: 'dark', service: null, isPathChecked: true, isSetupFinished: true };
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ ...earlier, isPaused: false, window: null }));
  const { current } = new SettingsStore(folder);
  expect(current).toMatchObject({ ...earlier, allowList: [], authorities: [], proxy: DEFAULT_PROXY_SETTINGS });
});

test('B70 a damaged file is set aside, and the connector is paused: what it may contact was in it', () => {
  const file = path.join(folder, 'settings.json');
  writeFileSync(file, '{"version": 1, "allowList": [{"hosts": ["pay');
  const store = new SettingsStore(folder);
  expect(store.current).toMatchObject({ isPaused: true, isSetupFinished: false, allowList: [] });
  expect(readFileSync(`${file}.damaged`, 'utf8')).toContain('pay');
});

test('on a disk that takes nothing a setting stays as it was, and what the app notes counts all the same', () => {
  const store = new SettingsStore(folder);
  store.update({ theme: 'dark' });
  // A folder where the draft would be written.
  mkdirSync(path.join(folder, 'settings.json.new'));
  const refused = (): void => store.update({ theme: 'light' });
  expect(refused).toThrow(expect.objectContaining({ code: 'SETTINGS_UNWRITABLE' }));
  expect(store.current.theme).toBe('dark');
  expect(store.note({ isPaused: true })).toContain('EISDIR');
  expect(store.current.isPaused).toBe(true);
  rmSync(path.join(folder, 'settings.json.new'), { recursive: true });
  store.update({ language: 'de' });
  expect(new SettingsStore(folder).current).toMatchObject({ theme: 'dark', language: 'de', isPaused: true });
});

test.each([
  ['manual', { address: 'http://proxy.corp:3128' }, null],
  ['manual', { address: 'proxy.corp:3128' }, null],
  ['manual', { address: 'https://[2001:db8::1]:443' }, null],
  ['manual', { address: 'http://user:secret@proxy.corp:3128' }, 'address'],
  ['manual', { address: 'socks5://proxy.corp' }, null],
  ['manual', { address: 'socks5://user@proxy.corp' }, 'address'],
  ['manual', { address: 'socks4://proxy.corp' }, 'address'],
  ['manual', { address: 'http://proxy.corp/path' }, 'address'],
  ['manual', { address: '' }, 'address'],
  ['pac', { pacUrl: 'http://wpad.corp/proxy.pac' }, null],
  ['pac', { pacUrl: 'file:///etc/proxy.pac' }, 'pacUrl'],
  ['pac', { pacUrl: 'http://user:secret@wpad.corp/proxy.pac' }, 'pacUrl'],
  ['system', { address: '?' }, null],
] as const)('B69 a proxy of mode %s with %o: wrong is %s', (mode, change, expected) => {
  expect(findProxyProblem({ ...DEFAULT_PROXY_SETTINGS, mode, ...change })).toBe(expected);
});
