import type { Kysely, Selectable } from 'kysely';
import type { DatabaseSchema } from './schema.ts';
import { type ChangeContext, type UnitOfWork, serviceContext } from './unit-of-work.ts';

/** A user, who is known by one provider: another one may have a namesake of the same id. */
export interface ProviderUser {
  readonly userId: string;
  readonly providerId: string;
}

/** From when on a user's access tokens count. */
export interface UserRevocation extends ProviderUser {
  readonly revokedBeforeMs: number;
}

type RevocationRow = Selectable<DatabaseSchema['user_revocations']>;

/**
 * Users whose sign-ins were revoked: tokens that the provider issued before and that nobody here keeps are refused by it.
 * Each is announced by `revocationId`.
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

  async find({ userId, providerId }: ProviderUser): Promise<UserRevocation | null> {
    const rows = this.#db.selectFrom('user_revocations').selectAll().where('user_id', '=', userId);
    const row = await rows.where('identity_provider_id', '=', providerId).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  }

  /** The latest ones. */
  async list(count: number): Promise<UserRevocation[]> {
    const rows = this.#db.selectFrom('user_revocations').selectAll().orderBy('revoked_before_ms', 'desc').limit(count);
    return (await rows.execute()).map(fromRow);
  }

  /**
   * Ends all sessions of a user and refuses every token issued to them until now. Namesakes of other providers go on.
   * @param context who asked; null where the user or the provider did, which is no administrator's change and is not audited
   * @returns the ids of the sessions that ended
   */
  async revoke({ userId, providerId }: ProviderUser, context: ChangeContext | null): Promise<string[]> {
    const revokedBeforeMs = this.#clock();
    return this.#unit.run(context ?? serviceContext(''), async (change) => {
      await change.db
        .insertInto('user_revocations')
        .values({ user_id: userId, identity_provider_id: providerId, revoked_before_ms: revokedBeforeMs })
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'identity_provider_id']).doUpdateSet({ revoked_before_ms: revokedBeforeMs }),
        )
        .execute();
      const rows = await change.db
        .deleteFrom('sessions')
        .where('user_id', '=', userId)
        .where('provider_id', '=', providerId)
        .returning('id')
        .execute();
      if (context !== null) {
        await change.audit({
          action: 'user.revokeSignInSessions',
          targetKind: 'user',
          targetId: userId,
          before: { identityProviderId: providerId, sessions: rows.length },
          after: {
            identityProviderId: providerId,
            sessions: 0,
            revokedBefore: new Date(revokedBeforeMs).toISOString(),
          },
        });
      }
      change.announce({ kind: 'userRevocation', id: revocationId({ userId, providerId }) });
      for (const { id } of rows) change.announce({ kind: 'session', id });
      return rows.map(({ id }) => id);
    });
  }

  /** Forgets those that no token in use can be as old as. */
  async removeBefore(revokedBeforeMs: number): Promise<void> {
    await this.#db.deleteFrom('user_revocations').where('revoked_before_ms', '<', revokedBeforeMs).execute();
  }
}

function fromRow(row: RevocationRow): UserRevocation {
  return { userId: row.user_id, providerId: row.identity_provider_id, revokedBeforeMs: row.revoked_before_ms };
}

/** One text for a user of a provider, by which a revocation is announced. The id of a provider has no slash. */
export function revocationId({ userId, providerId }: ProviderUser): string {
  return `${providerId}/${userId}`;
}

/** Whose it is. */
export function readRevocationId(id: string): ProviderUser {
  const end = id.indexOf('/');
  return { providerId: id.slice(0, end), userId: id.slice(end + 1) };
}
