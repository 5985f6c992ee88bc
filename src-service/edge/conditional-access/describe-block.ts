import type { Session } from '../../identity/session.ts';
import type { CompiledPolicy } from './compile-policies.ts';

/** Why a policy refuses, for the user: what they could change, and nothing of the networks and names that it lists. */
export function describeBlock(
  { isForLocation, isForTime, requirement }: CompiledPolicy,
  session: Session | null,
): string {
  if (requirement !== null && session?.isApplication === true) {
    return "This application asks for the sign-in of a user, and the access token is a program's own.";
  }
  const from = isForLocation === null ? '' : ' from your network';
  const at = isForTime === null ? '' : ' at this time';
  if (from + at !== '') return `This application may not be opened${from}${at}.`;
  return session === null ? 'This application may not be opened.' : 'Your account may not open this application.';
}
