import type { Recent } from './recent-map.ts';
import type { RefreshedSession } from './session-refresh.ts';
import type { UsedSession } from './session-uses.ts';
import type { Session } from './session.ts';

/** A session cookie that was opened, so that it need not be again. */
export interface OpenedCookie extends Recent {
  readonly cookie: string;
  readonly hostname: string;
  readonly sessionId: string;
  readonly expiresAtMs: number;
  /** Of the host, when it was sealed. */
  readonly turns: number;
  /** Its session while that is in memory. */
  known: KnownSession | null;
}

/** A session in memory. */
export interface KnownSession extends UsedSession, RefreshedSession {
  readonly session: Session;
  /** Until when it is asked about though nobody makes requests: something that it began is under way. */
  watchedUntilMs: number;
  lastApplicationId: string;
  notedApplications: number;
  /** The cookies that lead here without a look-up. */
  openedBy: OpenedCookie[];
  /** Whether it was ever signed out of a host by itself. */
  readonly hasTurns: boolean;
  /** When it was noted last that it belongs in memory. */
  keptAtMs: number;
}

/** Cookies of one session, each of another host, that lead to it without a look-up. */
const LINKED_COOKIES = 100;

/** Leads a cookie to its session. Where one has too many, all are found by look-ups again. */
export function linkCookie(opened: OpenedCookie, known: KnownSession): void {
  opened.known = known;
  known.openedBy.push(opened);
  if (known.openedBy.length > LINKED_COOKIES) unlinkCookies(known);
}

/** From now on no cookie leads to the session but by a look-up. */
export function unlinkCookies(known: KnownSession): void {
  for (const opened of known.openedBy) if (opened.known === known) opened.known = null;
  known.openedBy = [];
}
