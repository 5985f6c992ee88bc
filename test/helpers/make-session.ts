import type { SessionRecord } from '../../src-service/store/session-record.ts';

/** A session of an hour. */
export function makeSession(id: string, userId = `user-of-${id}`): SessionRecord {
  const createdAtMs = Date.now();
  return {
    id,
    userId,
    tenantId: 'tenant',
    displayName: 'Alice',
    userPrincipalName: 'alice@contoso.test',
    groups: ['group'],
    roles: [],
    createdAtMs,
    expiresAtMs: createdAtMs + 3_600_000,
    providerSessionId: null,
    idToken: null,
  };
}
