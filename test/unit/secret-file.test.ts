import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSecretFile, removeSecretFile, writeSecretFile } from '../../src-main/connector/secret-file.ts';
import { SealedStore } from '../../src-main/vault/sealed-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-secret-'));
  file = path.join(folder, 'vault', 'secret.json');
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Looks on while things are synced to disk. @returns their names, in order */
async function watchSyncs(failFor: (synced: string) => boolean = () => false): Promise<string[]> {
  const synced: string[] = [];
  const handle = await open(folder);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const sync: (this: FileHandle) => Promise<void> = Reflect.get(prototype, 'sync');
  vi.spyOn(prototype, 'sync').mockImplementation(async function watched(this: FileHandle) {
    const name = readlinkSync(`/proc/self/fd/${this.fd}`);
    synced.push(path.relative(folder, name));
    if (failFor(name)) throw Object.assign(new Error('EINVAL: invalid argument, fsync'), { code: 'EINVAL' });
    await sync.call(this);
  });
  return synced;
}

test('a secret that was written is there after a power failure: its folder is synced too, once it has its name', async () => {
  const synced = await watchSyncs();
  await writeSecretFile(file, 'one');
  expect(synced).toEqual(['vault/secret.json.new', 'vault']);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await removeSecretFile(file);
  expect(synced.at(-1)).toBe('vault');
  expect(await readSecretFile(file)).toBeNull();
});

test('a folder that can’t be synced is no failure: the new content is in place', async () => {
  await writeSecretFile(file, 'one');
  await watchSyncs((name) => name.endsWith('vault'));
  await writeSecretFile(file, 'two');
  expect(readFileSync(file, 'utf8')).toBe('two');
});

test('a write that fails leaves what was there, and no half of a secret beside it', async () => {
  await writeSecretFile(file, 'one');
  await watchSyncs((name) => name.endsWith('.new'));
  await expect(writeSecretFile(file, 'two')).rejects.toMatchObject({ code: 'EINVAL' });
  expect(readdirSync(path.dirname(file))).toEqual(['secret.json']);
  expect(readFileSync(file, 'utf8')).toBe('one');
});

test('what a crash has left of a write goes with the secret', async () => {
  mkdirSync(path.dirname(file));
  writeFileSync(`${file}.new`, 'half of a');
  await removeSecretFile(file);
  expect(readdirSync(path.dirname(file))).toEqual([]);
});

test('of writes at the same time the last one stands, whole', async () => {
  const store = new SealedStore({ file, box: null, withoutKeyStore: () => 'file' });
  const secrets = Array.from({ length: 8 }, (_, index) => String(index).repeat(200_000));
  await Promise.all(secrets.map(async (secret) => store.write(secret)));
  expect(await store.read()).toBe(secrets.at(-1));
});
