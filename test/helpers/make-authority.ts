import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { TestCertificate } from './make-certificate.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

export interface IssueOptions {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Of the key; P-256 where absent. */
  readonly algorithm?: RsaHashedKeyGenParams | EcKeyGenParams;
  /** Extended key usages, object identifiers. */
  readonly usages?: readonly string[];
}

type RsaHashedKeyGenParams = webcrypto.RsaHashedKeyGenParams;
type EcKeyGenParams = webcrypto.EcKeyGenParams & { readonly hash: string };

/** A certificate authority for tests. */
export interface TestAuthority {
  /** Its own certificate, PEM. */
  readonly cert: string;
  /** An authority below this one. */
  intermediate(name: string): Promise<TestAuthority>;
  /** Issues a server certificate for host names and IPv4 addresses. */
  issue(names: readonly string[], options?: IssueOptions): Promise<TestCertificate>;
}

export async function makeAuthority(name: string): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  return authority(name, keys, `CN=${name}`, keys.privateKey);
}

async function authority(
  name: string,
  keys: webcrypto.CryptoKeyPair,
  issuer: string,
  issuerKey: webcrypto.CryptoKey,
): Promise<TestAuthority> {
  const subject = `CN=${name}`;
  const make = (
    subject: string,
    issuer: string,
    publicKey: webcrypto.CryptoKey,
    signingKey: webcrypto.CryptoKey,
    extensions: Extension[],
    {
      notBefore = new Date(Date.now() - 10 * DAY_MS),
      notAfter = new Date(Date.now() + 90 * DAY_MS),
    }: IssueOptions = {},
  ): Promise<{ toString(format: 'pem'): string }> =>
    X509CertificateGenerator.create({
      subject,
      issuer,
      notBefore,
      notAfter,
      publicKey,
      signingKey,
      signingAlgorithm: P256,
      extensions,
    });
  const own = await make(subject, issuer, keys.publicKey, issuerKey, [
    new BasicConstraintsExtension(true, undefined, true),
  ]);
  return {
    cert: own.toString('pem'),
    intermediate: async (name) => {
      const below = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
      return authority(name, below, subject, keys.privateKey);
    },
    issue: async (names, options = {}) => {
      const pair = await webcrypto.subtle.generateKey(options.algorithm ?? P256, true, ['sign', 'verify']);
      const extensions: Extension[] = [new BasicConstraintsExtension(false)];
      if (names.length > 0) {
        extensions.push(
          new SubjectAlternativeNameExtension(
            names.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
          ),
        );
      }
      if (options.usages !== undefined) extensions.push(new ExtendedKeyUsageExtension([...options.usages]));
      const leaf = await make(
        `CN=${names[0] ?? 'nameless'}`,
        subject,
        pair.publicKey,
        keys.privateKey,
        extensions,
        options,
      );
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64');
      return {
        cert: leaf.toString('pem'),
        key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}
