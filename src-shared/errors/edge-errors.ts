import type { ErrorDefinition } from './error-definition.ts';

/** Of the edge: what a user can meet. */
export const EDGE_ERRORS = {
  EDGE_NOT_FOUND: {
    status: 404,
    retry: false,
    audience: 'user',
    summary: 'No application is published at this address.',
  },
  EDGE_BAD_TARGET: {
    status: 400,
    retry: false,
    audience: 'user',
    summary: 'The address contains a sequence that different servers read differently, so it is refused.',
  },
  EDGE_BAD_REQUEST: {
    status: 400,
    retry: false,
    audience: 'user',
    summary: 'The request is not valid HTTP.',
  },
  EDGE_MISDIRECTED: {
    status: 421,
    retry: true,
    audience: 'user',
    summary: 'The connection was opened for another host, and its certificate does not cover this one.',
  },
  EDGE_HEADERS_TOO_LARGE: {
    status: 431,
    retry: false,
    audience: 'user',
    summary: 'The headers of the request are larger than the service takes, most often for too many cookies.',
  },
  EDGE_BODY_TOO_LARGE: {
    status: 413,
    retry: false,
    audience: 'user',
    summary: 'The request is larger than this application takes.',
  },
  EDGE_RATE_LIMITED: {
    status: 429,
    retry: true,
    audience: 'operator',
    summary: 'More requests came in a second than are allowed.',
  },
  EDGE_HEADERS_TIMEOUT: {
    status: 408,
    retry: true,
    audience: 'user',
    summary: 'The request did not arrive in time.',
  },
  EDGE_SLOW_READER: {
    status: 408,
    retry: true,
    audience: 'user',
    summary: 'The user did not take what waited of the answer for so long that it was ended.',
  },
  EDGE_PREFLIGHT: {
    status: 403,
    retry: false,
    audience: 'operator',
    summary: 'A cross-origin request without a session is not passed on to this application.',
  },
  EDGE_FORBIDDEN: {
    status: 403,
    retry: false,
    audience: 'user',
    summary: 'You are signed in, but this application is not assigned to you.',
  },
  EDGE_GROUPS_UNKNOWN: {
    status: 403,
    retry: false,
    audience: 'operator',
    summary:
      'You are in so many groups that the sign-in told none of them, and only a group could open this application.',
  },
  EDGE_ACCESS_BLOCKED: {
    status: 403,
    retry: false,
    audience: 'user',
    summary: 'A condition of this application does not allow the access.',
  },
  EDGE_STEP_UP: {
    status: 401,
    retry: false,
    audience: 'user',
    summary: 'This application asks for a stronger or more recent sign-in.',
  },
  EDGE_UNAUTHENTICATED: {
    status: 401,
    retry: false,
    audience: 'user',
    summary: 'Sign in first.',
  },
  EDGE_TOKEN_INVALID: {
    status: 401,
    retry: false,
    audience: 'user',
    summary: 'The access token is not accepted.',
  },
  EDGE_TOKEN_FORBIDDEN: {
    status: 403,
    retry: false,
    audience: 'user',
    summary: 'The access token is valid, but does not permit this.',
  },
  EDGE_MAINTENANCE: {
    status: 503,
    retry: true,
    audience: 'user',
    summary: 'The application is in maintenance.',
  },
  EDGE_NO_CONNECTOR: {
    status: 504,
    retry: true,
    audience: 'operator',
    summary: 'No connector of the group of this application is connected.',
  },
  EDGE_OVERLOADED: {
    status: 503,
    retry: true,
    audience: 'operator',
    summary: 'The service handles as many requests at once as its limit allows.',
  },
  EDGE_INTERNAL: {
    status: 500,
    retry: true,
    audience: 'bug',
    summary: 'The service failed in a way it did not expect.',
  },
} as const satisfies Record<string, ErrorDefinition>;
