import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type AuthenticationRequirement, describeRequirement, isRequirementMet } from './authentication-requirement.ts';
import { readSessionClaims } from './session-claims.ts';
import type { SignedInPerson } from './signed-in-person.ts';

/** What keeps a sign-in from being the one that was asked for, or null. */
export function findSignInLack(
  person: SignedInPerson,
  requirement: AuthenticationRequirement | null,
  nowMs: number,
): PosternError | null {
  if (requirement === null) return null;
  const { acr, amr, authenticatedAtMs } = person;
  const isTimeUnknown = requirement.maxAgeSeconds !== null && authenticatedAtMs === null;
  const proved = {
    claims: readSessionClaims(person.idToken),
    acr,
    amr,
    provenContexts: [],
    authenticatedAtMs: authenticatedAtMs ?? nowMs,
  };
  if (!isTimeUnknown && isRequirementMet(proved, requirement, nowMs)) return null;
  const reason = isTimeUnknown ? ' The identity provider does not say when you signed in (auth_time).' : '';
  return new PosternError('SIGNIN_STEP_UP', {
    message: `The application asks for ${describeRequirement(requirement)}, and this sign-in was not one.${reason}`,
  });
}
