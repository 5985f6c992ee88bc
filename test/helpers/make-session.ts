import type { Session } from '../../src-service/identity/session.ts';
import type { SessionRecord } from '../../src-service/store/session-record.ts';

const SESSION: Session = {
  id: 's',
  userId: 'u1',
  tenantId: 't1',
  displayName: 'Alice',
  userPrincipalName: 'alice@contoso.example',
  groups: [],
  roles: [],
  createdAtMs: 0,
  expiresAtMs: 1,
  providerId: 'default',
  providerSubject: 'pairwise-alice',
  providerSessionId: null,
  authenticatedAtMs: 0,
  acr: null,
  amr: [],
  provenContexts: [],
  userAgent: '',
  deviceDisplayName: 'Unknown device',
  remoteAddress: '127.0.0.1',
  signedOutHosts: {},
};

/** A session of somebody, `fields` laid over it. */
export function makeSession(fields: Partial<Session> = {}): Session {
  return { ...SESSION, ...fields };
}

/** The same as the store has it. */
export function makeSessionRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  return { ...SESSION, idToken: null, refreshToken: null, refreshedAtMs: 0, lastUsedAtMs: 0, ...fields };
}
