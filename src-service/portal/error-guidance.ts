import { type ErrorCode, errorDefinition } from '../../src-shared/errors/registry.ts';

/** What an error page says beside the sentence of the error. */
export interface ErrorGuidance {
  readonly title: string;
  /** What the reader can do, a sentence each. */
  readonly advice: readonly string[];
}

const TELL_ADMINISTRATOR =
  'If it goes on, give your administrator the activity id below: it finds this request in their logs.';
const TRY_AGAIN = 'Try again in a minute.';
const BAD_GATEWAY: ErrorGuidance = {
  title: 'Bad gateway',
  advice: [TRY_AGAIN, TELL_ADMINISTRATOR],
};
/** Trying again changes nothing: somebody has to mend something. */
const BROKEN_GATEWAY: ErrorGuidance = {
  title: 'Bad gateway',
  advice: [
    'Trying again will not help: something has to be put right first.',
    'Give your administrator the activity id below: it finds this request in their logs.',
  ],
};
const SIGN_IN_FAILED: ErrorGuidance = {
  title: 'The sign-in did not work',
  advice: ['Begin the sign-in again.', TELL_ADMINISTRATOR],
};

/** The service or the provider has to be set right; what is wrong is for the log. */
const NO_SIGN_IN: ErrorGuidance = {
  title: 'You cannot sign in right now',
  advice: [
    'Give your administrator the activity id below: with it the log says what is wrong and how to put it right.',
    'Try again once that is done. Where you are signed in already, everything goes on working.',
  ],
};

const GUIDANCE: Partial<Record<ErrorCode, ErrorGuidance>> = {
  EDGE_NOT_FOUND: {
    title: 'Nothing is published here',
    advice: ['Check the address for a typing mistake.', 'Ask whoever gave you this address whether it has moved.'],
  },
  EDGE_BAD_TARGET: {
    title: 'This address is refused',
    advice: ['Check the address for a typing mistake.'],
  },
  EDGE_BAD_REQUEST: { title: 'Bad request', advice: ['Reload the page, or use another browser.'] },
  EDGE_MISDIRECTED: { title: 'Another connection is needed', advice: ['Reload the page.', TELL_ADMINISTRATOR] },
  EDGE_HEADERS_TOO_LARGE: {
    title: 'The request is too large',
    advice: ['Delete the cookies of this site, then try again.'],
  },
  EDGE_BODY_TOO_LARGE: {
    title: 'This is too large',
    advice: [
      'Send a smaller file, or several of them one by one.',
      'Ask your administrator whether the limit can be raised.',
    ],
  },
  EDGE_RATE_LIMITED: {
    title: 'Too many requests',
    advice: ['Wait a moment, then try again.', TELL_ADMINISTRATOR],
  },
  EDGE_HEADERS_TIMEOUT: {
    title: 'The request came too slowly',
    advice: ['Check your connection and try again.'],
  },
  EDGE_FORBIDDEN: {
    title: 'You do not have access',
    advice: [
      'Ask your administrator to assign this application to you.',
      'If you have another account, sign in as someone else.',
    ],
  },
  EDGE_GROUPS_UNKNOWN: {
    title: 'Your groups are not known',
    advice: [
      'Ask your administrator to assign this application to you yourself: you are in more groups than a sign-in can tell.',
      'Administrators: let the provider tell the groups of this application alone, or let the service ask Microsoft Graph (graph of the identity provider), and see that it has consent.',
      'If you have another account, sign in as someone else.',
    ],
  },
  EDGE_ACCESS_BLOCKED: {
    title: 'Access is not allowed',
    advice: [
      'Try again from another network or at another time, as the sentence above says.',
      'If you think that you should have access, give your administrator the activity id below.',
    ],
  },
  EDGE_STEP_UP: {
    title: 'Sign in again',
    advice: ['Open the address in a browser window: it will ask you to sign in as this application wants it.'],
  },
  SIGNIN_STEP_UP: {
    title: 'This sign-in is not enough',
    advice: ['Sign in again with the method that is asked for.', TELL_ADMINISTRATOR],
  },
  EDGE_PREFLIGHT: {
    title: 'Cross-origin request refused',
    advice: ['Ask the administrator of this application to allow this origin.'],
  },
  EDGE_UNAUTHENTICATED: {
    title: 'Sign in first',
    advice: [
      'Open the address in a browser window and sign in.',
      'What was sent has not reached the application: send it again after that.',
    ],
  },
  EDGE_TOKEN_INVALID: {
    title: 'The access token is not accepted',
    advice: ['Get a new access token for this application.', 'In a browser, open the address and sign in.'],
  },
  EDGE_TOKEN_FORBIDDEN: {
    title: 'The access token does not permit this',
    advice: ['Ask your administrator to assign this application to you, or a role of it to the program that you use.'],
  },
  EDGE_MAINTENANCE: {
    title: 'Down for maintenance',
    advice: ['This application is being worked on. Try again later.'],
  },
  EDGE_NO_CONNECTOR: {
    title: 'Gateway time-out',
    advice: [
      TRY_AGAIN,
      'Administrators: start a connector of the group that serves this application, or check its network.',
    ],
  },
  EDGE_OVERLOADED: { title: 'Too busy', advice: [TRY_AGAIN] },
  EDGE_INTERNAL: { title: 'Something went wrong here', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  BACKEND_BUSY: { title: 'Too busy', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  BACKEND_TIMEOUT: { title: 'Backend timeout', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  STORE_UNAVAILABLE: { title: 'Not available right now', advice: [TRY_AGAIN, TELL_ADMINISTRATOR] },
  SIGNIN_PROVIDER: {
    title: 'You cannot sign in right now',
    advice: [TRY_AGAIN, 'Where you are signed in already, everything goes on working.', TELL_ADMINISTRATOR],
  },
  SIGNIN_CLOCK: {
    title: 'The clocks differ',
    advice: [
      'Give your administrator the activity id below: with it the log says what time it is on either side.',
      'Administrators: let the machine of this service and the identity provider take the time from a time server (NTP), then sign in again.',
      'Where you are signed in already, everything goes on working.',
    ],
  },
  SIGNIN_PROVIDER_UNTRUSTED: NO_SIGN_IN,
  SIGNIN_PROVIDER_INVALID: NO_SIGN_IN,
  SIGNIN_PROVIDER_UNKNOWN: NO_SIGN_IN,
  SIGNIN_CLIENT: NO_SIGN_IN,
  SIGNIN_CONFLICT: {
    title: 'Two people are signed in here',
    advice: ['Delete the cookies of this site in your browser, then sign in again.', TELL_ADMINISTRATOR],
  },
  SIGNIN_STATE: { ...SIGN_IN_FAILED, title: 'This sign-in has ended' },
};

/** The guidance for any code: its own, or that of its area. */
export function errorGuidance(code: ErrorCode): ErrorGuidance {
  const own = GUIDANCE[code];
  if (own !== undefined) return own;
  if (code.startsWith('SIGNIN_')) return SIGN_IN_FAILED;
  return errorDefinition(code).retry ? BAD_GATEWAY : BROKEN_GATEWAY;
}
