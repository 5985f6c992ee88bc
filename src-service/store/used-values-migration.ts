import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Values that are good once, on whichever node. */
export const usedValuesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('used_values')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('used_values_expires_at_ms').on('used_values').column('expires_at_ms').execute();
  },
};
