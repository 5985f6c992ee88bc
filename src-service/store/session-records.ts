import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { Kysely, Selectable } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ITEM_COLUMN } from './list-filter.ts';
import { type ListColumns, type ListPage, type ListQuery, readPage } from './list-query.ts';
import type { Sealer } from './sealer.ts';
import type { DatabaseSchema } from './schema.ts';
import type { RenewedSession, SessionRecord, SessionUse } from './session-record.ts';
import { type ChangeContext, type UnitOfWork, serviceContext } from './unit-of-work.ts';

/** Fields by which sessions can be filtered and ordered. */
export const SESSION_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  userId: { column: 'user_id', kind: 'id' },
  userDisplayName: { column: 'display_name', kind: 'text' },
  userPrincipalName: { column: 'user_principal_name', kind: 'text' },
  deviceDisplayName: { column: 'device_display_name', kind: 'text' },
  ipAddress: { column: 'remote_address', kind: 'id' },
  identityProviderId: { column: 'provider_id', kind: 'id' },
  createdDateTime: { column: 'created_at_ms', kind: 'date' },
  lastUsedDateTime: { column: 'last_used_at_ms', kind: 'date' },
  expirationDateTime: { column: 'expires_at_ms', kind: 'date' },
  applicationIds: {
    kind: 'collection',
    from: { table: 'session_applications', key: 'session_id', owner: 'sessions.id', value: 'application_id' },
    items: { '': { column: ITEM_COLUMN, kind: 'id' } },
  },
} as const satisfies ListColumns;

type SessionRow = Selectable<DatabaseSchema['sessions']>;
type SealedColumn = 'id_token' | 'refresh_token';

/** The sessions of signed-in users. Each that ends or changes is announced by its id, so that caches forget it. */
export class SessionRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: UnitOfWork;
  readonly #sealer: Sealer;

  constructor(db: Kysely<DatabaseSchema>, unit: UnitOfWork, sealer: Sealer) {
    this.#db = db;
    this.#unit = unit;
    this.#sealer = sealer;
  }

  async find(id: string): Promise<SessionRecord | null> {
    const row = await this.#db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : this.#fromRow(row);
  }

  async page(query: ListQuery): Promise<ListPage<SessionRecord>> {
    const page = await readPage(this.#db.selectFrom('sessions').selectAll(), query, SESSION_COLUMNS);
    return { ...page, items: page.items.map((row) => this.#fromRow(row)) };
  }

  /** Which applications were opened with each of these sessions. */
  async applicationsOf(ids: readonly string[]): Promise<Map<string, string[]>> {
    if (ids.length === 0) return new Map();
    const rows = this.#db.selectFrom('session_applications').selectAll().where('session_id', 'in', ids);
    const bySession = Map.groupBy(await rows.orderBy('application_id').execute(), (row) => row.session_id);
    return new Map([...bySession].map(([id, found]) => [id, found.map((row) => row.application_id)]));
  }

  async create(session: SessionRecord): Promise<void> {
    await this.#db.insertInto('sessions').values(this.#toRow(session)).execute();
  }

  /** Ends a session; harmless when there is none. */
  async remove(id: string): Promise<void> {
    await this.#removeWhere('id', id);
  }

  /** Takes a session out of one host, or lets it in again; `turns` is the count from there on. */
  async turnOnHost(id: string, hostname: string, turns: number): Promise<void> {
    await this.#unit.run(serviceContext(''), async (change) => {
      const sessions = change.db.selectFrom('sessions').select('signed_out_hosts').where('id', '=', id);
      const row = await sessions.executeTakeFirst();
      if (row === undefined) return;
      const hosts = { ...(JSON.parse(row.signed_out_hosts) as Record<string, number>), [hostname]: turns };
      const update = change.db.updateTable('sessions').set({ signed_out_hosts: JSON.stringify(hosts) });
      await update.where('id', '=', id).execute();
      change.announce({ kind: 'session', id });
    });
  }

  /** Ends a session for an administrator. @throws PosternError `API_NOT_FOUND` */
  async revoke(id: string, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const row = await change.db.deleteFrom('sessions').where('id', '=', id).returningAll().executeTakeFirst();
      if (row === undefined) throw new PosternError('API_NOT_FOUND', { reason: makeReason('sessionUnknown', { id }) });
      const before = {
        userId: row.user_id,
        userPrincipalName: row.user_principal_name,
        deviceDisplayName: row.device_display_name,
        ipAddress: row.remote_address,
      };
      await change.audit({ action: 'session.revoke', targetKind: 'session', targetId: id, before, after: null });
      change.announce({ kind: 'session', id });
    });
  }

  /** Ends the sessions that a provider knows by this `sid`. @returns their ids */
  async removeByProviderSession(providerId: string, providerSessionId: string): Promise<string[]> {
    return this.#removeWhere('provider_session_id', providerSessionId, providerId);
  }

  /** Ends the sessions of whom a provider knows by this `sub`. @returns their ids */
  async removeByProviderSubject(providerId: string, providerSubject: string): Promise<string[]> {
    return this.#removeWhere('provider_subject', providerSubject, providerId);
  }

  /** How many have not run out. */
  async count(nowMs: number): Promise<number> {
    const { count } = await this.#db
      .selectFrom('sessions')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('expires_at_ms', '>', nowMs)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Forgets what has run out or was not used for long; whoever has it in memory knows by itself. */
  async removeExpired(nowMs: number, unusedSinceMs: number): Promise<void> {
    await this.#db
      .deleteFrom('sessions')
      .where((eb) => eb.or([eb('expires_at_ms', '<=', nowMs), eb('last_used_at_ms', '<=', unusedSinceMs)]))
      .execute();
  }

  /** Notes uses, many at once; later ones that others noted stay. */
  async noteUses(uses: readonly SessionUse[]): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      for (const { id, lastUsedAtMs, applicationIds } of uses) {
        const { numUpdatedRows } = await db
          .updateTable('sessions')
          .set((eb) => ({
            last_used_at_ms: eb
              .case()
              .when('last_used_at_ms', '>', lastUsedAtMs)
              .then(eb.ref('last_used_at_ms'))
              .else(lastUsedAtMs)
              .end(),
          }))
          .where('id', '=', id)
          .executeTakeFirst();
        if (numUpdatedRows === 0n || applicationIds.length === 0) continue;
        await db
          .insertInto('session_applications')
          .values(applicationIds.map((applicationId) => ({ session_id: id, application_id: applicationId })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    });
  }

  /**
   * Takes the right to ask the provider about a session: of several nodes that saw the same time, one gets it.
   * @returns null where another one has it, or the session has ended
   */
  async claimRefresh(id: string, seenAtMs: number, nowMs: number): Promise<SessionRecord | null> {
    const row = await this.#db
      .updateTable('sessions')
      .set({ refreshed_at_ms: nowMs })
      .where('id', '=', id)
      .where('refreshed_at_ms', '=', seenAtMs)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : this.#fromRow(row);
  }

  /**
   * Keeps what a refresh brought.
   * @param isAnnounced whether caches must forget what they hold: somebody else hears of a changed user by it
   * @returns whether the session still runs
   */
  async renew(id: string, renewed: RenewedSession, isAnnounced: boolean): Promise<boolean> {
    return this.#unit.run(serviceContext(''), async (change) => {
      const { numUpdatedRows } = await change.db
        .updateTable('sessions')
        .set({
          display_name: renewed.displayName,
          user_principal_name: renewed.userPrincipalName,
          groups: JSON.stringify(renewed.groups),
          roles: JSON.stringify(renewed.roles),
          provider_session_id: renewed.providerSessionId,
          authenticated_at_ms: renewed.authenticatedAtMs,
          acr: renewed.acr,
          amr: JSON.stringify(renewed.amr),
          proven_contexts: JSON.stringify(renewed.provenContexts),
          id_token: this.#seal(id, 'id_token', renewed.idToken),
          refresh_token: this.#seal(id, 'refresh_token', renewed.refreshToken),
        })
        .where('id', '=', id)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      if (isAnnounced) change.announce({ kind: 'session', id });
      return true;
    });
  }

  async #removeWhere(
    column: 'id' | 'provider_session_id' | 'provider_subject',
    value: string,
    providerId?: string,
  ): Promise<string[]> {
    return this.#unit.run(serviceContext(''), async (change) => {
      let found = change.db.deleteFrom('sessions').where(column, '=', value);
      if (providerId !== undefined) found = found.where('provider_id', '=', providerId);
      const rows = await found.returning('id').execute();
      for (const { id } of rows) change.announce({ kind: 'session', id });
      return rows.map(({ id }) => id);
    });
  }

  #seal(id: string, column: SealedColumn, text: string | null): Uint8Array | null {
    return text === null ? null : this.#sealer.seal(Buffer.from(text), sealingLabel(id, column));
  }

  #open(id: string, column: SealedColumn, sealed: Uint8Array | null): string | null {
    return sealed === null ? null : Buffer.from(this.#sealer.open(sealed, sealingLabel(id, column))).toString();
  }

  #toRow(session: SessionRecord): SessionRow {
    const { id } = session;
    return {
      id,
      user_id: session.userId,
      tenant_id: session.tenantId,
      display_name: session.displayName,
      user_principal_name: session.userPrincipalName,
      groups: JSON.stringify(session.groups),
      roles: JSON.stringify(session.roles),
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs,
      provider_id: session.providerId,
      provider_subject: session.providerSubject,
      provider_session_id: session.providerSessionId,
      authenticated_at_ms: session.authenticatedAtMs,
      acr: session.acr,
      amr: JSON.stringify(session.amr),
      proven_contexts: JSON.stringify(session.provenContexts),
      user_agent: session.userAgent,
      device_display_name: session.deviceDisplayName,
      remote_address: session.remoteAddress,
      signed_out_hosts: JSON.stringify(session.signedOutHosts),
      id_token: this.#seal(id, 'id_token', session.idToken),
      refresh_token: this.#seal(id, 'refresh_token', session.refreshToken),
      refreshed_at_ms: session.refreshedAtMs,
      last_used_at_ms: session.lastUsedAtMs,
    };
  }

  #fromRow(row: SessionRow): SessionRecord {
    const { id } = row;
    return {
      id,
      userId: row.user_id,
      tenantId: row.tenant_id,
      displayName: row.display_name,
      userPrincipalName: row.user_principal_name,
      groups: JSON.parse(row.groups) as string[],
      roles: JSON.parse(row.roles) as string[],
      createdAtMs: row.created_at_ms,
      expiresAtMs: row.expires_at_ms,
      providerId: row.provider_id,
      providerSubject: row.provider_subject,
      providerSessionId: row.provider_session_id,
      authenticatedAtMs: row.authenticated_at_ms,
      acr: row.acr,
      amr: JSON.parse(row.amr) as string[],
      provenContexts: JSON.parse(row.proven_contexts) as string[],
      userAgent: row.user_agent,
      deviceDisplayName: row.device_display_name,
      remoteAddress: row.remote_address,
      signedOutHosts: JSON.parse(row.signed_out_hosts) as Record<string, number>,
      idToken: this.#open(id, 'id_token', row.id_token),
      refreshToken: this.#open(id, 'refresh_token', row.refresh_token),
      refreshedAtMs: row.refreshed_at_ms,
      lastUsedAtMs: row.last_used_at_ms,
    };
  }
}

/** ID tokens of before had the row alone for a label. */
function sealingLabel(id: string, column: SealedColumn): string {
  return column === 'id_token' ? `sessions/${id}` : `sessions/${id}/${column}`;
}
