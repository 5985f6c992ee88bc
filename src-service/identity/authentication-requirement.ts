import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { Session } from './session.ts';

/** How a user must have proved who they are, beyond what any sign-in gives. */
export interface AuthenticationRequirement {
  /** Of each list one value in `acr`, or in Entra's `acrs`. */
  readonly acrValues: readonly (readonly string[])[];
  /** Of each list one value in `amr` (RFC 8176). */
  readonly amrValues: readonly (readonly string[])[];
  /** At most so long ago, seconds; null: whenever. */
  readonly maxAgeSeconds: number | null;
}

const values = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/))
  .min(1)
  .max(8)
  .readonly();
/** The same as it comes through the browser: no more than the policies of an application can ask for. */
export const authenticationRequirementSchema = z.object({
  acrValues: z.array(values).max(20).readonly(),
  amrValues: z.array(values).max(40).readonly(),
  maxAgeSeconds: z
    .number()
    .int()
    .min(0)
    .max(365 * 86_400)
    .nullable(),
});

/** What of a session says how its user proved who they are. */
type AuthenticatedSession = Pick<Session, 'claims' | 'acr' | 'amr' | 'provenContexts' | 'authenticatedAtMs'>;

/** Whether a session's user proved it in that way. */
export function isRequirementMet(
  session: AuthenticatedSession,
  { acrValues, amrValues, maxAgeSeconds }: AuthenticationRequirement,
  nowMs: number,
): boolean {
  const { amr } = session;
  if (maxAgeSeconds !== null && lastGoodMs(session, maxAgeSeconds) < nowMs) return false;
  if (!amrValues.every((wanted) => wanted.some((value) => amr.includes(value)))) return false;
  if (acrValues.length === 0) return true;
  const contexts = contextsOf(session);
  return acrValues.every((wanted) => wanted.some((value) => contexts.includes(value)));
}

/** The last moment at which a session's sign-in is no older than so much. */
export function lastGoodMs({ authenticatedAtMs }: Pick<Session, 'authenticatedAtMs'>, maxAgeSeconds: number): number {
  return authenticatedAtMs + (maxAgeSeconds + IDENTITY_LIMITS.authenticationAgeToleranceSeconds) * 1000;
}

/** Every authentication context that the provider has said of a session: `acr`, Entra's `acrs`, and those of before. */
export function contextsOf({
  claims = {},
  acr,
  provenContexts,
}: Pick<Session, 'claims' | 'acr' | 'provenContexts'>): string[] {
  const { acrs = [] } = claims;
  return [...provenContexts, ...(acr === null ? [] : [acr]), ...(typeof acrs === 'string' ? [acrs] : acrs)];
}

/** What meets all of them. */
export function joinRequirements(requirements: readonly AuthenticationRequirement[]): AuthenticationRequirement {
  const ages = requirements.flatMap(({ maxAgeSeconds }) => maxAgeSeconds ?? []);
  return {
    acrValues: distinct(requirements.flatMap(({ acrValues }) => acrValues)),
    amrValues: distinct(requirements.flatMap(({ amrValues }) => amrValues)),
    maxAgeSeconds: ages.length === 0 ? null : Math.min(...ages),
  };
}

/** The requirement as parameters of a query (RFC 9470 section 4, one `acr_values` for each list), and back. */
export function requirementParameters(requirement: AuthenticationRequirement): [string, string][] {
  const { acrValues, amrValues, maxAgeSeconds } = requirement;
  return [
    ...acrValues.map((values): [string, string] => ['acr_values', values.join(' ')]),
    ...amrValues.map((values): [string, string] => ['amr_values', values.join(' ')]),
    ...(maxAgeSeconds === null ? [] : [['max_age', String(maxAgeSeconds)] satisfies [string, string]]),
  ];
}

/**
 * Null where the query asks for nothing.
 * @throws PosternError `EDGE_BAD_REQUEST` for what `requirementParameters` does not write: to ask for less would send round in circles
 */
export function readRequirement(query: URLSearchParams): AuthenticationRequirement | null {
  if (!['acr_values', 'amr_values', 'max_age'].some((name) => query.has(name))) return null;
  const maxAge = query.get('max_age');
  const requirement = authenticationRequirementSchema.safeParse({
    acrValues: query.getAll('acr_values').map((values) => values.split(' ')),
    amrValues: query.getAll('amr_values').map((values) => values.split(' ')),
    maxAgeSeconds: maxAge === null ? null : Number(maxAge),
  });
  if (!requirement.success) {
    throw new PosternError('EDGE_BAD_REQUEST', { message: 'The address does not say in a valid form how to sign in.' });
  }
  return requirement.data;
}

/** What the user still has to do, in plain words that begin small: `a sign-in with mfa, …`. */
export function describeRequirement({ acrValues, amrValues, maxAgeSeconds }: AuthenticationRequirement): string {
  const parts = [
    ...acrValues.map((values) => `the authentication context ${values.join(' or ')}`),
    ...amrValues.map((values) => `the authentication method ${values.join(' or ')}`),
  ];
  if (maxAgeSeconds !== null) parts.push(`no more than ${describeSeconds(maxAgeSeconds)} ago`);
  return `a sign-in with ${parts.join(', ')}`.replace('sign-in with no more', 'sign-in no more');
}

function describeSeconds(seconds: number): string {
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    if (seconds % length === 0) return `${seconds / length} ${unit}${seconds === length ? '' : 's'}`;
  }
  return `${seconds} seconds`;
}

function distinct(lists: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(lists.map((list) => [list.join(' '), list])).values()];
}
