import {
  type AuthenticationRequirement,
  isRequirementMet,
  joinRequirements,
} from '../../identity/authentication-requirement.ts';
import { areGroupsUnknown } from '../../identity/session-claims.ts';
import type { Session } from '../../identity/session.ts';
import type { CompiledPeople, CompiledPolicy } from './compile-policies.ts';

/** What policies are evaluated on: who asks, from where and when. */
export interface AccessRequest {
  /** With the roles that the application's assignments give; null where nobody is known. */
  readonly session: Session | null;
  readonly remoteAddress: string;
  readonly nowMs: number;
}

/** Why a policy does not apply, in the words of Graph's `whatIfAnalysisReasons`; `application` is another segment. */
export type AnalysisReason =
  | 'notSet'
  | 'policyNotEnabled'
  | 'application'
  | 'users'
  | 'notEnoughInformation'
  | 'location'
  | 'time';

/** What a policy says to a request: nothing, yes, no, or first a sign-in that meets its requirement. */
export interface PolicyOutcome {
  readonly reason: AnalysisReason;
  readonly verdict: 'notApplied' | 'granted' | 'blocked' | 'interrupted';
}

/** What all policies together say. */
export type PolicyDecision =
  | { readonly kind: 'grant' }
  | { readonly kind: 'block'; readonly policy: CompiledPolicy }
  | {
      readonly kind: 'stepUp';
      readonly policy: CompiledPolicy;
      /** Of every policy that applies, so that what is gained for one is not lost for another. */
      readonly requirement: AuthenticationRequirement;
    };

/** What is told of each policy in order. */
export type OnOutcome = (policy: CompiledPolicy, outcome: PolicyOutcome) => void;

const GRANT: PolicyDecision = { kind: 'grant' };

/**
 * Decides by all policies (ADR 0031): each that applies must be satisfied, and one that blocks settles it. Their order changes
 * nothing but which of several is named. Policies that only report are told of and decide nothing.
 */
export function evaluatePolicies(
  policies: readonly CompiledPolicy[],
  request: AccessRequest,
  onOutcome?: OnOutcome,
): PolicyDecision {
  let blocking: CompiledPolicy | null = null;
  let lacking: CompiledPolicy | null = null;
  let required: AuthenticationRequirement[] | null = null;
  for (const policy of policies) {
    const outcome = outcomeOf(policy, request);
    onOutcome?.(policy, outcome);
    if (policy.state !== 'enabled' || outcome.verdict === 'notApplied') continue;
    if (outcome.verdict === 'blocked') blocking ??= policy;
    else if (policy.requirement !== null) (required ??= []).push(policy.requirement);
    if (outcome.verdict === 'interrupted') lacking ??= policy;
  }
  if (blocking !== null) return { kind: 'block', policy: blocking };
  if (lacking === null) return GRANT;
  return { kind: 'stepUp', policy: lacking, requirement: joinRequirements(required ?? []) };
}

function outcomeOf(policy: CompiledPolicy, request: AccessRequest): PolicyOutcome {
  const reason = findReason(policy, request);
  if (reason !== 'notSet') return { reason, verdict: 'notApplied' };
  return { reason, verdict: verdictOf(policy, request) };
}

function verdictOf({ requirement }: CompiledPolicy, { session, nowMs }: AccessRequest): PolicyOutcome['verdict'] {
  // A program has proved nothing about a user, and never can.
  if (requirement === null || session === null || session.isApplication === true) return 'blocked';
  return isRequirementMet(session, requirement, nowMs) ? 'granted' : 'interrupted';
}

function findReason(policy: CompiledPolicy, request: AccessRequest): AnalysisReason {
  const { state, isForAddress, people, isForLocation, isForTime, requirement } = policy;
  const { session, remoteAddress, nowMs } = request;
  if (state === 'disabled') return 'policyNotEnabled';
  if (!isForAddress) return 'application';
  if (session === null && (people !== null || requirement !== null)) return 'notEnoughInformation';
  if (people !== null && session !== null) {
    if (!isAmong(people.included, session, true) || isAmong(people.excluded, session, false)) return 'users';
  }
  if (isForLocation?.(remoteAddress) === false) return 'location';
  if (isForTime?.(nowMs) === false) return 'time';
  return 'notSet';
}

/** @param ifUnknown what counts of a user whose groups nobody knows */
function isAmong(people: CompiledPeople, session: Session, ifUnknown: boolean): boolean {
  const { isEverybody, users, groups, roles } = people;
  if (isEverybody || users.has(session.userId)) return true;
  if (roles.size > 0 && session.roles.some((role) => roles.has(role))) return true;
  if (groups.size === 0) return false;
  if (session.groups.some((id) => groups.has(id))) return true;
  return ifUnknown && areGroupsUnknown(session);
}
