import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { Certificate, Session } from 'electron';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** Verdicts that Chromium's verifier expects from `setCertificateVerifyProc`. */
const TRUSTED = 0;
const USE_CHROMIUM_VERDICT = -3;
const MAX_CHAIN_LENGTH = 8;

/**
 * Makes the app trust the certificate authorities of a PEM file besides the system's, both in Chromium's network stack
 * and in Node's. Must run before the session's first request: Chromium keeps its verdicts.
 * @throws Error when the file can't be read or holds no certificate.
 */
export function trustExtraAuthorities(session: Session, file: string): void {
  const pems = readFileSync(file, 'utf8').match(PEM_CERTIFICATE) ?? [];
  if (pems.length === 0) throw new Error(`${file} holds no certificate in PEM form.`);
  const authorities = pems.map((pem) => new X509Certificate(pem));
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...pems]);
  session.setCertificateVerifyProc((request, answer) => {
    const isOnlyUnknownAuthority = request.verificationResult === 'net::ERR_CERT_AUTHORITY_INVALID';
    const isOurs = isOnlyUnknownAuthority && isIssuedBy(request.certificate, authorities, request.hostname);
    answer(isOurs ? TRUSTED : USE_CHROMIUM_VERDICT);
  });
}

/** Whether the chain leads to one of the authorities, with every signature, date and the host name right. */
function isIssuedBy(leaf: Certificate, authorities: readonly X509Certificate[], hostname: string): boolean {
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
