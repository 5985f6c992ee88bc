import type { ErrorDefinition } from './error-definition.ts';

/** Of the updates of the desktop app. */
export const UPDATE_ERRORS = {
  UPDATE_DISK_FULL: {
    status: 507,
    retry: true,
    audience: 'operator',
    summary: 'The disk has no room for the update.',
  },
  UPDATE_FEED_INVALID: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'What the feed of updates says can not be read, or has nothing for this machine.',
  },
  UPDATE_FEED_UNREACHABLE: {
    status: 504,
    retry: true,
    audience: 'operator',
    summary: 'The feed of updates did not answer.',
  },
  UPDATE_FILE_DAMAGED: {
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The file of the update is not the one that the publisher signed for.',
  },
  UPDATE_INSTALL_FAILED: {
    status: 500,
    retry: true,
    audience: 'operator',
    summary: 'The update could not be installed.',
  },
  UPDATE_NOT_INSTALLED: {
    status: 500,
    retry: true,
    audience: 'operator',
    summary: 'The app ended for the newer version, and that was not installed.',
  },
  UPDATE_NOT_PERMITTED: {
    status: 403,
    retry: true,
    audience: 'operator',
    summary: 'This account may not install the update.',
  },
  UPDATE_SIGNATURE_WRONG: {
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'What the feed of updates says is not signed by the publisher of this app.',
  },
  UPDATE_UNSUPPORTED: {
    status: 400,
    retry: false,
    audience: 'operator',
    summary: 'This copy of the app does not update itself.',
  },
} as const satisfies Record<string, ErrorDefinition>;
