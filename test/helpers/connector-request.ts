import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A connector's fresh key and the PKCS#10 request for it. */
export async function makeConnectorRequest(
  namedCurve: 'P-256' | 'P-384' = 'P-256',
): Promise<{ readonly pem: string; readonly privateKey: webcrypto.CryptoKey }> {
  const algorithm = { ...ALGORITHM, namedCurve };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=connector',
    keys,
    signingAlgorithm: algorithm,
  });
  return { pem: request.toString('pem'), privateKey: keys.privateKey };
}
