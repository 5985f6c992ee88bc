import type { SessionRecord } from '../store/session-record.ts';

/**
 * A session can be signed out of one host by itself. How often it went out there and in again is counted: odd while it is out.
 * A cookie carries the count of its time and opens nothing under another one, whatever the clocks of nodes say.
 */
export function turnsOn({ signedOutHosts }: Pick<SessionRecord, 'signedOutHosts'>, hostname: string): number {
  return Object.hasOwn(signedOutHosts, hostname) ? (signedOutHosts[hostname] ?? 0) : 0;
}

export function isSignedOutOf(session: Pick<SessionRecord, 'signedOutHosts'>, hostname: string): boolean {
  return turnsOn(session, hostname) % 2 === 1;
}
