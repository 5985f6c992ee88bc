import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { reasonOf } from '../../src-shared/errors/reason-of.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { errorCodeOf, isCertificateError } from './error-codes.ts';

const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);

const CERTIFICATE_REASONS = {
  CERT_HAS_EXPIRED: 'certificateExpired',
  CERT_NOT_YET_VALID: 'certificateNotYetValid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificateSelfSigned',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificateAuthority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificateAuthority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificateChain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificateChain',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificateName',
  HOSTNAME_MISMATCH: 'certificateName',
} as const;

const CONNECTION_REASONS = {
  ECONNREFUSED: 'serviceRefusesConnection',
  EHOSTUNREACH: 'serviceNoWay',
  ENETUNREACH: 'serviceNoWay',
  EHOSTDOWN: 'serviceNoWay',
  ENETDOWN: 'serviceNoWay',
  EADDRNOTAVAIL: 'serviceNoWay',
  ECONNRESET: 'serviceReset',
  UND_ERR_SOCKET: 'serviceReset',
} as const;

/** Reads an error of a socket, resolver, TLS or undici on the way to the service as one of the `SERVICE_…` codes. */
export function describeServiceError(error: unknown, address: string): PosternError {
  if (error instanceof PosternError) return error;
  const code = errorCodeOf(error);
  const named = { host: address, code: code === '' ? reasonOf(error) : code };
  const make = (errorCode: ErrorCode, key: ServiceReasonKey): PosternError =>
    new PosternError(errorCode, { reason: makeReason(key, named), cause: error });
  if (UNRESOLVED.has(code)) return make('SERVICE_UNRESOLVED', 'serviceUnresolved');
  if (isCertificateError(code)) return make('SERVICE_CERTIFICATE', certificateReasonFor(code));
  // A TLS handshake that meets plain text, or HTTP that meets something else.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return make('SERVICE_NOT_POSTERN', 'serviceNotTls');
  if (code.startsWith('HPE_')) return make('SERVICE_NOT_POSTERN', 'serviceNotHttp');
  return make('SERVICE_UNREACHABLE', lookUp(CONNECTION_REASONS, code) ?? 'serviceUnreachable');
}

/** What a verdict on a certificate says (`isCertificateError`). */
export function certificateReasonFor(code: string): CertificateReasonKey {
  return lookUp(CERTIFICATE_REASONS, code) ?? 'certificateRefused';
}

type CertificateReasonKey = (typeof CERTIFICATE_REASONS)[keyof typeof CERTIFICATE_REASONS] | 'certificateRefused';

/** Each names the host and the system's own word. */
type ServiceReasonKey =
  | CertificateReasonKey
  | (typeof CONNECTION_REASONS)[keyof typeof CONNECTION_REASONS]
  | 'serviceUnresolved'
  | 'serviceNotTls'
  | 'serviceNotHttp'
  | 'serviceUnreachable';

function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
