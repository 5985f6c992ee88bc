import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { errorCodeOf, isCertificateError } from './error-codes.ts';

/** What went wrong with a backend: the code for the user's page and the plain cause for the administrator's log. */
export interface BackendFailure {
  readonly code: WireErrorCode;
  readonly cause: string;
}

const CODES: Readonly<Record<string, WireErrorCode>> = {
  ECONNREFUSED: 'BACKEND_REFUSED',
  ENOTFOUND: 'BACKEND_UNRESOLVED',
  EAI_AGAIN: 'BACKEND_UNRESOLVED',
  EAI_FAIL: 'BACKEND_UNRESOLVED',
  EAI_NODATA: 'BACKEND_UNRESOLVED',
  EAI_NONAME: 'BACKEND_UNRESOLVED',
  ECONNRESET: 'BACKEND_RESET',
  ECONNABORTED: 'BACKEND_RESET',
  EPIPE: 'BACKEND_RESET',
  UND_ERR_SOCKET: 'BACKEND_RESET',
  UND_ERR_HEADERS_TIMEOUT: 'BACKEND_TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'BACKEND_TIMEOUT',
  ETIMEDOUT: 'BACKEND_CONNECT_TIMEOUT',
  UND_ERR_CONNECT_TIMEOUT: 'BACKEND_CONNECT_TIMEOUT',
  EHOSTUNREACH: 'BACKEND_UNREACHABLE',
  ENETUNREACH: 'BACKEND_UNREACHABLE',
  EHOSTDOWN: 'BACKEND_UNREACHABLE',
  ENETDOWN: 'BACKEND_UNREACHABLE',
  EADDRNOTAVAIL: 'BACKEND_UNREACHABLE',
  EACCES: 'BACKEND_UNREACHABLE',
  EPERM: 'BACKEND_UNREACHABLE',
  EPROTO: 'BACKEND_PROTOCOL',
  UND_ERR_HEADERS_OVERFLOW: 'BACKEND_PROTOCOL',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'BACKEND_RESET',
  ERR_HTTP2_STREAM_ERROR: 'BACKEND_RESET',
  ERR_HTTP2_SESSION_ERROR: 'BACKEND_RESET',
  ERR_HTTP2_GOAWAY_SESSION: 'BACKEND_RESET',
  ERR_HTTP2_INVALID_SESSION: 'BACKEND_RESET',
  ERR_HTTP2_STREAM_CANCEL: 'BACKEND_RESET',
};

/** Reads an error of undici, node:http, a socket or a resolver as one of the registry's `BACKEND_…` codes. */
export function describeBackendError(error: unknown): BackendFailure {
  if (error instanceof PosternError) return { code: error.code as WireErrorCode, cause: error.message };
  // undici's parser names some of its complaints only by the kind of error.
  const code = isParserError(error) ? 'HPE_INVALID' : errorCodeOf(error);
  return { code: classify(code), cause: causeOf(error, code) };
}

function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

function classify(code: string): WireErrorCode {
  const known = CODES[code];
  if (known !== undefined) return known;
  if (isCertificateError(code)) return 'BACKEND_CERTIFICATE';
  if (code.startsWith('HPE_') || code.startsWith('ERR_SSL_') || code.startsWith('ERR_HTTP2_'))
    return 'BACKEND_PROTOCOL';
  return 'STREAM_INTERNAL';
}

function causeOf(error: unknown, code: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((attempt: unknown) => (attempt instanceof Error ? attempt.message : '')).join('; ');
  }
  return error.message === '' ? code : error.message;
}
