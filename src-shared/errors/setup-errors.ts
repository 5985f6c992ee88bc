import type { ErrorDefinition } from './error-definition.ts';

/** Of the sign-in of administrators, the configuration and the store. */
export const SETUP_ERRORS = {
  ACTION_CANCELLED: {
    status: 400,
    retry: true,
    audience: 'user',
    summary: 'It was taken back before it was done.',
  },
  ADMIN_SIGNIN_CANCELLED: {
    status: 400,
    retry: true,
    audience: 'user',
    summary: 'The sign-in was cancelled.',
  },
  ADMIN_SIGNIN_EXPIRED: {
    status: 400,
    retry: true,
    audience: 'user',
    summary: 'Nobody signed in before the time was over.',
  },
  ADMIN_SIGNIN_FAILED: {
    status: 401,
    retry: true,
    audience: 'operator',
    summary: 'The sign-in did not give a usable access token.',
  },
  ADMIN_SIGNIN_REQUIRED: {
    status: 401,
    retry: false,
    audience: 'user',
    summary: 'The sign-in has ended; sign in again to go on.',
  },
  CONFIG_INVALID: {
    status: 400,
    retry: false,
    audience: 'operator',
    summary: 'The configuration names a key or value that is not allowed.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    retry: true,
    audience: 'operator',
    summary: 'The store cannot be read or written at the moment.',
  },
  SETTINGS_UNWRITABLE: {
    status: 500,
    retry: true,
    audience: 'operator',
    summary: 'A setting cannot be kept on this machine.',
  },
  VAULT_UNREADABLE: {
    status: 500,
    retry: false,
    audience: 'operator',
    summary: 'A secret that this machine keeps cannot be opened.',
  },
  VAULT_UNWRITABLE: {
    status: 500,
    retry: true,
    audience: 'operator',
    summary: 'A secret cannot be kept on this machine, or not be removed from it.',
  },
} as const satisfies Record<string, ErrorDefinition>;
