import { X509Certificate, createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { checkCertificate } from '../../src-service/certificates/check-certificate.ts';
import { readParts } from '../../src-service/certificates/open-upload.ts';
import { openPem } from '../../src-service/certificates/opening/open-pem.ts';
import { openPfx } from '../../src-service/certificates/opening/open-pfx.ts';
import type { OpenedParts } from '../../src-service/certificates/opening/open-parts.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { makePfx } from '../helpers/make-pfx.ts';

/** Octets to overwrite: where, as a part of the whole, and with what. */
const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
  minLength: 1,
  maxLength: 6,
});

let parts: OpenedParts;
let pfx: Buffer;

beforeAll(async () => {
  const root = await makeAuthority('Root');
  const leaf = await root.issue(['portal.example', '*.apps.example'], { usages: ['1.3.6.1.5.5.7.3.1'] });
  parts = {
    certificates: [leaf.cert, root.cert].map((pem) => new X509Certificate(pem).raw),
    privateKeys: [createPrivateKey(leaf.key).export({ format: 'der', type: 'pkcs8' })],
  };
  // Neither encrypted nor authenticated, so that damage reaches what is inside.
  pfx = makePfx([leaf.cert, root.cert], leaf.key, '', ['-keypbe', 'NONE', '-certpbe', 'NONE', '-nomac']);
});

function damaged(octets: Uint8Array, changes: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(octets);
  for (const [place, value] of changes) copy[Math.floor(place * copy.length)] = value;
  return copy;
}

function check(opened: ReturnType<typeof openPfx>): void {
  const read = opened.isUsable ? readParts(opened.value) : opened;
  if (read.isUsable) checkCertificate(read.value, { nowMs: Date.now(), hostnames: ['portal.example'] });
}

test('a damaged certificate or key is refused or taken, and never fails', () => {
  fc.assert(
    fc.property(damage, damage, fc.boolean(), (leafChanges, keyChanges, isKeyDamaged) => {
      const [leaf = new Uint8Array(), root = new Uint8Array()] = parts.certificates;
      const [key = new Uint8Array()] = parts.privateKeys;
      const privateKeys = [isKeyDamaged ? damaged(key, keyChanges) : key];
      check({ isUsable: true, value: { certificates: [damaged(leaf, leafChanges), root], privateKeys } });
    }),
    { numRuns: 1500 },
  );
});

test('a damaged PFX is refused or taken, and never fails', () => {
  expect(openPfx(pfx, '').isUsable).toBe(true);
  fc.assert(
    fc.property(damage, (changes) => check(openPfx(damaged(pfx, changes), ''))),
    { numRuns: 1500 },
  );
});

test('any texts are refused as PEM', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.option(fc.string()), (certificate, key, passphrase) => {
      expect(openPem(certificate, key, passphrase).isUsable).toBe(false);
    }),
  );
});
