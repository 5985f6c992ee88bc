import type { Kysely, Selectable } from 'kysely';
import type { Sealer } from './sealer.ts';
import type { DatabaseSchema } from './schema.ts';
import type { SessionRecord } from './session-record.ts';
import { type UnitOfWork, serviceContext } from './unit-of-work.ts';

/** The sessions of signed-in users. Each that ends is announced by its id, so that caches forget it. */
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

  async create(session: SessionRecord): Promise<void> {
    await this.#db.insertInto('sessions').values(this.#toRow(session)).execute();
  }

  /** Ends a session; harmless when there is none. */
  async remove(id: string): Promise<void> {
    await this.#removeWhere('id', id);
  }

  /** Ends the sessions that the provider knows by this `sid`. @returns their ids */
  async removeByProviderSession(providerSessionId: string): Promise<string[]> {
    return this.#removeWhere('provider_session_id', providerSessionId);
  }

  /** Ends all sessions of a user. @returns their ids */
  async removeByUser(userId: string): Promise<string[]> {
    return this.#removeWhere('user_id', userId);
  }

  /** Forgets what has run out; nobody need hear of it. */
  async removeExpired(nowMs: number): Promise<void> {
    await this.#db.deleteFrom('sessions').where('expires_at_ms', '<=', nowMs).execute();
  }

  async #removeWhere(column: 'id' | 'provider_session_id' | 'user_id', value: string): Promise<string[]> {
    return this.#unit.run(serviceContext(''), async (change) => {
      const rows = await change.db.deleteFrom('sessions').where(column, '=', value).returning('id').execute();
      for (const { id } of rows) change.announce({ kind: 'session', id });
      return rows.map(({ id }) => id);
    });
  }

  #toRow(session: SessionRecord): Selectable<DatabaseSchema['sessions']> {
    const { idToken } = session;
    return {
      id: session.id,
      user_id: session.userId,
      tenant_id: session.tenantId,
      display_name: session.displayName,
      user_principal_name: session.userPrincipalName,
      groups: JSON.stringify(session.groups),
      roles: JSON.stringify(session.roles),
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs,
      provider_session_id: session.providerSessionId,
      id_token: idToken === null ? null : this.#sealer.seal(Buffer.from(idToken), `sessions/${session.id}`),
    };
  }

  #fromRow(row: Selectable<DatabaseSchema['sessions']>): SessionRecord {
    return {
      id: row.id,
      userId: row.user_id,
      tenantId: row.tenant_id,
      displayName: row.display_name,
      userPrincipalName: row.user_principal_name,
      groups: JSON.parse(row.groups) as string[],
      roles: JSON.parse(row.roles) as string[],
      createdAtMs: row.created_at_ms,
      expiresAtMs: row.expires_at_ms,
      providerSessionId: row.provider_session_id,
      idToken:
        row.id_token === null ? null : Buffer.from(this.#sealer.open(row.id_token, `sessions/${row.id}`)).toString(),
    };
  }
}
