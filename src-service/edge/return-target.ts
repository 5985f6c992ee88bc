import { type AuthenticationRequirement, requirementParameters } from '../identity/authentication-requirement.ts';
import { SIGN_IN_PATHS } from '../identity/sign-in-paths.ts';
import { EDGE_LIMITS } from './limits.ts';
import { type RequestTarget, parseRequestTarget } from './request-target.ts';

/**
 * The path and query to return to. Only an origin-form target that stays on its host and outside our own paths is
 * taken, so that no link to a sign-in leads elsewhere; anything else becomes `/`.
 */
export function safeReturnTarget(text: string | null): string {
  if (text === null || text.length > EDGE_LIMITS.returnTargetBytes || !text.startsWith('/')) return '/';
  const target = parseRequestTarget(text, '');
  if (target === null || target.readings.some((reading) => reading.startsWith('/.postern/'))) return '/';
  return target.target;
}

/**
 * The address at which a sign-in that returns to `target` begins, on the application's own host.
 * @param requirement what it must meet beyond being a sign-in
 */
export function signInPath(
  target: RequestTarget,
  isAccountChosen: boolean,
  requirement: AuthenticationRequirement | null = null,
): string {
  const parameters = requirement === null ? [] : requirementParameters(requirement);
  if (isAccountChosen) parameters.unshift(['prompt', 'login']);
  const query = new URLSearchParams([['return', octetSafe(target.target)], ...parameters]);
  return `${SIGN_IN_PATHS.start}?${query.toString()}`;
}

/** Raw high octets are percent-encoded: as characters they would become UTF-8 on their way through the query. */
function octetSafe(target: string): string {
  return target.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`);
}
