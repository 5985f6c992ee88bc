import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type JWTPayload, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { PROOF_TYPE } from '../../src-shared/wire/control.ts';
import type { KeyPurpose, KeyRecord } from '../store/key-records.ts';

const DAY_MS = 86_400_000;
/** How long a connector's certificate is good. */
export const CONNECTOR_CERTIFICATE_MS: number = 30 * DAY_MS;
const AUTHORITY_CERTIFICATE_DAYS = 20 * 365;
/** Certificates begin this much in the past, for connectors and services whose clocks differ. */
const BACKDATE_MS = 5 * 60_000;
const MAX_PROOF_CERTIFICATES = 4;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** What the authority needs of the store. */
export interface AuthorityKeys {
  list(purpose: KeyPurpose): Promise<readonly KeyRecord[]>;
  add(purpose: KeyPurpose, secret: Uint8Array, publicText: string | null): Promise<void>;
}

export interface IssuedCertificate {
  /** Leaf first, then the authority; PEM each. */
  readonly certificateChain: readonly string[];
  readonly expiryMs: number;
  readonly serialNumber: string;
}

export interface ProvenConnector {
  readonly connectorId: string;
  readonly serialNumber: string;
}

interface AuthorityKey {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

/**
 * The certificate authority of the connectors: signs their requests and checks their proofs. ES256 throughout. Trusts no
 * other authority, and looks nothing up: whether a connector still exists is the caller's to ask.
 */
export class ConnectorAuthority {
  /** Newest first; the first signs, all are believed. */
  readonly #keys: readonly AuthorityKey[];
  readonly #clock: () => number;

  private constructor(keys: readonly AuthorityKey[], clock: () => number) {
    this.#keys = keys;
    this.#clock = clock;
  }

  /** Opens the authority; makes its key and certificate at the first start. */
  static async open(keys: AuthorityKeys, clock: () => number): Promise<ConnectorAuthority> {
    let records = await keys.list('connector-authority');
    if (records.length === 0) {
      await makeAuthorityKey(keys, clock());
      records = await keys.list('connector-authority');
    }
    return new ConnectorAuthority(await Promise.all(records.map(readAuthorityKey)), clock);
  }

  /**
   * Signs a connector's request. Of the request only the key counts; the names are the authority's to give.
   * @throws PosternError `ENROLMENT_REQUEST_INVALID` unless it is PKCS#10, P-256, and signed by its own key.
   */
  async signRequest(csrPem: string, connectorId: string): Promise<IssuedCertificate> {
    const publicKey = await readRequest(csrPem);
    const signer = this.#signer();
    const nowMs = this.#clock();
    // Certificates count in whole seconds (RFC 5280, section 4.1.2.5).
    const expiryMs = Math.floor(nowMs / 1000) * 1000 + CONNECTOR_CERTIFICATE_MS;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: makeSerialNumber(),
      subject: [{ CN: [connectorId] }],
      issuer: signer.certificate.subjectName,
      notBefore: new Date(nowMs - BACKDATE_MS),
      notAfter: new Date(expiryMs),
      publicKey,
      signingKey: signer.privateKey,
      signingAlgorithm: KEY_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([CLIENT_AUTHENTICATION], true),
        await x509.AuthorityKeyIdentifierExtension.create(signer.certificate.publicKey),
      ],
    });
    return {
      certificateChain: [certificate.toString('pem'), signer.certificate.toString('pem')],
      expiryMs,
      serialNumber: certificate.serialNumber,
    };
  }

  /**
   * Checks a proof: `x5c` leads to this authority, the certificate is valid now, its key signed the JWT over the
   * audience and the nonce, and `sub` is the connector that it was issued to. Freshness comes from the nonce, so that
   * the connector's clock doesn't matter.
   * @throws PosternError `TUNNEL_AUTHENTICATION`, `TUNNEL_EXPIRED`
   */
  async verifyProof(
    jwt: string,
    expected: { readonly audience: string; readonly nonce: string },
  ): Promise<ProvenConnector> {
    const leaf = readLeaf(jwt);
    await this.#requireIssued(leaf);
    const payload = await verifySignature(jwt, leaf, expected.audience);
    if (payload['nonce'] !== expected.nonce) throw refused('it was made for another connection');
    const connectorId = leaf.subjectName.getField('CN')[0];
    if (connectorId === undefined || payload.sub !== connectorId) {
      throw refused('it names another connector than its certificate does');
    }
    const nowMs = this.#clock();
    if (leaf.notAfter.getTime() < nowMs) {
      throw new PosternError('TUNNEL_EXPIRED', {
        message: `The certificate of the connector expired on ${leaf.notAfter.toISOString()}. Enrol the connector again.`,
      });
    }
    if (leaf.notBefore.getTime() > nowMs)
      throw refused('its certificate is not valid yet: check the clock of the service');
    return { connectorId, serialNumber: leaf.serialNumber };
  }

  async #requireIssued(leaf: x509.X509Certificate): Promise<void> {
    const usage = leaf.getExtension(x509.ExtendedKeyUsageExtension);
    if (!usage?.usages.some((each) => String(each) === CLIENT_AUTHENTICATION)) {
      throw refused('its certificate is not one for connectors');
    }
    for (const { certificate } of this.#keys) {
      if (leaf.issuer !== certificate.subject) continue;
      if (await leaf.verify({ publicKey: certificate.publicKey, signatureOnly: true }).catch(() => false)) return;
    }
    throw refused('its certificate was not issued by this service');
  }

  #signer(): AuthorityKey {
    const [newest] = this.#keys;
    if (newest === undefined) throw new RangeError('The connector authority has no key.');
    return newest;
  }
}

async function makeAuthorityKey(keys: AuthorityKeys, nowMs: number): Promise<void> {
  const pair = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const serialNumber = makeSerialNumber();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: [{ CN: [`Postern connector authority ${serialNumber.slice(0, 8)}`] }],
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(nowMs + AUTHORITY_CERTIFICATE_DAYS * DAY_MS),
    keys: pair,
    signingAlgorithm: KEY_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(pair.publicKey),
    ],
  });
  const secret = new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
  await keys.add('connector-authority', secret, certificate.toString('pem'));
}

async function readAuthorityKey(record: KeyRecord): Promise<AuthorityKey> {
  const secret = new Uint8Array(record.secret);
  return {
    certificate: new x509.X509Certificate(record.publicText ?? ''),
    privateKey: await webcrypto.subtle.importKey('pkcs8', secret, KEY_ALGORITHM, false, ['sign']),
  };
}

async function readRequest(csrPem: string): Promise<x509.PublicKey> {
  let problem = 'it is not a PKCS#10 request in PEM';
  try {
    const request = new x509.Pkcs10CertificateRequest(csrPem);
    if (Reflect.get(request.publicKey.algorithm, 'namedCurve') !== 'P-256')
      problem = 'its key is not an ECDSA P-256 key';
    else if (await request.verify()) return request.publicKey;
    else problem = 'it is not signed by its own key';
  } catch (error) {
    throw new PosternError('ENROLMENT_REQUEST_INVALID', {
      message: `The certificate request of the connector can't be used: ${problem}.`,
      target: 'certificateSigningRequest',
      cause: error,
    });
  }
  throw new PosternError('ENROLMENT_REQUEST_INVALID', {
    message: `The certificate request of the connector can't be used: ${problem}.`,
    target: 'certificateSigningRequest',
  });
}

function readLeaf(jwt: string): x509.X509Certificate {
  try {
    const { x5c, alg, typ } = decodeProtectedHeader(jwt);
    const [leaf] = x5c ?? [];
    if (alg === 'ES256' && typ === PROOF_TYPE && leaf !== undefined && (x5c ?? []).length <= MAX_PROOF_CERTIFICATES) {
      return new x509.X509Certificate(leaf);
    }
  } catch (error) {
    throw refused('it is malformed', error);
  }
  throw refused(`it is not an ES256 JWT of the type ${PROOF_TYPE} with a certificate`);
}

async function verifySignature(jwt: string, leaf: x509.X509Certificate, audience: string): Promise<JWTPayload> {
  try {
    const key = await leaf.publicKey.export({ name: 'ECDSA', namedCurve: 'P-256' }, ['verify']);
    const { payload } = await jwtVerify(jwt, key, {
      algorithms: ['ES256'],
      audience,
      typ: PROOF_TYPE,
      requiredClaims: ['sub', 'nonce'],
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    return payload;
  } catch (error) {
    const isForAnother = error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud';
    throw refused(isForAnother ? 'it was made for another service' : 'its signature or claims are not valid', error);
  }
}

/** 16 random octets, positive (RFC 5280, section 4.1.2.2), hexadecimal. */
function makeSerialNumber(): string {
  const octets = webcrypto.getRandomValues(new Uint8Array(16));
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(octets).toString('hex');
}

function refused(reason: string, cause?: unknown): PosternError {
  return new PosternError('TUNNEL_AUTHENTICATION', {
    message: `The connector could not prove who it is: ${reason}.`,
    cause,
  });
}
