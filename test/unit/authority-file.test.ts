import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { readAuthorityFile } from '../../src-main/app/authority-file.ts';
import { makeAuthority, type TestAuthority } from '../helpers/make-authority.ts';

const DAY_MS = 86_400_000;

let authority: TestAuthority;

beforeAll(async () => {
  authority = await makeAuthority('Company authority');
});

function read(content: string | Buffer, nowMs = Date.now()): string {
  return readAuthorityFile(Buffer.from(content), nowMs);
}

test('B69 an authority as Windows exports it, in DER, was said to be no certificate', () => {
  const { raw } = new X509Certificate(authority.cert);
  expect(new X509Certificate(read(raw)).subject).toBe('CN=Company authority');
});

test('B69 a private key that was chosen by mistake was said to be no certificate, and no more', async () => {
  const { cert, key } = await authority.issue(['proxy.corp']);
  expect(() => read(key)).toThrow('There is a private key in it, and no certificate.');
  expect(read(key + cert)).not.toContain('PRIVATE KEY');
});

test('B69 an authority that has expired was taken as if it helped', () => {
  expect(() => read(authority.cert, Date.now() + 91 * DAY_MS)).toThrow(/Company authority expired on \d+ \w+ \d+/);
});

test.each([
  ['a text', 'hello'],
  ['nothing', ''],
  ['a request for a certificate', '-----BEGIN CERTIFICATE REQUEST-----\nMII=\n-----END CERTIFICATE REQUEST-----'],
])('B69 %s is no certificate', (_what, content) => {
  expect(() => read(content)).toThrow('There is no certificate in it.');
});

test('B69 several are read together, and one that is damaged is told', async () => {
  const other = await makeAuthority('Other authority');
  expect(read(`${authority.cert}\n# and\n${other.cert}`).match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  const damaged = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
  expect(() => read(`${authority.cert}\n${damaged}`)).toThrow('A certificate in it is damaged.');
});
