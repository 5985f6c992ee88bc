import { pbkdf2Sync } from 'node:crypto';
import forge from 'node-forge';
import { CERTIFICATE_LIMITS } from '../certificate-limits.ts';
import { type Checked, refused, usable } from '../certificate-problem.ts';
import type { OpenedParts } from './open-parts.ts';

// Forge takes passwords for Latin-1 here, where OpenSSL writes UTF-8, and hashes in JavaScript, which takes minutes where
// Node takes seconds.
Object.assign(forge.pkcs5, {
  pbkdf2: (password: string, salt: string, count: number, keyLength: number, md: { readonly algorithm: string }) =>
    pbkdf2Sync(password, Buffer.from(salt, 'binary'), count, keyLength, md.algorithm).toString('binary'),
});

/**
 * Opens a PFX (PKCS#12, RFC 7292), old ones with RC2 and 3DES included, as Windows and older OpenSSL write them. Node can
 * serve TLS from a PFX but shows nothing of what is in it, and its OpenSSL 3 refuses the old ones.
 */
export function openPfx(pfx: Buffer, password: string): Checked<OpenedParts> {
  if (pfx.subarray(0, 64).includes('-----BEGIN')) {
    return refused('pfx', 'This is PEM text, not a PFX. Upload it as certificate and privateKey instead.');
  }
  const length = announcedLength(pfx);
  if (length === null) return notPfx();
  if (length > pfx.length) {
    return refused('pfx', `It is cut off: ${pfx.length} of ${length} octets are there. Copy it again.`);
  }
  let structure: forge.asn1.Asn1;
  try {
    structure = forge.asn1.fromDer(forge.util.createBuffer(pfx.toString('binary')), false);
  } catch {
    return notPfx();
  }
  // An empty password and none are hashed differently, and which one is meant depends on the program that exported.
  const attempts = password === '' ? ['', undefined] : [password];
  let answer: Checked<OpenedParts> = notPfx();
  for (const attempt of attempts) {
    try {
      return collect(forge.pkcs12.pkcs12FromAsn1(structure, false, attempt));
    } catch (error) {
      answer = explain(error instanceof Error ? error.message : String(error), password);
    }
  }
  return answer;
}

function collect(pfx: forge.pkcs12.Pkcs12Pfx): Checked<OpenedParts> {
  const bags = pfx.safeContents.flatMap(({ safeBags }) => safeBags);
  const ofType = (...types: readonly (string | undefined)[]): forge.pkcs12.Bag[] =>
    bags.filter(({ type }) => types.includes(type));
  const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
  const certificates = ofType(certBag).map(({ cert, asn1 }) => toDer(cert ? forge.pki.certificateToAsn1(cert) : asn1));
  const privateKeys = ofType(keyBag, pkcs8ShroudedKeyBag).map(({ key, asn1 }) =>
    toDer(key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : asn1),
  );
  if (certificates.length === 0) return refused('pfx', 'It holds no certificate.');
  if (privateKeys.length === 0) {
    return refused('pfx', 'It holds no private key. Export it again with the option that includes the private key.');
  }
  if (certificates.length > CERTIFICATE_LIMITS.maxChainCertificates) {
    return refused('pfx', `It holds more than ${CERTIFICATE_LIMITS.maxChainCertificates} certificates.`);
  }
  return usable({ certificates, privateKeys });
}

/** The length of the SEQUENCE that a PFX is (X.690 section 8.1.3); 0 where it is open, null where it is none. */
function announcedLength(pfx: Buffer): number | null {
  const [tag, first = 0] = pfx;
  if (tag !== 0x30) return null;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  if (octets === 0) return 0;
  return octets > 4 || pfx.length < 2 + octets ? null : 2 + octets + pfx.readUIntBE(2, octets);
}

function toDer(structure: forge.asn1.Asn1): Uint8Array {
  return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'binary');
}

/** Forge tells its failures apart by text alone. */
function explain(message: string, password: string): Checked<never> {
  if (/invalid password/i.test(message)) {
    return password === ''
      ? refused('password', 'The PFX has a password. Give it.')
      : refused('password', 'The PFX does not open with this password.');
  }
  if (/not an? PKCS#12|unsupported version/i.test(message)) return notPfx();
  if (/unsupported|cannot read (?:encrypted )?PBE|OID/i.test(message)) {
    return refused(
      'pfx',
      'It is encrypted in a way that is not known here. Export it with AES-256 and SHA-256, or with 3DES, or upload PEM.',
    );
  }
  return refused('password', 'The PFX does not open with this password, or it is damaged.');
}

function notPfx(): Checked<never> {
  return refused('pfx', 'It is not a PFX (PKCS#12) file in base64.');
}
