import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { parseRelease } from '../src-main/app/updates/release.ts';
import { readSignedRelease, signRelease } from '../src-main/app/updates/release-signature.ts';

/** Signs what describes a release, and makes the keys for it. See docs/operations.md. */
const USAGE = `npm run sign-release -- --make-keys FOLDER        makes publisher.key.pem and publisher.pub.pem in it
npm run sign-release -- --key FILE FILE...       signs latest-linux.yml and its like, in place
  A passphrase of the key is taken from POSTERN_SIGNING_PASSPHRASE.`;

/** @returns what was done, a line each. @throws Error that says what is wrong */
export function signReleases(args: readonly string[], passphrase: string | undefined): readonly string[] {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'make-keys': { type: 'string' }, key: { type: 'string' } },
  });
  const folder = values['make-keys'];
  if (folder !== undefined) return makeKeys(folder, passphrase);
  if (values.key === undefined || positionals.length === 0) throw new Error(USAGE);
  const privateKey = readPrivateKey(values.key, passphrase);
  return positionals.map((file) => signFile(file, privateKey));
}

function makeKeys(folder: string, passphrase: string | undefined): readonly string[] {
  const files = { key: path.join(folder, 'publisher.key.pem'), pub: path.join(folder, 'publisher.pub.pem') };
  for (const file of Object.values(files)) {
    if (existsSync(file)) throw new Error(`${file} is there already, and is not overwritten.`);
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const sealed = passphrase === undefined || passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase };
  writeFileSync(files.key, privateKey.export({ type: 'pkcs8', format: 'pem', ...sealed }), { mode: 0o600 });
  writeFileSync(files.pub, publicKey.export({ type: 'spki', format: 'pem' }));
  const note = passphrase === undefined ? ' It has no passphrase: keep it where nobody else reads it.' : '';
  return [`${files.key} signs.${note}`, `${files.pub} goes into packages: npm run package -- --publisher-key.`];
}

function readPrivateKey(file: string, passphrase: string | undefined): KeyObject {
  const key = createPrivateKey({
    key: readFileSync(file),
    format: 'pem',
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key.`);
  return key;
}

/** What an app would refuse to read is not signed. */
function signFile(file: string, privateKey: KeyObject): string {
  const name = path.basename(file);
  const signed = signRelease(readFileSync(file, 'utf8'), name, privateKey);
  const { version, files } = parseRelease(readSignedRelease(signed, name, [createPublicKey(privateKey)]));
  writeFileSync(file, signed);
  return `${file} is signed: version ${version}, ${files.map(({ url }) => url).join(', ')}.`;
}

if (import.meta.main) {
  try {
    const done = signReleases(process.argv.slice(2), process.env['POSTERN_SIGNING_PASSPHRASE']);
    for (const line of done) console.log(line);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
