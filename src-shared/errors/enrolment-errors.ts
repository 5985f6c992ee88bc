import type { ErrorDefinition } from './error-definition.ts';

/** Of the enrolment of a connector. */
export const ENROLMENT_ERRORS = {
  ENROLMENT_TOKEN_INVALID: {
    status: 401,
    retry: false,
    audience: 'operator',
    summary: 'The enrolment token is not known: check that it was copied whole, or make a new one.',
  },
  ENROLMENT_TOKEN_EXPIRED: {
    status: 401,
    retry: false,
    audience: 'operator',
    summary: 'The enrolment token has expired; make a new one.',
  },
  ENROLMENT_TOKEN_USED: {
    status: 401,
    retry: false,
    audience: 'operator',
    summary: 'The enrolment token has been used as often as it allows; make a new one.',
  },
  ENROLMENT_REQUEST_INVALID: {
    status: 400,
    retry: false,
    audience: 'bug',
    summary: 'The certificate request of the connector is malformed or not signed by its own key.',
  },
} as const satisfies Record<string, ErrorDefinition>;
