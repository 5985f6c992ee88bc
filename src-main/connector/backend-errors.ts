import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { describeCertificateProblem } from './certificate-problem.ts';
import { errorCodeOf, isCertificateError } from './error-codes.ts';

/** What went wrong with a backend: the code for the user's page and the plain cause for the administrator's log (B44). */
export interface BackendFailure {
  readonly code: WireErrorCode;
  readonly cause: string;
}

/** What is known of the place where it went wrong. */
export interface BackendPlace {
  readonly hostname: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** Whether a connection had been made, TLS included, and the request been written to it. */
  readonly isSent: boolean;
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
export function describeBackendError(error: unknown, place: BackendPlace | null = null): BackendFailure {
  if (error instanceof PosternError) return { code: error.code as WireErrorCode, cause: error.message };
  // undici's parser names some of its complaints only by the kind of error.
  const code = isParserError(error) ? 'HPE_INVALID' : errorCodeOf(error);
  if (isCertificateError(code)) return describeCertificateProblem(error, code, place?.hostname ?? null);
  const classified = classify(code, place);
  return { code: classified, cause: plainCause(classified, error, code, place) };
}

function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

function classify(code: string, place: BackendPlace | null): WireErrorCode {
  if (code.startsWith('ERR_SSL_')) return 'BACKEND_TLS';
  const known = CODES[code];
  // A connection that ends before the request was written has ended in the handshake.
  if (known === 'BACKEND_RESET' && place?.isSecure === true && !place.isSent) return 'BACKEND_TLS';
  if (known !== undefined) return known;
  return code.startsWith('HPE_') || code.startsWith('ERR_HTTP2_') ? 'BACKEND_PROTOCOL' : 'STREAM_INTERNAL';
}

/** A sentence for the administrator, with the system's own words behind it, by which the web is searched. */
function plainCause(classified: WireErrorCode, error: unknown, code: string, place: BackendPlace | null): string {
  const own = systemWords(error, code);
  if (place === null) return own;
  const { hostname, port } = place;
  switch (classified) {
    case 'BACKEND_REFUSED':
      return `Nothing listens at ${hostname} port ${port}: the connection was refused (${own}).`;
    case 'BACKEND_UNRESOLVED':
      return code === 'EAI_AGAIN'
        ? `The name server of this machine gave no answer for ${hostname} (${own}).`
        : `The name server of this machine knows no ${hostname} (${own}).`;
    case 'BACKEND_UNREACHABLE':
      return `The network of this machine has no way to ${hostname} (${own}).`;
    case 'BACKEND_CONNECT_TIMEOUT':
      return `${hostname} port ${port} did not accept a connection in time: a firewall, or a machine that is off (${own}).`;
    case 'BACKEND_TIMEOUT':
      return `${hostname} took the request and did not begin to answer in the time that the application allows (${own}).`;
    case 'BACKEND_TLS':
      return `${hostname} port ${port} made no secure connection; it may expect http instead of https (${own}).`;
    case 'BACKEND_RESET':
      return `${hostname} closed the connection before its answer was complete (${own}).`;
    case 'BACKEND_PROTOCOL':
      return `What ${hostname} answered is not valid HTTP (${own}).`;
    default:
      return own;
  }
}

function systemWords(error: unknown, code: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((attempt: unknown) => (attempt instanceof Error ? attempt.message : '')).join('; ');
  }
  return error.message === '' ? code : error.message;
}
