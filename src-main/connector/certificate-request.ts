// @peculiar/x509 resolves its parts by decorators, which need this first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const PEM_LINE_CHARACTERS = 64;

/** A key pair's private half, PKCS#8 in PEM, and the request for it, PKCS#10 in PEM. */
export interface CertificateRequest {
  readonly privateKey: string;
  readonly certificateSigningRequest: string;
}

/**
 * Makes an EC P-256 key and a PKCS#10 request for it (RFC 2986). The subject says nothing: the service names the connector.
 * @returns the key as PKCS#8 in PEM, the request in PEM.
 */
export async function makeCertificateSigningRequest(): Promise<CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=Postern connector',
    keys,
    signingAlgorithm: KEY_ALGORITHM,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    privateKey: toPem('PRIVATE KEY', new Uint8Array(pkcs8)),
    certificateSigningRequest: request.toString('pem'),
  };
}

function toPem(label: string, octets: Uint8Array): string {
  const text = Buffer.from(octets).toString('base64');
  const lines = text.match(new RegExp(`.{1,${PEM_LINE_CHARACTERS}}`, 'g')) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
