import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Answers to creations, by their `Idempotency-Key`. */
export const idempotentAnswersMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('idempotent_answers')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('owner_id', 'text', (column) => column.notNull())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('location', 'text')
      .addColumn('body', 'blob', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('idempotent_answers_owner_id')
      .on('idempotent_answers')
      .columns(['owner_id', 'created_at_ms'])
      .execute();
  },
};
