/**
 * Every error that Postern names. A code is `<AREA>_<CONDITION>`; callers branch on it and never on text. Codes and
 * wire numbers are never reused: a retired one stays out of the table for good. `docs/errors.md` has a heading per code.
 */

/** Who should read the error: the person in the browser, whoever runs a connector or the service, or the developers. */
export type ErrorAudience = 'user' | 'operator' | 'bug';

/** What the registry knows about one code. */
export interface ErrorDefinition {
  /** The number in a RESET or GOAWAY frame (docs/tunnel-protocol.md); absent where the error never crosses the tunnel. */
  readonly wire?: number;
  /** HTTP status that a user, or a caller of the admin API, sees. */
  readonly status: number;
  /** Whether the same action may succeed later with nothing changed. */
  readonly retry: boolean;
  readonly audience: ErrorAudience;
  /** One sentence in plain words, shown where there is no better message. */
  readonly summary: string;
}

export const ERRORS = {
  // Streams and tunnels: these cross the wire.
  STREAM_CANCELLED: {
    wire: 1,
    status: 499,
    retry: false,
    audience: 'user',
    summary: 'The user went away before the answer was complete.',
  },
  STREAM_INTERNAL: {
    wire: 2,
    status: 502,
    retry: false,
    audience: 'bug',
    summary: 'One end of the tunnel failed in a way it did not expect.',
  },
  STREAM_REFUSED: {
    wire: 3,
    status: 503,
    retry: true,
    audience: 'operator',
    summary: 'The connector takes no more requests at the moment; nothing was sent to the application.',
  },
  STREAM_LIMIT: {
    wire: 4,
    status: 503,
    retry: true,
    audience: 'operator',
    summary: 'The tunnel carries as many requests at once as its limit allows.',
  },
  STREAM_IDLE: {
    wire: 5,
    status: 504,
    retry: true,
    audience: 'operator',
    summary: 'Nothing moved on the WebSocket for as long as the application allows.',
  },
  TUNNEL_PROTOCOL: {
    wire: 16,
    status: 502,
    retry: true,
    audience: 'bug',
    summary: 'The other end of the tunnel broke the protocol.',
  },
  TUNNEL_FRAME_SIZE: {
    wire: 17,
    status: 502,
    retry: true,
    audience: 'bug',
    summary: 'A frame is larger than the protocol allows.',
  },
  TUNNEL_CREDIT: {
    wire: 18,
    status: 502,
    retry: true,
    audience: 'bug',
    summary: 'More data was sent than the receiver had given credit for.',
  },
  TUNNEL_AUTHENTICATION: {
    wire: 19,
    status: 401,
    retry: false,
    audience: 'operator',
    summary: 'The connector could not prove who it is.',
  },
  TUNNEL_REVOKED: {
    wire: 20,
    status: 403,
    retry: false,
    audience: 'operator',
    summary: 'The connector was removed or its certificate revoked; enrol it again.',
  },
  TUNNEL_EXPIRED: {
    wire: 21,
    status: 403,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the connector has expired; enrol it again.',
  },
  TUNNEL_SUPERSEDED: {
    wire: 22,
    status: 409,
    retry: false,
    audience: 'operator',
    summary: 'A newer session of the same connector took the place of this one.',
  },
  TUNNEL_DRAINING: {
    wire: 23,
    status: 503,
    retry: true,
    audience: 'operator',
    summary: 'This end is stopping: what runs may finish, nothing new is taken.',
  },
  TUNNEL_TIMEOUT: {
    wire: 24,
    status: 504,
    retry: true,
    audience: 'operator',
    summary: 'The other end of the tunnel went silent.',
  },
  TUNNEL_CLOSED: {
    wire: 25,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The tunnel closed while a request was on its way.',
  },
  TUNNEL_VERSION: {
    wire: 26,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The two ends speak no common version of the tunnel protocol; update the older one.',
  },

  // The backend, as the connector sees it: these cross the wire.
  BACKEND_REFUSED: {
    wire: 64,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The application refused the connection: nothing listens at that address and port.',
  },
  BACKEND_UNRESOLVED: {
    wire: 65,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The host name of the application could not be resolved by the connector.',
  },
  BACKEND_RESET: {
    wire: 66,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The application closed the connection before its answer was complete.',
  },
  BACKEND_TIMEOUT: {
    wire: 67,
    status: 504,
    retry: true,
    audience: 'operator',
    summary: 'The application did not begin to answer in time.',
  },
  BACKEND_CERTIFICATE: {
    wire: 68,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the application is not trusted by the connector.',
  },
  BACKEND_PROTOCOL: {
    wire: 69,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The application answered with something that is not valid HTTP.',
  },
  BACKEND_UNREACHABLE: {
    wire: 70,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The network of the connector has no way to the application.',
  },
  BACKEND_CONNECT_TIMEOUT: {
    wire: 71,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The application did not accept a connection in time.',
  },
  BACKEND_FORBIDDEN: {
    wire: 72,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The allow-list of the connector does not permit this application.',
  },
  APPLICATION_UNKNOWN: {
    wire: 73,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The connector does not have the configuration of this application yet.',
  },
  BACKEND_TLS: {
    wire: 74,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'No secure connection to the application came about: it ended the TLS handshake or does not speak TLS.',
  },
  BACKEND_CERTIFICATE_EXPIRED: {
    wire: 75,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the application has expired or is not valid yet.',
  },
  BACKEND_CERTIFICATE_NAME: {
    wire: 76,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the application is for another host name.',
  },
  BACKEND_CERTIFICATE_ISSUER: {
    wire: 77,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the application was issued by an authority that the connector does not trust.',
  },
  BACKEND_CERTIFICATE_SELF_SIGNED: {
    wire: 78,
    status: 502,
    retry: false,
    audience: 'operator',
    summary: 'The certificate of the application is self-signed, so nobody vouches for it.',
  },
  BACKEND_BUSY: {
    wire: 79,
    status: 503,
    retry: true,
    audience: 'operator',
    summary: 'The application is so slow that too many requests wait for a connection to it already.',
  },
  BACKEND_PROXY: {
    wire: 80,
    status: 502,
    retry: true,
    audience: 'operator',
    summary: 'The outbound proxy of the connector opened no connection to the application.',
  },

  // The edge: what a user can meet.
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

  // Sign-in.
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

  // The admin API.
  API_UNAUTHENTICATED: {
    status: 401,
    retry: false,
    audience: 'operator',
    summary: 'The access token is missing, expired, or not for this service.',
  },
  API_FORBIDDEN: {
    status: 403,
    retry: false,
    audience: 'operator',
    summary: 'The access token carries no role that permits this.',
  },
  API_INVALID: {
    status: 400,
    retry: false,
    audience: 'operator',
    summary: 'A field of the request has a value that is not allowed.',
  },
  API_CONFLICT: {
    status: 409,
    retry: false,
    audience: 'operator',
    summary: 'The change collides with something that exists.',
  },
  API_NOT_FOUND: {
    status: 404,
    retry: false,
    audience: 'operator',
    summary: 'There is no such resource.',
  },
  API_IN_USE: {
    status: 409,
    retry: false,
    audience: 'operator',
    summary: 'The resource is in use and cannot be removed.',
  },
  API_METHOD_NOT_ALLOWED: {
    status: 405,
    retry: false,
    audience: 'operator',
    summary: 'The resource is there, but does not take this method.',
  },
  API_NOT_ACCEPTABLE: {
    status: 406,
    retry: false,
    audience: 'operator',
    summary: 'The request accepts no form in which the answer could be given.',
  },
  API_PRECONDITION_FAILED: {
    status: 412,
    retry: false,
    audience: 'operator',
    summary: 'The resource has changed since the caller read it.',
  },
  API_BODY_TOO_LARGE: {
    status: 413,
    retry: false,
    audience: 'operator',
    summary: 'The body of the request is larger than the API takes.',
  },
  API_MEDIA_TYPE: {
    status: 415,
    retry: false,
    audience: 'operator',
    summary: 'The body of the request is of a kind that the API does not read.',
  },
  API_KEY_REUSED: {
    status: 422,
    retry: false,
    audience: 'operator',
    summary: 'The idempotency key was used for another request before.',
  },
  API_FAILED_DEPENDENCY: {
    status: 424,
    retry: false,
    audience: 'operator',
    summary: 'A request of the batch, on which this one depends, has failed.',
  },
  API_KEY_IN_FLIGHT: {
    status: 409,
    retry: true,
    audience: 'operator',
    summary: 'The first request with this idempotency key is still under way.',
  },
  API_RATE_LIMITED: {
    status: 429,
    retry: true,
    audience: 'operator',
    summary: 'Too many requests in a short time.',
  },

  // Enrolment.
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

  // The connector's own troubles on the way to the service.
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
} as const satisfies Record<string, ErrorDefinition>;

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS;

/** A code that has a wire number, so that it can travel in a RESET or GOAWAY frame. */
export type WireErrorCode = {
  [Code in ErrorCode]: (typeof ERRORS)[Code] extends { readonly wire: number } ? Code : never;
}[ErrorCode];

const CODE_BY_WIRE = new Map<number, WireErrorCode>();
for (const [code, definition] of Object.entries(ERRORS)) {
  if ('wire' in definition) CODE_BY_WIRE.set(definition.wire, code as WireErrorCode);
}

/** The code behind a wire number. A number that this version does not know reads as `STREAM_INTERNAL`. */
export function errorCodeFromWire(wire: number): WireErrorCode {
  return CODE_BY_WIRE.get(wire) ?? 'STREAM_INTERNAL';
}

/** What the registry knows about a code, in its general shape. */
export function errorDefinition(code: ErrorCode): ErrorDefinition {
  return ERRORS[code];
}

/** Whether a text from outside names a code of the registry. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERRORS, text);
}
