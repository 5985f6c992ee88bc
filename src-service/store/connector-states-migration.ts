import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Connectors that take no new requests, such as are refused and still listed, and what their machines run. */
export const connectorStatesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('connectors')
      .addColumn('is_draining', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('connectors').addColumn('revoked_at_ms', 'bigint').execute();
    await db.schema.alterTable('connectors').addColumn('operating_system', 'text').execute();
  },
};
