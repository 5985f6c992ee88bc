import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { AccessTokens, TokenBearer } from '../identity/access-tokens.ts';
import { readCookies } from '../identity/cookies.ts';
import type { AuthenticationRequirement } from '../identity/authentication-requirement.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { Session } from '../identity/session.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { PublishedApplication } from './published-application.ts';
import { sessionCookieName } from './application-site.ts';
import { couldGroupsOpen } from './assignment.ts';
import { readBearerToken, tokenRefusal } from './bearer-access.ts';
import { isForm, isNavigation, isPreflight } from './client-kind.ts';
import type { CompiledPolicy } from './conditional-access/compile-policies.ts';
import { describeBlock } from './conditional-access/describe-block.ts';
import type { OnOutcome } from './conditional-access/evaluate-policies.ts';
import { type AccessJudgement, judgeAccess } from './conditional-access/judge-access.ts';
import { StepUpError } from './step-up-error.ts';

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
  /** The session must be made stronger or younger, and a redirect helps. */
  | {
      readonly kind: 'stepUp';
      readonly requirement: AuthenticationRequirement;
      readonly session: Session;
      readonly policy: string;
    }
  | {
      readonly kind: 'refuse';
      readonly error: PosternError;
      readonly session: Session | null;
      /** The conditional access policy that settled it. */
      readonly policy?: string;
    };

const SIGN_IN: GateDecision = { kind: 'signIn' };
const NO_COOKIES: readonly string[] = [];
/** Nothing of a body is kept for later: whoever signs in next need not be the one who sent it. */
const FORM_LOST = 'You are not signed in any more, and what you sent was not kept.';
const PASS: GateDecision = { kind: 'forward', session: null, isAuthorizationWithheld: false };

/** What the gate needs to know beside the request. */
export interface GateSurroundings {
  readonly sessions: Sessions;
  readonly accessTokens: Pick<AccessTokens, 'findVerified' | 'verify'>;
  /** Counts a request without a session in memory; false where too many came of its address (B46). */
  readonly admitStranger: (request: UserRequest) => boolean;
  /** The address of the user's client, trusted proxies taken into account. */
  readonly remoteAddressOf: (request: UserRequest) => string;
  readonly clock: () => number;
}

/** A request under way through the gate. */
interface GateRequest {
  readonly request: UserRequest;
  readonly published: PublishedApplication;
  readonly surroundings: GateSurroundings;
  readonly onOutcome: OnOutcome;
}

/**
 * Pre-authentication, assignment and conditions (B11, B13, B17–B19). Synchronous where the session or the token is in memory;
 * never asks the store about assignments. A cookie or token that is not in memory costs deciphering, so its client is counted
 * before.
 *
 * With a session `Authorization` is the backend's, whatever it holds: pages call their own backend with tokens of their own.
 * @param onOutcome told what each conditional access policy says
 * @returns a decision, or a promise of one, which rejects with `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE` or `SIGNIN_PROVIDER`
 */
export function decideAccess(
  request: UserRequest,
  published: PublishedApplication,
  hostname: string,
  surroundings: GateSurroundings,
  onOutcome: OnOutcome,
): GateDecision | Promise<GateDecision> {
  const { sessions, accessTokens, admitStranger } = surroundings;
  const gate: GateRequest = { request, published, surroundings, onOutcome };
  const isPassthru = published.application.onPremisesPublishing.externalAuthenticationType === 'passthru';
  const cookies = isPassthru ? NO_COOKIES : readCookies(request.headers.cookie, sessionCookieName(published));
  const [cookie = ''] = cookies;
  const hasCookie = cookie !== '' || cookies.length > 1;
  const session = cookies.length === 1 && hasCookie ? sessions.findOpened(cookie, hostname) : undefined;
  if (session !== undefined && isOfProvider(published, session)) return withSession(gate, session);
  const token = isPassthru ? null : readBearerToken(request);
  if (token !== null && !hasCookie) {
    const bearer = accessTokens.findVerified(token, published.audiences);
    if (bearer !== undefined) return withToken(gate, bearer);
  }
  if (!admitStranger(request)) return { kind: 'refuse', error: new PosternError('EDGE_RATE_LIMITED'), session: null };
  if (isPassthru) return withNobody(gate);
  if (!hasCookie) return withoutSession(gate, token);
  return sessions
    .openAny(cookies, hostname)
    .then((opened) =>
      opened === null || !isOfProvider(published, opened) ? withoutSession(gate, token) : withSession(gate, opened),
    );
}

/** A session of another provider is none here: an application or the default one may have got another. */
function isOfProvider({ identityProviderId }: PublishedApplication, session: Session): boolean {
  return session.providerId === identityProviderId;
}

function judge({ request, published, surroundings, onOutcome }: GateRequest, session: Session | null): AccessJudgement {
  const { remoteAddressOf, clock } = surroundings;
  // Most applications have no policies: nothing need be known of the client then.
  const remoteAddress = published.policies.length === 0 ? '' : remoteAddressOf(request);
  return judgeAccess(published, { session, remoteAddress, nowMs: clock() }, onOutcome);
}

function withSession(gate: GateRequest, session: Session): GateDecision {
  const judgement = judge(gate, session);
  switch (judgement.kind) {
    case 'grant':
      return { kind: 'forward', session, isAuthorizationWithheld: false };
    case 'stepUp': {
      const { requirement, policy } = judgement;
      if (isNavigation(gate.request)) return { kind: 'stepUp', requirement, session, policy: policy.displayName };
      return { kind: 'refuse', error: new StepUpError(requirement), session, policy: policy.displayName };
    }
    case 'block':
      return blocked(judgement.policy, session);
    case 'notAssigned':
    case 'signIn':
      return { kind: 'refuse', error: new PosternError(notAssignedCode(gate.published, session)), session };
  }
}

function notAssignedCode(published: PublishedApplication, session: Session): ErrorCode {
  return couldGroupsOpen(published, session) ? 'EDGE_GROUPS_UNKNOWN' : 'EDGE_FORBIDDEN';
}

function withToken(gate: GateRequest, bearer: TokenBearer): GateDecision {
  const { session } = bearer;
  const judgement = judge(gate, session);
  switch (judgement.kind) {
    case 'grant': {
      const { isAccessTokenForwardingEnabled } = gate.published.application.onPremisesPublishing;
      return { kind: 'forward', session, isAuthorizationWithheld: !isAccessTokenForwardingEnabled };
    }
    case 'stepUp': {
      const { requirement, policy } = judgement;
      return { kind: 'refuse', error: new StepUpError(requirement), session, policy: policy.displayName };
    }
    case 'block':
      return blocked(judgement.policy, session);
    case 'notAssigned':
    case 'signIn':
      return { kind: 'refuse', error: tokenRefusal(gate.published, bearer), session };
  }
}

function withoutSession(gate: GateRequest, token: string | null): GateDecision | Promise<GateDecision> {
  if (token === null) return withNobody(gate);
  const { surroundings, published } = gate;
  return surroundings.accessTokens.verify(token, published.audiences).then(
    (bearer) => withToken(gate, bearer),
    (error: unknown): GateDecision => {
      if (!(error instanceof PosternError) || error.code !== 'EDGE_TOKEN_INVALID') throw error;
      return { kind: 'refuse', error, session: null };
    },
  );
}

/** Who is kept out whoever they are need not sign in to hear it. */
function withNobody(gate: GateRequest): GateDecision {
  const judgement = judge(gate, null);
  if (judgement.kind === 'grant') return PASS;
  if (judgement.kind === 'block') return blocked(judgement.policy, null);
  const { request } = gate;
  if (isNavigation(request)) return SIGN_IN;
  if (isPreflight(request)) return { kind: 'refuse', error: new PosternError('EDGE_PREFLIGHT'), session: null };
  const message = isForm(request) ? FORM_LOST : undefined;
  return { kind: 'refuse', error: new PosternError('EDGE_UNAUTHENTICATED', { message }), session: null };
}

function blocked(policy: CompiledPolicy, session: Session | null): GateDecision {
  const message = describeBlock(policy, session);
  return {
    kind: 'refuse',
    error: new PosternError('EDGE_ACCESS_BLOCKED', { message }),
    session,
    policy: policy.displayName,
  };
}
