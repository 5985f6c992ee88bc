import { X509Certificate } from 'node:crypto';
import type { Certificate } from 'electron';

const MAX_CHAIN_LENGTH = 8;

/** Whether the chain leads to one of the authorities, with every signature, date and the host name right. */
export function isIssuedBy(leaf: Certificate, authorities: readonly X509Certificate[], hostname: string): boolean {
  let current = new X509Certificate(leaf.data);
  if (current.checkHost(hostname) === undefined) return false;
  let next: Certificate | undefined = leaf.issuerCert;
  for (let length = 0; length < MAX_CHAIN_LENGTH; length += 1) {
    if (!isValidNow(current)) return false;
    const subject = current;
    if (authorities.some((authority) => isValidNow(authority) && isSignedBy(subject, authority))) return true;
    if (next === undefined) return false;
    const issuer = new X509Certificate(next.data);
    if (issuer.fingerprint256 === subject.fingerprint256 || !isSignedBy(subject, issuer)) return false;
    current = issuer;
    next = next.issuerCert;
  }
  return false;
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidNow(certificate: X509Certificate): boolean {
  const now = Date.now();
  return certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime();
}
