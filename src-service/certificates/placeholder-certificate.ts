import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { ListenerCertificates } from './listener-certificates.ts';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR_MS = 365 * 86_400_000;

/**
 * What a client gets that names no host, or one without a certificate, where the configuration names none: TLS wants
 * something, and nobody should take it for real. Made anew at each start.
 */
export async function makePlaceholder(nowMs: number): Promise<ListenerCertificates['fallback']> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Postern has no certificate for this host',
    keys,
    notBefore: new Date(nowMs - YEAR_MS),
    notAfter: new Date(nowMs + 10 * YEAR_MS),
    signingAlgorithm: KEY_ALGORITHM,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g)?.join('\n');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  };
}
