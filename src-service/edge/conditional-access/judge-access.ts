import type { AuthenticationRequirement } from '../../identity/authentication-requirement.ts';
import type { Session } from '../../identity/session.ts';
import type { PublishedApplication } from '../published-application.ts';
import { isAssigned, withAssignedRoles } from '../assignment.ts';
import type { CompiledPolicy } from './compile-policies.ts';
import { type OnOutcome, type PolicyOutcome, evaluatePolicies } from './evaluate-policies.ts';

/** Who wants to open an application, from where and when. */
export interface AccessQuestion {
  /** Null where nobody is signed in. */
  readonly session: Session | null;
  readonly remoteAddress: string;
  readonly nowMs: number;
}

/** Whether an application opens, and which policy settles it. */
export type AccessJudgement =
  | { readonly kind: 'grant' }
  /** Nobody is signed in, and nothing speaks against that somebody does. */
  | { readonly kind: 'signIn' }
  | { readonly kind: 'notAssigned' }
  | { readonly kind: 'block'; readonly policy: CompiledPolicy }
  | { readonly kind: 'stepUp'; readonly policy: CompiledPolicy; readonly requirement: AuthenticationRequirement };

const GRANT: AccessJudgement = { kind: 'grant' };
const SIGN_IN: AccessJudgement = { kind: 'signIn' };
const NOT_ASSIGNED: AccessJudgement = { kind: 'notAssigned' };

/**
 * Decides whether a request for an application goes on (B17, B22): the one place that does, for requests and for the dry run.
 * Synchronous, and costs nothing but the assignment where the application has no policies.
 * @param onOutcome told of each policy in order
 */
export function judgeAccess(
  published: PublishedApplication,
  question: AccessQuestion,
  onOutcome?: OnOutcome,
): AccessJudgement {
  const { policies, application } = published;
  const isPassthru = application.onPremisesPublishing.externalAuthenticationType === 'passthru';
  const session = isPassthru || question.session === null ? null : withAssignedRoles(published, question.session);
  const isOut = session !== null && !isAssigned(published, session);
  if (policies.length > 0) {
    const decision = evaluatePolicies(policies, { ...question, session }, onOutcome);
    if (!isOut && decision.kind !== 'grant') return decision;
  }
  if (isOut) return NOT_ASSIGNED;
  return session === null && !isPassthru ? SIGN_IN : GRANT;
}

/** Whether a policy that only reports would not have let a request pass. */
export function isReported(policy: CompiledPolicy, { verdict }: PolicyOutcome): boolean {
  const isReporting = policy.state === 'enabledForReportingButNotEnforced';
  return isReporting && (verdict === 'blocked' || verdict === 'interrupted');
}
