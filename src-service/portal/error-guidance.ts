import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** The stations of a request, in their order. */
export const HOPS = ['browser', 'service', 'connector', 'application'] as const;
export type Hop = (typeof HOPS)[number];

/** What an error page says beside the sentence of the error. */
export interface ErrorGuidance {
  readonly title: string;
  readonly hop: Hop;
  /** What the reader can do, a sentence each. */
  readonly advice: readonly string[];
}

const TELL_ADMINISTRATOR =
  'If it goes on, give your administrator the activity id below: it finds this request in their logs.';
const TRY_AGAIN = 'Try again in a minute.';
const BAD_GATEWAY: ErrorGuidance = {
  title: 'Bad gateway',
  hop: 'application',
  advice: [TRY_AGAIN, TELL_ADMINISTRATOR],
};
const TUNNEL_TROUBLE: ErrorGuidance = { ...BAD_GATEWAY, hop: 'connector' };
const SIGN_IN_FAILED: ErrorGuidance = {
  title: 'The sign-in did not work',
  hop: 'service',
  advice: ['Begin the sign-in again.', TELL_ADMINISTRATOR],
};

const GUIDANCE: Partial<Record<ErrorCode, ErrorGuidance>> = {
  EDGE_NOT_FOUND: {
    title: 'Nothing is published here',
    hop: 'service',
    advice: ['Check the address for a typing mistake.', 'Ask whoever gave you this address whether it has moved.'],
  },
  EDGE_BAD_TARGET: {
    title: 'This address is refused',
    hop: 'browser',
    advice: ['Check the address for a typing mistake.'],
  },
  EDGE_BAD_REQUEST: { title: 'Bad request', hop: 'browser', advice: ['Reload the page, or use another browser.'] },
  EDGE_HEADERS_TOO_LARGE: {
    title: 'The request is too large',
    hop: 'browser',
    advice: ['Delete the cookies of this site, then try again.'],
  },
  EDGE_HEADERS_TIMEOUT: {
    title: 'The request came too slowly',
    hop: 'browser',
    advice: ['Check your connection and try again.'],
  },
  EDGE_FORBIDDEN: {
    title: 'You do not have access',
    hop: 'service',
    advice: [
      'Ask your administrator to assign this application to you.',
      'If you have another account, sign in as someone else.',
    ],
  },
  EDGE_PREFLIGHT: {
    title: 'Cross-origin request refused',
    hop: 'service',
    advice: ['Ask the administrator of this application to allow this origin.'],
  },
  EDGE_UNAUTHENTICATED: {
    title: 'Sign in first',
    hop: 'service',
    advice: ['Open the address in a browser window and sign in.'],
  },
  EDGE_MAINTENANCE: {
    title: 'Down for maintenance',
    hop: 'service',
    advice: ['This application is being worked on. Try again later.'],
  },
  EDGE_NO_CONNECTOR: {
    title: 'Gateway time-out',
    hop: 'connector',
    advice: [
      TRY_AGAIN,
      'Administrators: start a connector of the group that serves this application, or check its network.',
    ],
  },
  EDGE_OVERLOADED: { title: 'Too busy', hop: 'service', advice: [TRY_AGAIN] },
  EDGE_INTERNAL: { title: 'Something went wrong here', hop: 'service', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  BACKEND_TIMEOUT: { title: 'Backend timeout', hop: 'application', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  STORE_UNAVAILABLE: { title: 'Not available right now', hop: 'service', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  SIGNIN_STATE: { ...SIGN_IN_FAILED, title: 'This sign-in has ended' },
};

/** The guidance for any code: its own, or that of its area. */
export function errorGuidance(code: ErrorCode): ErrorGuidance {
  const own = GUIDANCE[code];
  if (own !== undefined) return own;
  if (code.startsWith('SIGNIN_')) return SIGN_IN_FAILED;
  return code.startsWith('BACKEND_') ? BAD_GATEWAY : TUNNEL_TROUBLE;
}
