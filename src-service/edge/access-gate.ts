import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { AccessTokens, TokenBearer } from '../identity/access-tokens.ts';
import { readCookies } from '../identity/cookies.ts';
import type { Session, Sessions } from '../identity/sessions.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { PublishedApplication } from './application-catalog.ts';
import { sessionCookieName } from './application-site.ts';
import { couldGroupsOpen, isAssigned } from './assignment.ts';
import { findTokenRefusal, readBearerToken } from './bearer-access.ts';
import { isNavigation, isPreflight } from './client-kind.ts';

/** What the gate decides about a request for an application. */
export type GateDecision =
  /** Let through; `session` is null where the application wants no pre-authentication, and an access token's where one came (B18). */
  | {
      readonly kind: 'forward';
      readonly session: Session | null;
      /** Whether `Authorization` was for us and is not passed on. */
      readonly isAuthorizationWithheld: boolean;
    }
  /** Nobody is signed in and a redirect helps: send to sign-in (B11). */
  | { readonly kind: 'signIn' }
  | { readonly kind: 'refuse'; readonly error: PosternError; readonly session: Session | null };

const SIGN_IN: GateDecision = { kind: 'signIn' };
const NO_COOKIES: readonly string[] = [];
const PASS: GateDecision = { kind: 'forward', session: null, isAuthorizationWithheld: false };

/** What the gate needs to know beside the request. */
export interface GateSurroundings {
  readonly sessions: Sessions;
  readonly accessTokens: Pick<AccessTokens, 'findVerified' | 'verify'>;
  /** Counts a request without a session in memory; false where too many came of its address (B46). */
  readonly admitStranger: (request: UserRequest) => boolean;
}

/**
 * Pre-authentication (B11, B13, B17–B19). Synchronous where the session or the token is in memory; never asks the store about
 * assignments. A cookie or token that is not in memory costs deciphering, so its client is counted before.
 *
 * With a session `Authorization` is the backend's, whatever it holds: pages call their own backend with tokens of their own.
 * @returns a decision, or a promise of one, which rejects with `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE` or `SIGNIN_PROVIDER`
 */
export function decideAccess(
  request: UserRequest,
  published: PublishedApplication,
  hostname: string,
  surroundings: GateSurroundings,
): GateDecision | Promise<GateDecision> {
  const { sessions, accessTokens, admitStranger } = surroundings;
  const isPassthru = published.application.onPremisesPublishing.externalAuthenticationType === 'passthru';
  const cookies = isPassthru ? NO_COOKIES : readCookies(request.headers.cookie, sessionCookieName(published));
  const [cookie = ''] = cookies;
  const hasCookie = cookie !== '' || cookies.length > 1;
  const session = cookies.length === 1 && hasCookie ? sessions.findOpened(cookie, hostname) : undefined;
  if (session !== undefined && isOfProvider(published, session)) return withSession(published, session);
  const token = isPassthru ? null : readBearerToken(request);
  if (token !== null && !hasCookie) {
    const bearer = accessTokens.findVerified(token, published.audiences);
    if (bearer !== undefined) return withToken(published, bearer);
  }
  if (!admitStranger(request)) return { kind: 'refuse', error: new PosternError('EDGE_RATE_LIMITED'), session: null };
  if (isPassthru) return PASS;
  if (!hasCookie) return withoutSession(request, published, token, accessTokens);
  return sessions
    .openAny(cookies, hostname)
    .then((opened) =>
      opened === null || !isOfProvider(published, opened)
        ? withoutSession(request, published, token, accessTokens)
        : withSession(published, opened),
    );
}

/** A session of another provider is none here: an application or the default one may have got another. */
function isOfProvider({ identityProviderId }: PublishedApplication, session: Session): boolean {
  return session.providerId === identityProviderId;
}

function withSession(published: PublishedApplication, session: Session): GateDecision {
  if (isAssigned(published, session)) return { kind: 'forward', session, isAuthorizationWithheld: false };
  const code = couldGroupsOpen(published, session) ? 'EDGE_GROUPS_UNKNOWN' : 'EDGE_FORBIDDEN';
  return { kind: 'refuse', error: new PosternError(code), session };
}

function withToken(published: PublishedApplication, bearer: TokenBearer): GateDecision {
  const { session } = bearer;
  const error = findTokenRefusal(published, bearer);
  if (error !== null) return { kind: 'refuse', error, session };
  const { isAccessTokenForwardingEnabled } = published.application.onPremisesPublishing;
  return { kind: 'forward', session, isAuthorizationWithheld: !isAccessTokenForwardingEnabled };
}

function withoutSession(
  request: UserRequest,
  published: PublishedApplication,
  token: string | null,
  accessTokens: GateSurroundings['accessTokens'],
): GateDecision | Promise<GateDecision> {
  if (token !== null) {
    return accessTokens.verify(token, published.audiences).then(
      (bearer) => withToken(published, bearer),
      (error: unknown): GateDecision => {
        if (!(error instanceof PosternError) || error.code !== 'EDGE_TOKEN_INVALID') throw error;
        return { kind: 'refuse', error, session: null };
      },
    );
  }
  if (isNavigation(request)) return SIGN_IN;
  const code = isPreflight(request) ? 'EDGE_PREFLIGHT' : 'EDGE_UNAUTHENTICATED';
  return { kind: 'refuse', error: new PosternError(code), session: null };
}
