import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { readName } from './describe-certificate.ts';

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A chain in the order of TLS (RFC 8446 section 4.4.2), and what it lacks. */
export interface CompletedChain {
  /** The server's own first, each followed by its issuer; the root left out, unless it is the only one. */
  readonly chain: readonly X509Certificate[];
  /** The name of the issuer that no certificate at hand and no known root has; null where the chain is complete. */
  readonly missingIssuer: string | null;
}

/** Puts the certificates of an upload in order; those that don't belong to the chain are left out. */
export function completeChain(leaf: X509Certificate, pool: readonly X509Certificate[]): CompletedChain {
  const chain = [leaf];
  let last = leaf;
  for (;;) {
    if (isIssuedBy(last, last)) {
      // A root is known to clients or believed by none: sending it gains nothing.
      return { chain: chain.length > 1 ? chain.slice(0, -1) : chain, missingIssuer: null };
    }
    const subject = last;
    const issuer = pool.find((candidate) => !chain.includes(candidate) && isIssuedBy(subject, candidate));
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  return { chain, missingIssuer: isIssuedByKnownRoot(last) ? null : readName(last.issuer) };
}

/** The certificates of a PEM text, in their order. @throws where one is damaged */
export function readPemChain(text: string): X509Certificate[] {
  return (text.match(CERTIFICATE_BLOCK) ?? []).map((block) => new X509Certificate(block));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // Signed in a way that is not known here.
    return false;
  }
}

let knownRoots: ReadonlyMap<string, readonly X509Certificate[]> | null = null;

/** Whether one of the roots that Node brings (Mozilla's) issued it. */
function isIssuedByKnownRoot(certificate: X509Certificate): boolean {
  knownRoots ??= Map.groupBy(
    rootCertificates.map((pem) => new X509Certificate(pem)),
    ({ subject }) => subject,
  );
  return knownRoots.get(certificate.issuer)?.some((root) => isIssuedBy(certificate, root)) ?? false;
}
