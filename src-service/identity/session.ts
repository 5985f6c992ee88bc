import type { SessionRecord } from '../store/session-record.ts';

/** What the provider said of a user beside the fields of a session: texts, or lists of them. */
export type SessionClaims = Readonly<Record<string, string | readonly string[]>>;

/**
 * Who is signed in, as the decisions of a request need it. Never changed: what is computed from one is kept by the object,
 * and a user of whom the provider says something new gets another one.
 */
export type Session = Omit<SessionRecord, 'idToken' | 'refreshToken' | 'refreshedAtMs' | 'lastUsedAtMs'> & {
  /** What the provider said beside; read with `claimValues`. Absent where nobody asked the store yet. */
  readonly claims?: SessionClaims;
  /** A program came for itself, with an access token: its ids and roles are never a user's. */
  readonly isApplication?: boolean;
};
