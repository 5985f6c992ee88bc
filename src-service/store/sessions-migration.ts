import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a session must remember to be renewed, to end in time, and to be recognised in a list. */
export const sessionsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    const texts = { provider_id: 'default', user_agent: '', device_display_name: '', remote_address: '' };
    for (const [column, value] of Object.entries({ ...texts, amr: '[]', signed_out_hosts: '{}' })) {
      await db.schema
        .alterTable('sessions')
        .addColumn(column, 'text', (definition) => definition.notNull().defaultTo(value))
        .execute();
    }
    for (const column of ['refreshed_at_ms', 'last_used_at_ms', 'authenticated_at_ms']) {
      await db.schema
        .alterTable('sessions')
        .addColumn(column, 'bigint', (definition) => definition.notNull().defaultTo(0))
        .execute();
    }
    await db.schema.alterTable('sessions').addColumn('provider_subject', 'text').execute();
    await db.schema.alterTable('sessions').addColumn('acr', 'text').execute();
    await db.schema.alterTable('sessions').addColumn('refresh_token', 'blob').execute();
    // Nobody knows when a session of before was used: it counts as used now, lest an update sign everybody out.
    await sql`update sessions set refreshed_at_ms = created_at_ms, authenticated_at_ms = created_at_ms,
      last_used_at_ms = ${Date.now()}`.execute(db);
    await db.schema
      .createTable('session_applications')
      .addColumn('session_id', 'text', (column) => column.notNull().references('sessions.id').onDelete('cascade'))
      .addColumn('application_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('session_applications_once', ['session_id', 'application_id'])
      .execute();
    await db.schema
      .createTable('user_revocations')
      .addColumn('user_id', 'text', (column) => column.primaryKey())
      .addColumn('revoked_before_ms', 'bigint', (column) => column.notNull())
      .execute();
    for (const [table, column] of [
      ['sessions', 'provider_subject'],
      ['sessions', 'last_used_at_ms'],
      ['session_applications', 'application_id'],
    ] as const) {
      await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
    }
  },
};
