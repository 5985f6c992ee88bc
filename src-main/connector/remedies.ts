import type { ConnectorProblem } from '../../src-shared/connector/engine-state.ts';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';

const NEW_TOKEN = 'Ask an administrator for a new enrolment token and enrol again.';
const ENROL_AGAIN = 'Enrol this connector again with a new enrolment token or by signing in.';
const CHECK_NETWORK =
  'Check the address, the network and the firewall: the connector needs outbound access to the port of the service.';

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  SERVICE_ADDRESS_INVALID: 'Give the address as your administrator gave it, such as https://postern.example.com.',
  SERVICE_UNRESOLVED: 'Check the spelling of the address and the name server of this machine.',
  SERVICE_UNREACHABLE: CHECK_NETWORK,
  SERVICE_CERTIFICATE:
    'If your network inspects TLS or the service has a private certificate authority, name its certificate with caFile.',
  SERVICE_NOT_POSTERN: 'Check the address: it must be that of the Postern service itself, not of an application.',
  SERVICE_REFUSED: 'Wait a little and try again; if it stays, look into the log of the service.',
  PROXY_UNREACHABLE: 'Check the address of the proxy in the settings, or set it to none where none is needed.',
  PROXY_AUTHENTICATION:
    'Give the user name and the password of the proxy in the settings, or have it let this machine through without.',
  PROXY_REFUSED: 'Have the host and port of the service permitted in the proxy, for CONNECT and for long connections.',
  ENROLMENT_TOKEN_INVALID: 'Copy the whole enrolment token, or ask an administrator for a new one.',
  ENROLMENT_TOKEN_EXPIRED: NEW_TOKEN,
  ENROLMENT_TOKEN_USED: NEW_TOKEN,
  ENROLMENT_REQUEST_INVALID: 'Update the connector, and check that the clocks of both machines are right.',
  API_UNAUTHENTICATED: 'Sign in again, or enrol with an enrolment token.',
  API_FORBIDDEN: 'Sign in as an administrator of the service, or enrol with an enrolment token.',
  API_RATE_LIMITED: 'Wait a minute and try again.',
  TUNNEL_AUTHENTICATION: `Check that the clock of this machine is right. If it is, ${ENROL_AGAIN.toLowerCase()}`,
  TUNNEL_REVOKED: ENROL_AGAIN,
  TUNNEL_EXPIRED: ENROL_AGAIN,
  TUNNEL_SUPERSEDED:
    'Another copy of this connector runs with the same identity. Stop one of them, or enrol one of them anew.',
  TUNNEL_VERSION: 'Update the connector or the service, whichever is older.',
  TUNNEL_TIMEOUT: CHECK_NETWORK,
  CONFIG_INVALID: 'Correct the key that the message names.',
};

/** What to do next about an error, in one sentence. */
export function remedyFor(code: ErrorCode): string {
  return REMEDIES[code] ?? 'Nothing needs to be done: the connector tries again by itself.';
}

/** An error as the administrator should read it. */
export function describeProblem(error: PosternError, atMs: number): ConnectorProblem {
  const { code, message, reason } = error;
  return { code, message, ...(reason !== undefined && { reason }), remedy: remedyFor(code), atMs };
}
