import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whose users assignments and known people are: what was there before belongs to the provider that was the only one. */
export const identityProvidersMigration: Migration = {
  // The rows of the tables as they are at this migration: no later schema fits.
  // oxlint-disable-next-line typescript/no-explicit-any
  async up(db: Kysely<any>) {
    await db.schema
      .alterTable('app_role_assignments')
      .addColumn('identity_provider_id', 'text', (column) => column.notNull().defaultTo('default'))
      .execute();
    await db.schema
      .createTable('users_new')
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('identity_provider_id', 'text', (column) => column.notNull().defaultTo('default'))
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('user_principal_name', 'text', (column) => column.notNull())
      .addColumn('last_seen_at_ms', 'bigint')
      .addPrimaryKeyConstraint('users_of_provider', ['id', 'identity_provider_id'])
      .execute();
    const columns = ['id', 'display_name', 'user_principal_name', 'last_seen_at_ms'];
    await db.insertInto('users_new').columns(columns).expression(db.selectFrom('users').select(columns)).execute();
    await db.schema.dropTable('users').execute();
    await db.schema.alterTable('users_new').renameTo('users').execute();
  },
};
