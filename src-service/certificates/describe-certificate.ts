import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import type { CertificateDescription } from '../../src-shared/publishing/certificate.ts';

/** What the API says of a certificate, in Graph's words where it has them. */
export function describeCertificate(certificate: X509Certificate): CertificateDescription {
  return {
    // Graph's thumbprint is that of Windows: SHA-1 over the certificate, in hexadecimal.
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    thumbprintSha256: certificate.fingerprint256.replaceAll(':', ''),
    subjectName: readName(certificate.subject),
    issuerName: readName(certificate.issuer),
    issueDate: certificate.validFromDate.toISOString(),
    expiryDate: certificate.validToDate.toISOString(),
  };
}

/** The DNS names of a certificate, in lower case. Its common name does not count (RFC 9525 section 2). */
export function readDnsNames(certificate: X509Certificate): string[] {
  const extension = new ParsedCertificate(certificate.raw).getExtension(SubjectAlternativeNameExtension);
  const names = extension?.names.items.filter(({ type }) => type === 'dns') ?? [];
  return [...new Set(names.map(({ value }) => value.toLowerCase()))];
}

/** `CN=…, O=…, C=…` of a name as node:crypto spells it, a part on each line. */
export function readName(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(', ');
}
