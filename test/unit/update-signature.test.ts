import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { signReleases } from '../../scripts/sign-release.ts';
import { restartArguments } from '../../src-main/app/restart-arguments.ts';
import { readPublisher } from '../../src-main/app/updates/publisher.ts';
import { parseRelease, releaseFileName } from '../../src-main/app/updates/release.ts';
import { readSignedRelease, signRelease } from '../../src-main/app/updates/release-signature.ts';
import { isCheckDue } from '../../src-main/app/updates/update-timing.ts';
import { isFeedUrl } from '../../src-shared/updates/update-state.ts';

const FILE = 'latest-linux.yml';
const SHA512 = `${'A'.repeat(86)}==`;
const BODY = `version: 1.2.3\nfiles:\n  - url: postern_1.2.3_amd64.deb\n    sha512: ${SHA512}\n    size: 1000\n`;
const own = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-signing-'));
  folders.push(folder);
  return folder;
}

describe('what describes a release', () => {
  const signed = signRelease(BODY, FILE, own.privateKey);

  test('is read where one of the publisher’s keys has signed it', () => {
    expect(readSignedRelease(signed, FILE, [own.publicKey])).toBe(BODY);
    expect(readSignedRelease(signed, FILE, [other.publicKey, own.publicKey])).toBe(BODY);
    // Signed once more it has one signature, not two.
    expect(readSignedRelease(signRelease(signed, FILE, own.privateKey), FILE, [own.publicKey])).toBe(BODY);
  });

  test.for([
    ['by somebody else', signRelease(BODY, FILE, other.privateKey), FILE],
    ['for another system', signRelease(BODY, 'latest.yml', own.privateKey), FILE],
    ['not at all', BODY, FILE],
    ['before one octet was changed', signed.replace('1000', '1001'), FILE],
    ['with a line before the signature', `\n${signed}`, FILE],
    ['with a signature cut short', signed.replace('== \n', '\n').replace(/.==\n/, '==\n'), FILE],
    ['but has lost its end', signed.slice(0, -1), FILE],
  ] as const)('is refused where it was signed %s', ([, text, file]) => {
    expect(() => readSignedRelease(text, file, [own.publicKey])).toThrow(
      expect.objectContaining({ code: 'UPDATE_SIGNATURE_WRONG' }),
    );
  });

  test('is believed from nobody where there is no publisher', () => {
    expect(() => readSignedRelease(signed, FILE, [])).toThrow(
      expect.objectContaining({ code: 'UPDATE_SIGNATURE_WRONG' }),
    );
  });

  test('names versions, hashes, sizes and files beside it, and is refused where it does not', () => {
    expect(parseRelease(BODY)).toMatchObject({ version: '1.2.3', notes: '', releasedAtMs: null });
    const dated = parseRelease(`${BODY}releaseDate: '2026-11-20T08:00:00.000Z'\nreleaseNotes: "  Less waiting.\\n"\n`);
    expect(dated).toMatchObject({ notes: 'Less waiting.', releasedAtMs: Date.UTC(2026, 10, 20, 8) });
    const bad = [
      BODY.replace('1.2.3\n', 'newest\n'),
      BODY.replace('postern_1.2.3_amd64.deb', '../../etc/passwd'),
      BODY.replace('postern_1.2.3_amd64.deb', 'https://elsewhere.example.com/postern.deb'),
      BODY.replace('size: 1000', 'size: 99999999999'),
      BODY.replace('size: 1000', 'size: 0'),
      BODY.replace(SHA512, 'AAAA'),
      BODY.replace(/files:[^]*/, 'files: []\n'),
      '{',
      '',
      `a: &a [x]\nb: *a\n${BODY}`,
    ];
    for (const text of bad) {
      expect(() => parseRelease(text)).toThrow(expect.objectContaining({ code: 'UPDATE_FEED_INVALID' }));
    }
  });

  test('has a name for each system', () => {
    expect(releaseFileName('linux', 'x64')).toBe('latest-linux.yml');
    expect(releaseFileName('linux', 'arm64')).toBe('latest-linux-arm64.yml');
    expect(releaseFileName('win32', 'x64')).toBe('latest.yml');
    expect(releaseFileName('darwin', 'arm64')).toBe('latest-mac.yml');
  });
});

test('the tool makes keys once, signs in place with a passphrase, and signs nothing that an app would refuse', () => {
  const folder = makeFolder();
  const passphrase = 'pass-of-the-publisher';
  signReleases(['--make-keys', folder], passphrase);
  expect(() => signReleases(['--make-keys', folder], passphrase)).toThrow('is there already');
  const key = path.join(folder, 'publisher.key.pem');
  expect(readFileSync(key, 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
  const file = path.join(folder, FILE);
  writeFileSync(file, BODY);
  expect(() => signReleases(['--key', key, file], 'another')).toThrow(/decrypt|passphrase/i);
  expect(readFileSync(file, 'utf8')).toBe(BODY);
  expect(signReleases(['--key', key, file], passphrase)).toEqual([
    `${file} is signed: version 1.2.3, postern_1.2.3_amd64.deb.`,
  ]);
  const publicKey = readFileSync(path.join(folder, 'publisher.pub.pem'), 'utf8').replaceAll(/-----[^-]+-----|\s/g, '');
  const packageFile = path.join(folder, 'package.json');
  writeFileSync(packageFile, JSON.stringify({ postern: { feedUrl: 'https://u/', publisherKeys: { 0: publicKey } } }));
  const publisher = readPublisher(packageFile);
  expect(publisher).toMatchObject({ feedUrl: 'https://u/', isForTests: false });
  expect(readSignedRelease(readFileSync(file, 'utf8'), FILE, publisher.publicKeys)).toBe(BODY);
  writeFileSync(file, BODY.replace('size: 1000', ''));
  expect(() => signReleases(['--key', key, file], passphrase)).toThrow('The feed is wrong at files.0.size');
});

test('a package without a publisher believes nobody', () => {
  const file = path.join(makeFolder(), 'package.json');
  writeFileSync(file, '{"name":"postern"}');
  expect(readPublisher(file)).toEqual({ feedUrl: null, publicKeys: [], isForTests: false });
});

test('the feed is asked once a day, after a failure once an hour, and when the clock was put back', () => {
  const hours = (count: number): number => count * 3_600_000;
  expect(isCheckDue(null, 0)).toBe(true);
  expect(isCheckDue({ atMs: 0, outcome: 'newest' }, hours(23.9))).toBe(false);
  expect(isCheckDue({ atMs: 0, outcome: 'newer' }, hours(24))).toBe(true);
  expect(isCheckDue({ atMs: 0, outcome: 'failed' }, hours(0.9))).toBe(false);
  expect(isCheckDue({ atMs: 0, outcome: 'failed' }, hours(1))).toBe(true);
  expect(isCheckDue({ atMs: hours(5), outcome: 'newest' }, hours(4))).toBe(true);
});

test('the new version starts with the flags of the old one, and visible', () => {
  const argv = ['/opt/Postern/postern', '--hidden', '--password-store=basic'];
  expect(restartArguments(argv)).toEqual(['--password-store=basic']);
});

test('a feed has an https address with no password in it', () => {
  expect(isFeedUrl('https://updates.example.com/postern/')).toBe(true);
  const others = ['http://updates.example.com/', 'https://u:p@updates.example.com/', 'updates', 'file:///etc/', ''];
  expect(others.filter(isFeedUrl)).toEqual([]);
});
