import { X509Certificate } from 'node:crypto';
import { fieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';

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
  if (blocks.length === 0) refuse(makeReason('trustEmpty'));
  const { length: count } = blocks;
  if (count > MAX_CERTIFICATES) refuse(makeReason('trustTooMany', { count, most: MAX_CERTIFICATES }));
  return blocks.map(([block, kind = ''], index) => checkOne(block, kind, index + 1, nowMs)).join('');
}

function checkOne(block: string, kind: string, position: number, nowMs: number): string {
  if (kind.includes('PRIVATE KEY')) {
    refuse(makeReason('trustPrivateKey'));
  }
  if (kind !== 'CERTIFICATE') refuse(makeReason('trustOtherBlock', { kind }));
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
  } catch {
    refuse(makeReason('trustDamaged', { position }));
  }
  const name = certificate.subject.replaceAll('\n', ', ');
  if (certificate.validToDate.getTime() < nowMs) {
    const date = certificate.validToDate.toISOString().slice(0, 10);
    refuse(makeReason('trustExpired', { date, name }));
  }
  if (!certificate.ca && certificate.subject !== certificate.issuer) {
    refuse(makeReason('trustNoAuthority', { name }));
  }
  return certificate.toString();
}

function refuse(reason: Reason): never {
  throw new FieldsError([fieldProblem(TARGET, reason)]);
}
