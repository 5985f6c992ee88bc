// @peculiar/x509 asks for it before it is loaded itself.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as x509 from '@peculiar/x509';

/** Files of the trial's certificates, PEM. */
export interface TrialCertificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Browsers refuse leaves that live longer than 398 days. */
const LEAF_DAYS = 397;
const RENEW_BEFORE_MS = 7 * DAY_MS;
const DNS_NAMES = ['localhost', 'postern.localhost', '*.postern.localhost'];

/**
 * The CA and the leaf for this machine's names, made at the first start and kept. The key of the CA is thrown away once
 * the leaf is signed, so that trusting the CA in a browser lets nobody sign another name later.
 */
export async function ensureCertificates(folder: string, now: Date): Promise<TrialCertificates> {
  const files = {
    caFile: join(folder, 'ca.pem'),
    certificateFile: join(folder, 'certificate.pem'),
    keyFile: join(folder, 'key.pem'),
  };
  if (isStillGood(files, now)) return files;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const notBefore = new Date(now.getTime() - DAY_MS);
  const notAfter = new Date(now.getTime() + LEAF_DAYS * DAY_MS);
  const caKeys = await makeKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Postern trial CA',
    keys: caKeys,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leafKeys = await makeKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: ca.subject,
    signingKey: caKeys.privateKey,
    publicKey: leafKeys.publicKey,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...DNS_NAMES.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip' as const, value: '127.0.0.1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
  writeFileSync(files.keyFile, x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), { mode: 0o600 });
  chmodSync(files.keyFile, 0o600);
  writeFileSync(files.certificateFile, `${leaf.toString('pem')}\n`);
  writeFileSync(files.caFile, `${ca.toString('pem')}\n`);
  return files;
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function isStillGood(files: TrialCertificates, now: Date): boolean {
  if (!Object.values(files).every((file: string) => existsSync(file))) return false;
  const leaf = new x509.X509Certificate(readFileSync(files.certificateFile, 'utf8'));
  return leaf.notAfter.getTime() - now.getTime() > RENEW_BEFORE_MS;
}
