import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { CERTIFICATE_LIMITS } from '../../src-service/certificates/certificate-limits.ts';
import { coversHost } from '../../src-service/certificates/certificate-names.ts';
import type { Checked } from '../../src-service/certificates/certificate-problem.ts';
import { type CheckedCertificate, checkCertificate } from '../../src-service/certificates/check-certificate.ts';
import { openPem } from '../../src-service/certificates/opening/open-pem.ts';
import { openPfx } from '../../src-service/certificates/opening/open-pfx.ts';
import { type CertificateUpload, openUpload, readParts } from '../../src-service/certificates/open-upload.ts';
import { type TestAuthority, makeAuthority } from '../helpers/make-authority.ts';
import type { TestCertificate } from '../helpers/make-certificate.ts';
import { makePfx } from '../helpers/make-pfx.ts';

const DAY_MS = 86_400_000;
const now = Date.now();

let root: TestAuthority;
let issuing: TestAuthority;
let leaf: TestCertificate;

beforeAll(async () => {
  root = await makeAuthority('Contoso root');
  issuing = await (await root.intermediate('Contoso policy')).intermediate('Contoso issuing');
  leaf = await root.issue(['portal.contoso.example', '*.apps.contoso.example']);
});

/** In this thread, which is quicker; one test sees to the thread. */
function check(upload: CertificateUpload, hostname?: string): Checked<CheckedCertificate> {
  const opened =
    upload.kind === 'pem'
      ? openPem(upload.certificate, upload.privateKey, upload.passphrase)
      : openPfx(Buffer.from(upload.pfx), upload.password);
  const read = opened.isUsable ? readParts(opened.value) : opened;
  const hostnames = hostname === undefined ? undefined : [hostname];
  return read.isUsable ? checkCertificate(read.value, { nowMs: now, hostnames }) : read;
}

function pem(certificate: string, privateKey: string, passphrase: string | null = null): CertificateUpload {
  return { kind: 'pem', certificate, privateKey, passphrase };
}

/** `part: message` of each problem, in lines; empty when there is none. */
function problemsOf(upload: CertificateUpload, hostname?: string): string {
  const checked = check(upload, hostname);
  return checked.isUsable ? '' : checked.problems.map(({ part, message }) => `${part}: ${message}`).join('\n');
}

describe('which hosts a certificate covers', () => {
  test.each([
    ['portal.example.com', 'portal.example.com', true],
    ['*.example.com', 'portal.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.portal.example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', '*.sales.example.com', false],
    ['*.com', 'example.com', false],
    ['*', 'localhost', false],
    ['p*.example.com', 'portal.example.com', false],
    ['*.*.example.com', 'a.b.example.com', false],
    ['portal.example.com', 'portal.example.com.evil.test', false],
  ])('%s for %s: %s', (name, hostname, isCovered) => {
    expect(coversHost([name], hostname)).toBe(isCovered);
  });
});

describe('PEM', () => {
  test('a certificate with its root is taken; the root is not sent', async () => {
    const checked = check(pem(leaf.cert + root.cert, leaf.key), 'x.apps.contoso.example');
    expect(checked).toMatchObject({ isUsable: true, value: { warnings: [] } });
    expect(checked.isUsable && checked.value.chain).toHaveLength(1);
  });

  test('a chain in any order, with strangers in it, is sorted', async () => {
    const policy = await root.intermediate('Second policy');
    const below = await policy.intermediate('Second issuing');
    const server = await below.issue(['a.example']);
    const upload = pem([policy.cert, root.cert, issuing.cert, server.cert, below.cert].join('\n'), server.key);
    const checked = check(upload);
    const subjects = checked.isUsable && checked.value.chain.map(({ subject }) => subject);
    expect(subjects).toEqual(['CN=a.example', 'CN=Second issuing', 'CN=Second policy']);
  });

  test('a missing intermediate or root is named', async () => {
    const server = await issuing.issue(['a.example']);
    expect(problemsOf(pem(server.cert + root.cert, server.key))).toMatch(
      /^certificate: The chain is not complete: the certificate of its issuer "CN=Contoso issuing" is missing/,
    );
    expect(problemsOf(pem(server.cert + issuing.cert, server.key))).toMatch(/"CN=Contoso policy" is missing/);
  });

  test('one that vouches for itself is taken with a warning', async () => {
    const { makeCertificate } = await import('../helpers/make-certificate.ts');
    const { cert, key } = await makeCertificate(['a.example'], []);
    const checked = check(pem(cert, key));
    expect(checked.isUsable && checked.value.warnings.join()).toMatch(/vouches for itself/);
  });

  test('another key is refused', async () => {
    const other = await root.issue(['other.example']);
    expect(problemsOf(pem(leaf.cert + root.cert, other.key))).toMatch(
      /^privateKey: The private key belongs to none of the certificates \(CN=portal\.contoso\.example; CN=Contoso root\)/,
    );
  });

  test('everything that is wrong is said at once: host, expiry, chain', async () => {
    const old = await issuing.issue(['old.example'], { notAfter: new Date(now - DAY_MS) });
    const problems = problemsOf(pem(old.cert, old.key), 'portal.example');
    expect(problems).toMatch(/^certificate: It expired on \d{4}-/m);
    expect(problems).toMatch(/^certificate: It does not cover portal\.example, but old\.example\./m);
    expect(problems).toMatch(/^certificate: The chain is not complete/m);
  });

  test('not valid yet, without names, not for servers', async () => {
    const later = await root.issue(['a.example'], { notBefore: new Date(now + DAY_MS) });
    expect(problemsOf(pem(later.cert + root.cert, later.key))).toMatch(/It is not valid before/);
    const nameless = await root.issue([]);
    expect(problemsOf(pem(nameless.cert + root.cert, nameless.key))).toMatch(/It names no host/);
    const client = await root.issue(['a.example'], { usages: ['1.3.6.1.5.5.7.3.2'] });
    expect(problemsOf(pem(client.cert + root.cert, client.key))).toMatch(/lacks serverAuth/);
  });

  test('expiring within 30 days is a warning', async () => {
    const soon = await root.issue(['a.example'], { notAfter: new Date(now + 10.5 * DAY_MS) });
    const checked = check(pem(soon.cert + root.cert, soon.key));
    expect(checked.isUsable && checked.value.warnings).toEqual([expect.stringMatching(/expires in 10 days, on/)]);
  });

  test('RSA of 2048 bits and the curves of browsers are taken, shorter and other keys refused', async () => {
    const rsa = (modulusLength: number): never =>
      ({
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength,
        publicExponent: new Uint8Array([1, 0, 1]),
      }) as never;
    const strong = await root.issue(['a.example'], { algorithm: rsa(2048) });
    expect(problemsOf(pem(strong.cert + root.cert, strong.key))).toBe('');
    const weak = await root.issue(['a.example'], { algorithm: rsa(1024) });
    expect(problemsOf(pem(weak.cert + root.cert, weak.key))).toMatch(/RSA key has 1024 bits/);
    const p384 = await root.issue(['a.example'], {
      algorithm: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    });
    expect(problemsOf(pem(p384.cert + root.cert, p384.key))).toBe('');
    const edwards = await root.issue(['a.example'], { algorithm: { name: 'Ed25519' } as never });
    expect(problemsOf(pem(edwards.cert + root.cert, edwards.key))).toMatch(/a key of the kind ed25519/);
  });

  test('an encrypted key needs its passphrase', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const encrypted = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' });
    const upload = (passphrase: string | null): CertificateUpload => pem(leaf.cert, String(encrypted), passphrase);
    expect(problemsOf(upload(null))).toBe('passphrase: The private key is encrypted. Give its passphrase.');
    expect(problemsOf(upload('wrong'))).toBe('passphrase: The private key does not open with this passphrase.');
    expect(problemsOf(upload('secret'))).toMatch(/^privateKey: The private key belongs to none/);
  });

  test('what is no PEM is told apart', async () => {
    expect(problemsOf(pem('hello', 'hello'))).toMatch(
      /^certificate: It holds no certificate.*\nprivateKey: It holds no/,
    );
    const damaged = leaf.cert.replace(/\n[A-Za-z\d]{5}/, '\n#####');
    expect(problemsOf(pem(damaged, leaf.key))).toMatch(/^certificate: Certificate 1 of 1 in it is damaged/);
    const request = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----';
    expect(problemsOf(pem(request, leaf.key))).toMatch(/This is a certificate request/);
    expect(problemsOf(pem(leaf.cert.repeat(21), leaf.key))).toMatch(/more than 20 certificates/);
  });
});

describe('PFX', () => {
  const pfx = (bytes: Uint8Array, password: string): CertificateUpload => ({ kind: 'pfx', pfx: bytes, password });

  test.each([
    ['as OpenSSL 3 makes it', []],
    ['with RC2 and 3DES, as older programs do', ['-legacy']],
    [
      'with 3DES and SHA-1, as Windows does',
      ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
    ],
  ])('%s, with EC and RSA keys', async (_, flags) => {
    const rsa = await root.issue(['a.example'], {
      algorithm: {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
      } as never,
    });
    for (const { cert, key } of [leaf, rsa]) {
      const bytes = makePfx([cert, root.cert], key, 'pä55 word', flags);
      const checked = check(pfx(bytes, 'pä55 word'));
      expect(checked.isUsable && checked.value.chain.map(String)).toEqual([`${cert.trim()}\n`]);
      expect(problemsOf(pfx(bytes, 'wrong'))).toBe('password: The PFX does not open with this password.');
      expect(problemsOf(pfx(bytes, ''))).toBe('password: The PFX has a password. Give it.');
    }
  });

  test('without a password', async () => {
    expect(problemsOf(pfx(makePfx([leaf.cert, root.cert], leaf.key, ''), ''))).toBe('');
  });

  test('what is no PFX, is damaged, or has no key is told apart', async () => {
    const whole = makePfx([leaf.cert, root.cert], leaf.key, 'x');
    expect(problemsOf(pfx(Buffer.from('hello'), 'x'))).toBe('pfx: It is not a PFX (PKCS#12) file in base64.');
    expect(problemsOf(pfx(Buffer.from(leaf.cert), 'x'))).toMatch(/^pfx: This is PEM text/);
    expect(problemsOf(pfx(whole.subarray(0, 400), 'x'))).toMatch(/^pfx: It is cut off: 400 of \d+ octets/);
    const damaged = Buffer.from(whole);
    damaged[whole.length >> 1] = (damaged[whole.length >> 1] ?? 0) ^ 0xff;
    expect(problemsOf(pfx(damaged, 'x'))).toMatch(/^(?:password|pfx): /);
    expect(problemsOf(pfx(makePfx([leaf.cert], leaf.key, 'x', ['-nokeys']), 'x'))).toMatch(/no private key/);
  });
});

describe('the thread that opens uploads', () => {
  test('gives back what it opened, and refuses what is too large or hashes for too long', async () => {
    const bytes = makePfx([leaf.cert, root.cert], leaf.key, 'x');
    const opened = await openUpload({ kind: 'pfx', pfx: bytes, password: 'x' });
    expect(opened.isUsable && checkCertificate(opened.value, { nowMs: now }).isUsable).toBe(true);
    const large = await openUpload(pem('x'.repeat(CERTIFICATE_LIMITS.maxUploadBytes), leaf.key));
    expect(large).toMatchObject({ isUsable: false, problems: [{ part: 'certificate' }] });
    const iterations = { asMade: '02030186a0', endless: '02037fffff' };
    const costly = makePfx([leaf.cert], leaf.key, 'x', ['-iter', '100000']).toString('hex');
    const endless = Buffer.from(costly.replaceAll(iterations.asMade, iterations.endless), 'hex');
    expect(await openUpload({ kind: 'pfx', pfx: endless, password: 'x' }, 1000)).toEqual({
      isUsable: false,
      problems: [{ part: 'pfx', message: expect.stringMatching(/took longer than 1 s/) }],
    });
  });
});
