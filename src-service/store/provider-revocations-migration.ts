import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whose user a revocation is of. Those of before meant everybody with the id, and go on to. */
export const providerRevocationsMigration: Migration = {
  // The rows of the tables as they are at this migration: no later schema fits.
  // oxlint-disable-next-line typescript/no-explicit-any
  async up(db: Kysely<any>) {
    await db.schema
      .createTable('user_revocations_new')
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('identity_provider_id', 'text', (column) => column.notNull())
      .addColumn('revoked_before_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_revocations_of_provider', ['user_id', 'identity_provider_id'])
      .execute();
    await sql`insert into user_revocations_new (user_id, identity_provider_id, revoked_before_ms)
      select user_id, 'default', revoked_before_ms from user_revocations
      union
      select r.user_id, u.identity_provider_id, r.revoked_before_ms
        from user_revocations r join users u on u.id = r.user_id`.execute(db);
    await db.schema.dropTable('user_revocations').execute();
    await db.schema.alterTable('user_revocations_new').renameTo('user_revocations').execute();
  },
};
