import type { ErrorDefinition } from './error-definition.ts';

/** Of the connector's way to its service. */
export const SERVICE_CONNECTION_ERRORS = {
  SERVICE_ADDRESS_INVALID: {
    status: 400,
    retry: false,
    audience: 'operator',
    summary: 'The address of the service is not a valid http or https URL.',
  },
  SERVICE_UNRESOLVED: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The host name of the service could not be resolved.',
  },
  SERVICE_UNREACHABLE: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The service could not be reached.',
  },
  SERVICE_CERTIFICATE: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the service is not trusted by this machine.',
  },
  SERVICE_NOT_POSTERN: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'A server answered at this address, but it is not a Postern service.',
  },
  SERVICE_REFUSED: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The service refused the request.',
  },
  PROXY_UNREACHABLE: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The outbound proxy of this machine could not be reached.',
  },
  PROXY_AUTHENTICATION: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The outbound proxy asks for a user name and a password, or does not accept them.',
  },
  PROXY_REFUSED: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The outbound proxy does not open a connection to the service.',
  },
} as const satisfies Record<string, ErrorDefinition>;
