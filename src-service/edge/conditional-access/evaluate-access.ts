import { type AuthenticationRequirement, describeRequirement } from '../../identity/authentication-requirement.ts';
import type { Session } from '../../identity/session.ts';
import type { ApplicationCatalog } from '../application-catalog.ts';
import type { PublishedApplication } from '../published-application.ts';
import { couldGroupsOpen } from '../assignment.ts';
import { parseRequestTarget } from '../request-target.ts';
import type { PolicyOutcome } from './evaluate-policies.ts';
import { type AccessJudgement, judgeAccess } from './judge-access.ts';

/** "May she open this, from there, then?" */
export interface AccessEvaluationRequest {
  readonly url: URL;
  /** Null: nobody is signed in. */
  readonly session: Session | null;
  readonly remoteAddress: string;
  readonly nowMs: number;
}

/** What would become of a request, and what settles it. */
export interface AccessEvaluation {
  readonly decision:
    | 'granted'
    | 'signInRequired'
    | 'stepUpRequired'
    | 'blocked'
    | 'notAssigned'
    | 'maintenance'
    | 'notPublished';
  /** What settles it, in words for the administrator. */
  readonly reason: string;
  readonly application: { readonly id: string; readonly displayName: string } | null;
  /** The policy that settles it; null where none does. */
  readonly policy: string | null;
  readonly requirement: AuthenticationRequirement | null;
  /** Every policy of the application, in its order. */
  readonly policies: readonly ({ readonly displayName: string; readonly state: string } & PolicyOutcome)[];
}

const NOT_PUBLISHED: AccessEvaluation = {
  decision: 'notPublished',
  reason: 'Nothing is published at this address.',
  application: null,
  policy: null,
  requirement: null,
  policies: [],
};

/** The dry run of a request: the gate's own judgement of it, with what each policy says. Contacts no backend, and changes nothing. */
export function evaluateAccess(
  catalog: Pick<ApplicationCatalog, 'match'>,
  { url, ...question }: AccessEvaluationRequest,
): AccessEvaluation {
  const target = parseRequestTarget(url.pathname + url.search, url.host);
  const [first, ...more] = (target?.readings ?? []).map((reading) => catalog.match(url.hostname, reading));
  if (first === undefined || more.some((published) => published !== first)) return NOT_PUBLISHED;
  const { id, displayName, onPremisesPublishing } = first.application;
  const application = { id, displayName };
  const facts = { application, policy: null, requirement: null, policies: [] };
  if (!onPremisesPublishing.isOnPremPublishingEnabled) {
    return {
      ...facts,
      decision: 'maintenance',
      reason: 'The application is in maintenance: everybody gets a page that says so.',
    };
  }
  const policies: AccessEvaluation['policies'][number][] = [];
  const session = question.session?.providerId === first.identityProviderId ? question.session : null;
  const judgement = judgeAccess(first, { ...question, session }, (policy, outcome) => {
    policies.push({ displayName: policy.displayName, state: policy.state, ...outcome });
  });
  return { ...facts, policies, ...describeJudgement(judgement, first, session) };
}

function describeJudgement(
  judgement: AccessJudgement,
  published: PublishedApplication,
  session: Session | null,
): Pick<AccessEvaluation, 'decision' | 'reason'> & Partial<AccessEvaluation> {
  switch (judgement.kind) {
    case 'grant':
      return { decision: 'granted', reason: describeGrant(published) };
    case 'signIn':
      return { decision: 'signInRequired', reason: 'Nobody is signed in at the identity provider of the application.' };
    case 'notAssigned': {
      const reason =
        session !== null && couldGroupsOpen(published, session)
          ? 'The application is assigned to groups, and nobody knows the groups of this user: there are too many for a token.'
          : 'The application is not assigned to this user, and appRoleAssignmentRequired is on.';
      return { decision: 'notAssigned', reason };
    }
    case 'block': {
      const { displayName } = judgement.policy;
      return { decision: 'blocked', policy: displayName, reason: `The policy ${displayName} blocks.` };
    }
    case 'stepUp': {
      const { policy, requirement } = judgement;
      const reason = `The policy ${policy.displayName} wants more; all that apply want ${describeRequirement(requirement)}.`;
      return { decision: 'stepUpRequired', policy: policy.displayName, requirement, reason };
    }
  }
}

function describeGrant({ application }: PublishedApplication): string {
  if (application.onPremisesPublishing.externalAuthenticationType === 'passthru')
    return 'Nobody need sign in (passthru).';
  if (!application.appRoleAssignmentRequired) return 'No assignment is required, and no policy stands against it.';
  return 'The application is assigned to this user, and no policy stands against it.';
}
