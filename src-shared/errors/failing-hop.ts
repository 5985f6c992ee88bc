import type { ErrorCode } from './registry.ts';

/** The stations and phases on the way of a request at which it can fail, in their order. Pages, logs and metrics name them. */
export const HOPS = [
  'client',
  'service',
  'sign-in',
  'policy',
  'connector',
  'tunnel',
  'dns',
  'connect',
  'tls',
  'backend',
] as const;
export type Hop = (typeof HOPS)[number];

const HOP_OF_CODE: Partial<Record<ErrorCode, Hop>> = {
  STREAM_CANCELLED: 'client',
  STREAM_IDLE: 'policy',
  STREAM_LIMIT: 'tunnel',
  BACKEND_UNRESOLVED: 'dns',
  BACKEND_REFUSED: 'connect',
  BACKEND_UNREACHABLE: 'connect',
  BACKEND_CONNECT_TIMEOUT: 'connect',
  BACKEND_TLS: 'tls',
  BACKEND_FORBIDDEN: 'policy',
  BACKEND_PROXY: 'connect',
  APPLICATION_UNKNOWN: 'connector',
  EDGE_BAD_TARGET: 'client',
  EDGE_BAD_REQUEST: 'client',
  EDGE_MISDIRECTED: 'client',
  EDGE_HEADERS_TOO_LARGE: 'client',
  EDGE_HEADERS_TIMEOUT: 'client',
  EDGE_SLOW_READER: 'client',
  EDGE_BODY_TOO_LARGE: 'policy',
  EDGE_RATE_LIMITED: 'policy',
  EDGE_OVERLOADED: 'policy',
  EDGE_PREFLIGHT: 'policy',
  EDGE_FORBIDDEN: 'policy',
  EDGE_GROUPS_UNKNOWN: 'policy',
  EDGE_UNAUTHENTICATED: 'sign-in',
  EDGE_TOKEN_INVALID: 'sign-in',
  EDGE_TOKEN_FORBIDDEN: 'policy',
  EDGE_MAINTENANCE: 'policy',
  EDGE_NO_CONNECTOR: 'connector',
};

/** Where an error happened. It follows from the code, so that both ends of the tunnel name the same one. */
export function failingHop(code: ErrorCode): Hop {
  const own = HOP_OF_CODE[code];
  if (own !== undefined) return own;
  if (code.startsWith('BACKEND_CERTIFICATE')) return 'tls';
  if (code.startsWith('BACKEND_')) return 'backend';
  if (code.startsWith('TUNNEL_')) return 'tunnel';
  if (code.startsWith('STREAM_')) return 'connector';
  return code.startsWith('SIGNIN_') ? 'sign-in' : 'service';
}
