import type { KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { CERTIFICATE_LIMITS } from './certificate-limits.ts';
import { coversHost } from './certificate-names.ts';
import { type CertificateProblem, type Checked, usable } from './certificate-problem.ts';
import { completeChain } from './certificate-chain.ts';
import { readDnsNames, readName } from './describe-certificate.ts';
import type { CertificateBundle } from './open-upload.ts';

/** A certificate that can be served. */
export interface CheckedCertificate {
  /** The server's own first, each followed by its issuer; the root left out. */
  readonly chain: readonly X509Certificate[];
  readonly privateKey: KeyObject;
  /** What an administrator should know though it hinders nothing. */
  readonly warnings: readonly string[];
}

export interface CertificateChecks {
  readonly nowMs: number;
  /** Hosts of which it must cover one at least. */
  readonly hostnames?: readonly string[] | undefined;
  /** The authority itself sent the chain, and its root need not be one that is known here. */
  readonly isChainTrusted?: boolean;
}

const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';
const MIN_RSA_BITS = 2048;
/** Curves that every browser takes, as node:crypto names them. */
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const DAY_MS = 86_400_000;

/**
 * Checks that a bundle can be served to browsers: the key belongs to one of its certificates, which is valid now, strong
 * enough, made for servers, and covers one of `hostnames`; and its chain is complete. Says everything that is wrong at once.
 */
export function checkCertificate(bundle: CertificateBundle, checks: CertificateChecks): Checked<CheckedCertificate> {
  const pair = findPair(bundle);
  if (pair === null) {
    const names = bundle.certificates.map((each) => readName(each.subject)).join('; ');
    const message = `The private key belongs to none of the certificates (${names}). Upload the key from which this certificate was requested.`;
    return { isUsable: false, problems: [{ part: 'privateKey', message }] };
  }
  const { leaf, privateKey } = pair;
  const messages = [
    findValidityProblem(leaf, checks.nowMs),
    findKeyProblem(privateKey),
    findUsageProblem(leaf),
    findNameProblem(leaf, checks.hostnames),
  ].filter((message) => message !== null);
  const problems: CertificateProblem[] = messages.map((message) => ({ part: 'certificate', message }));
  const { chain, missingIssuer } = completeChain(leaf, bundle.certificates);
  if (missingIssuer !== null && checks.isChainTrusted !== true) {
    problems.push({
      part: 'certificate',
      message: `The chain is not complete: the certificate of its issuer "${missingIssuer}" is missing. Add it (of a private authority, the root too).`,
    });
  }
  if (problems.length === 0) problems.push(...findTlsProblem(chain, privateKey));
  if (problems.length > 0) return { isUsable: false, problems };
  return usable({ chain, privateKey, warnings: findWarnings(chain, checks.nowMs) });
}

/** What there is to say of a certificate in use, now. */
export function findWarnings(chain: readonly X509Certificate[], nowMs: number): string[] {
  const warnings: string[] = [];
  const [leaf] = chain;
  for (const [index, certificate] of chain.entries()) {
    const daysLeft = Math.floor((certificate.validToDate.getTime() - nowMs) / DAY_MS);
    if (daysLeft >= CERTIFICATE_LIMITS.expiryWarningDays) continue;
    const what = index === 0 ? 'The certificate' : `The certificate of the issuer "${readName(certificate.subject)}"`;
    const date = certificate.validToDate.toISOString();
    warnings.push(
      daysLeft < 0
        ? `${what} expired on ${date}: browsers refuse it. Replace it.`
        : `${what} expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}, on ${date}. Replace it before.`,
    );
  }
  if (leaf?.checkIssued(leaf) === true) {
    warnings.push('The certificate vouches for itself: browsers warn of it unless they were told to trust it.');
  }
  return warnings;
}

/** The private key with the certificate that it belongs to; null where no two belong together. */
export function findPair({ certificates, privateKeys }: CertificateBundle): {
  readonly leaf: X509Certificate;
  readonly privateKey: KeyObject;
} | null {
  for (const privateKey of privateKeys) {
    const leaf = certificates.find((certificate) => certificate.checkPrivateKey(privateKey));
    if (leaf !== undefined) return { leaf, privateKey };
  }
  return null;
}

function findValidityProblem(leaf: X509Certificate, nowMs: number): string | null {
  const { validFromDate, validToDate } = leaf;
  if (validToDate.getTime() <= nowMs) {
    return `It expired on ${validToDate.toISOString()}. Have it renewed and upload the new one.`;
  }
  if (validFromDate.getTime() > nowMs) {
    return `It is not valid before ${validFromDate.toISOString()}. Upload it then, or check the clock of the service.`;
  }
  return null;
}

function findKeyProblem({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  if (asymmetricKeyType === 'rsa') {
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits >= MIN_RSA_BITS) return null;
    return `Its RSA key has ${bits} bits, and browsers refuse less than ${MIN_RSA_BITS}. Request one with a longer key.`;
  }
  const curve = asymmetricKeyDetails?.namedCurve;
  if (asymmetricKeyType === 'ec' && curve !== undefined && CURVES.includes(curve)) return null;
  const kind = asymmetricKeyType === 'ec' ? `the curve ${curve}` : `a key of the kind ${asymmetricKeyType}`;
  return `It has ${kind}, which browsers don't take. Request one with RSA (2048 bits or more), P-256, P-384 or P-521.`;
}

function findUsageProblem(leaf: X509Certificate): string | null {
  const usages: readonly string[] | undefined = leaf.keyUsage;
  if (usages === undefined || usages.includes(SERVER_AUTHENTICATION) || usages.includes(ANY_USAGE)) return null;
  return 'It was not issued for servers: its extended key usage lacks serverAuth. Request one for TLS servers.';
}

function findNameProblem(leaf: X509Certificate, hostnames: readonly string[] | undefined): string | null {
  const names = readDnsNames(leaf);
  if (names.length === 0) {
    return 'It names no host: it has no DNS name as subject alternative name, and browsers ignore the common name.';
  }
  if (hostnames?.length === 0) return 'The application has no https address, and a certificate is for those alone.';
  if (hostnames === undefined || hostnames.some((hostname) => coversHost(names, hostname))) return null;
  return `It does not cover ${hostnames.slice(0, 10).join(', ')}, but ${names.slice(0, 10).join(', ')}. Upload one for this host, or change the external URL.`;
}

/** OpenSSL's own opinion: weak signatures, keys below its security level. */
function findTlsProblem(chain: readonly X509Certificate[], privateKey: KeyObject): CertificateProblem[] {
  try {
    createSecureContext({
      cert: chain.map((certificate) => certificate.toString()).join(''),
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    });
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error:[^:]*:[^:]*:[^:]*:/, '') : String(error);
    return [{ part: 'certificate', message: `TLS refuses it: ${reason}. Request one with SHA-256 signatures.` }];
  }
}
