import { X509Certificate } from 'node:crypto';
import { FieldsError } from '../../src-shared/errors/fields-error.ts';

const TARGET = 'onPremisesPublishing.backendTrustedCertificates';
const MAX_CERTIFICATES = 16;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----)[\s\S])*-----END \1-----/g;

/**
 * Checks the authorities that an application brings for its backend (B48) and gives them without what stood around them.
 * Null and an empty text mean none.
 * @returns the field as it is to be stored; nothing where nothing is said of it
 * @throws FieldsError naming the certificate at fault
 */
export function checkTrust(
  { backendTrustedCertificates: pem }: { readonly backendTrustedCertificates?: string | null | undefined },
  nowMs: number,
): { readonly backendTrustedCertificates?: string | null } {
  if (pem === undefined) return {};
  return { backendTrustedCertificates: pem === null || pem.trim() === '' ? null : canonicalCertificates(pem, nowMs) };
}

function canonicalCertificates(pem: string, nowMs: number): string {
  const blocks = [...pem.matchAll(BLOCK)];
  if (blocks.length === 0)
    refuse('has no certificate. It must be PEM text that begins with -----BEGIN CERTIFICATE-----.');
  if (blocks.length > MAX_CERTIFICATES) refuse(`has ${blocks.length} certificates; ${MAX_CERTIFICATES} are allowed.`);
  return blocks.map(([block, kind = ''], index) => checkOne(block, kind, index + 1, nowMs)).join('');
}

function checkOne(block: string, kind: string, position: number, nowMs: number): string {
  if (kind.includes('PRIVATE KEY')) {
    refuse('has a private key. Send certificates only, and take that key for known to others from now on.');
  }
  if (kind !== 'CERTIFICATE') refuse(`has a block "${kind}", which is no certificate.`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
  } catch {
    refuse(`can't be read: its certificate number ${position} is damaged.`);
  }
  const name = certificate.subject.replaceAll('\n', ', ');
  if (certificate.validToDate.getTime() < nowMs) {
    refuse(`has a certificate that expired on ${certificate.validToDate.toISOString().slice(0, 10)}: ${name}.`);
  }
  if (!certificate.ca && certificate.subject !== certificate.issuer) {
    refuse(`has a certificate that is no authority: ${name}. Send that of the authority which issued it.`);
  }
  return certificate.toString();
}

function refuse(message: string): never {
  throw new FieldsError([{ target: TARGET, message }]);
}
