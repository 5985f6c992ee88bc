import type { ErrorDefinition } from './error-definition.ts';

/** Of the sign-in of users. */
export const SIGN_IN_ERRORS = {
  SIGNIN_CONFLICT: {
    status: 400,
    retry: false,
    audience: 'user',
    summary: 'Sign-ins of two people reached the service at once, so neither is used.',
  },
  SIGNIN_STATE: {
    status: 400,
    retry: true,
    audience: 'user',
    summary: 'This sign-in was not begun in this browser, was used already, or took too long.',
  },
  SIGNIN_TOKEN: {
    status: 403,
    retry: true,
    audience: 'operator',
    summary: 'The answer of the identity provider did not pass its checks.',
  },
  SIGNIN_CLOCK: {
    status: 403,
    retry: true,
    audience: 'operator',
    summary: 'The clocks of the identity provider and of this service differ too much.',
  },
  SIGNIN_DENIED: {
    status: 403,
    retry: true,
    audience: 'user',
    summary: 'The identity provider refused the sign-in.',
  },
  SIGNIN_STEP_UP: {
    status: 403,
    retry: true,
    audience: 'user',
    summary: 'The sign-in was not as strong or as recent as the application asks for.',
  },
  SIGNIN_PROVIDER: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The identity provider cannot be reached.',
  },
  SIGNIN_PROVIDER_UNTRUSTED: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The connection to the identity provider is not secure, so it was not used.',
  },
  SIGNIN_PROVIDER_INVALID: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The identity provider does not describe itself as this service expects.',
  },
  SIGNIN_PROVIDER_UNKNOWN: {
    status: 500,
    retry: false,
    audience: 'operator',
    summary: 'The identity provider of this application is not configured here.',
  },
  SIGNIN_CLIENT: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The identity provider does not accept the credentials of this service.',
  },
} as const satisfies Record<string, ErrorDefinition>;
