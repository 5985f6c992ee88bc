import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellError } from '../../src-main/app/spoken-error.ts';
import { IdentityFile } from '../../src-main/connector/identity-file.ts';
import { makeIdentityVault } from '../../src-main/vault/identity-vault.ts';
import { SealedStore } from '../../src-main/vault/sealed-store.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

let folder: string;
let key: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-identity-'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
});

afterEach(() => rmSync(folder, { recursive: true }));

/** JSON in which a byte of the disk went wrong right beside the key. */
function damaged(): string {
  return JSON.stringify({ privateKey: key }).replace('"privateKey":"', '"privateKey":');
}

async function failureOf(loading: Promise<unknown>): Promise<PosternError> {
  const error = await loading.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof PosternError)) throw new Error(`It is ${String(error)}.`);
  return error;
}

/** Eight characters of it that stand together anywhere. */
function quotesKey(text: string): boolean {
  const body = key.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return Array.from({ length: body.length - 8 }, (_none, at) => body.slice(at, at + 8)).some((part) =>
    text.includes(part),
  );
}

test.each([
  ['the vault’s own file', () => damaged()],
  ['what stands in it', () => JSON.stringify({ version: 1, protection: 'file', content: damaged() })],
])('a damaged identity was told with the words of JSON.parse, which quote the key: %s', async (_what, text) => {
  const file = path.join(folder, 'connector.json');
  writeFileSync(file, text());
  const vault = makeIdentityVault(new SealedStore({ file, box: null, withoutKeyStore: () => 'file' }));
  const error = await failureOf(vault.load());
  expect(error.code).toBe('VAULT_UNREADABLE');
  expect(tellError(error, 'de')).toContain('Ihre Datei im Tresor ist beschädigt.');
  expect(quotesKey(inspect(error, { depth: 9 }))).toBe(false);
});

test('a damaged identity of the connector without a window was told so, too', async () => {
  const identity = new IdentityFile(folder);
  writeFileSync(identity.file, damaged());
  const error = await failureOf(identity.load());
  expect(error.code).toBe('CONFIG_INVALID');
  expect(quotesKey(inspect(error, { depth: 9 }))).toBe(false);
});
