import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { readCookie } from '../identity/cookies.ts';
import type { Session, Sessions } from '../identity/sessions.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { PublishedApplication } from './application-catalog.ts';
import { sessionCookieName } from './application-site.ts';
import { isNavigation, isPreflight } from './client-kind.ts';

/** What the gate decides about a request for an application. */
export type GateDecision =
  /** Let through; `session` is null where the application wants no pre-authentication. */
  | { readonly kind: 'forward'; readonly session: Session | null }
  /** Nobody is signed in and a redirect helps: send to sign-in (B11). */
  | { readonly kind: 'signIn' }
  | { readonly kind: 'refuse'; readonly error: PosternError; readonly session: Session | null };

const SIGN_IN: GateDecision = { kind: 'signIn' };
const PASS: GateDecision = { kind: 'forward', session: null };

/** What the gate needs to know beside the request. */
export interface GateSurroundings {
  readonly sessions: Sessions;
  /** Counts a request without a session in memory; false where too many came of its address (B46). */
  readonly admitStranger: (request: UserRequest) => boolean;
}

/**
 * Pre-authentication (B11, B13, B17, B19). Synchronous where the session is in memory; never asks the store about
 * assignments. A cookie that is not in memory costs deciphering, so its client is counted before.
 * @returns a decision, or a promise of one, which rejects with `STORE_UNAVAILABLE`
 */
export function decideAccess(
  request: UserRequest,
  published: PublishedApplication,
  hostname: string,
  { sessions, admitStranger }: GateSurroundings,
): GateDecision | Promise<GateDecision> {
  const isPassthru = published.application.onPremisesPublishing.externalAuthenticationType === 'passthru';
  const cookie = isPassthru ? undefined : readCookie(request.headers.cookie, sessionCookieName(published));
  const session = cookie === undefined || cookie === '' ? undefined : sessions.findOpened(cookie, hostname);
  if (session !== undefined) return withSession(published, session);
  if (!admitStranger(request)) return { kind: 'refuse', error: new PosternError('EDGE_RATE_LIMITED'), session: null };
  if (isPassthru) return PASS;
  if (cookie === undefined || cookie === '') return withoutSession(request);
  return sessions
    .open(cookie, hostname)
    .then((opened) => (opened === null ? withoutSession(request) : withSession(published, opened)));
}

/** Whether someone may open an application (B17). */
export function isAssigned(published: PublishedApplication, session: Pick<Session, 'userId' | 'groups'>): boolean {
  if (!published.application.appRoleAssignmentRequired || published.assignedUserIds.has(session.userId)) return true;
  return published.assignedGroupIds.size > 0 && session.groups.some((id) => published.assignedGroupIds.has(id));
}

function withSession(published: PublishedApplication, session: Session): GateDecision {
  if (isAssigned(published, session)) return { kind: 'forward', session };
  return { kind: 'refuse', error: new PosternError('EDGE_FORBIDDEN'), session };
}

function withoutSession(request: UserRequest): GateDecision {
  if (isNavigation(request)) return SIGN_IN;
  const code = isPreflight(request) ? 'EDGE_PREFLIGHT' : 'EDGE_UNAUTHENTICATED';
  return { kind: 'refuse', error: new PosternError(code), session: null };
}
