import type { Kysely } from 'kysely';
import type { DatabaseSchema } from './schema.ts';
import { type ChangeContext, type UnitOfWork, serviceContext } from './unit-of-work.ts';

/** From when on a user's access tokens count. */
export interface UserRevocation {
  readonly userId: string;
  readonly revokedBeforeMs: number;
}

/**
 * Users whose sign-ins were revoked: tokens that the provider issued before and that nobody here keeps are refused by it.
 * Each is announced by the user's id.
 */
export class UserRevocationRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: UnitOfWork;
  readonly #clock: () => number;

  constructor(db: Kysely<DatabaseSchema>, unit: UnitOfWork, clock: () => number) {
    this.#db = db;
    this.#unit = unit;
    this.#clock = clock;
  }

  async find(userId: string): Promise<UserRevocation | null> {
    const rows = this.#db.selectFrom('user_revocations').selectAll().where('user_id', '=', userId);
    const row = await rows.executeTakeFirst();
    return row === undefined ? null : { userId: row.user_id, revokedBeforeMs: row.revoked_before_ms };
  }

  /** The latest ones. */
  async list(count: number): Promise<UserRevocation[]> {
    const rows = this.#db.selectFrom('user_revocations').selectAll().orderBy('revoked_before_ms', 'desc').limit(count);
    return (await rows.execute()).map((row) => ({ userId: row.user_id, revokedBeforeMs: row.revoked_before_ms }));
  }

  /**
   * Ends all sessions of a user and refuses every token issued to them until now.
   * @param context who asked; null where the user or the provider did, which is no administrator's change and is not audited
   * @returns the ids of the sessions that ended
   */
  async revoke(userId: string, context: ChangeContext | null): Promise<string[]> {
    const revokedBeforeMs = this.#clock();
    return this.#unit.run(context ?? serviceContext(''), async (change) => {
      await change.db
        .insertInto('user_revocations')
        .values({ user_id: userId, revoked_before_ms: revokedBeforeMs })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ revoked_before_ms: revokedBeforeMs }))
        .execute();
      const rows = await change.db.deleteFrom('sessions').where('user_id', '=', userId).returning('id').execute();
      if (context !== null) {
        await change.audit({
          action: 'user.revokeSignInSessions',
          targetKind: 'user',
          targetId: userId,
          before: { sessions: rows.length },
          after: { sessions: 0, revokedBefore: new Date(revokedBeforeMs).toISOString() },
        });
      }
      change.announce({ kind: 'userRevocation', id: userId });
      for (const { id } of rows) change.announce({ kind: 'session', id });
      return rows.map(({ id }) => id);
    });
  }

  /** Forgets those that no token in use can be as old as. */
  async removeBefore(revokedBeforeMs: number): Promise<void> {
    await this.#db.deleteFrom('user_revocations').where('revoked_before_ms', '<', revokedBeforeMs).execute();
  }
}
