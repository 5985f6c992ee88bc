import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Certificates of external hosts, and how the hosts that get theirs by ACME stand. */
export const certificatesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('certificates')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('thumbprint', 'text', (column) => column.notNull().unique())
      .addColumn('chain', 'text', (column) => column.notNull())
      .addColumn('private_key', 'blob', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('acme_hosts')
      .addColumn('hostname', 'text', (column) => column.primaryKey())
      .addColumn('certificate_id', 'text', (column) => column.references('certificates.id').onDelete('set null'))
      .addColumn('failures', 'integer', (column) => column.notNull())
      .addColumn('last_problem', 'text')
      .addColumn('last_attempt_at_ms', 'bigint')
      .addColumn('next_attempt_at_ms', 'bigint', (column) => column.notNull())
      .execute();
  },
};
