import type { KeyObject, X509Certificate } from 'node:crypto';
import { type SecureContext, createSecureContext } from 'node:tls';
import { readDnsNames } from './describe-certificate.ts';

/** The id of the certificate that the configuration names. */
export const CONFIGURED_CERTIFICATE_ID = 'configuration';

export const MIN_TLS_VERSION = 'TLSv1.2';

/** A certificate that is ready for handshakes. Its private key is within the context and nowhere else. */
export interface ServedCertificate {
  readonly id: string;
  readonly source: 'configuration' | 'upload' | 'acme';
  /** The server's own first, each followed by its issuer. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /** DNS names in lower case. */
  readonly names: readonly string[];
  readonly keyType: string;
  readonly expiresAtMs: number;
  readonly createdAtMs: number | null;
  readonly context: SecureContext;
}

/** Makes the TLS context, once for each certificate. @throws what OpenSSL says where key and chain can't be used */
export function makeServedCertificate(
  place: Pick<ServedCertificate, 'id' | 'source' | 'createdAtMs'>,
  chain: readonly X509Certificate[],
  privateKey: KeyObject,
): ServedCertificate {
  const [leaf, ...issuers] = chain;
  if (leaf === undefined) throw new RangeError('A chain has at least one certificate.');
  const details = privateKey.asymmetricKeyDetails;
  return {
    ...place,
    chain: [leaf, ...issuers],
    names: readDnsNames(leaf),
    keyType:
      `${privateKey.asymmetricKeyType?.toUpperCase()} ${details?.namedCurve ?? details?.modulusLength ?? ''}`.trim(),
    expiresAtMs: leaf.validToDate.getTime(),
    context: createSecureContext({ ...pemOf(chain, privateKey), minVersion: MIN_TLS_VERSION }),
  };
}

export function pemOf(
  chain: readonly X509Certificate[],
  privateKey: KeyObject,
): { readonly cert: string; readonly key: string } {
  return {
    cert: chain.map((certificate) => certificate.toString()).join(''),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}
