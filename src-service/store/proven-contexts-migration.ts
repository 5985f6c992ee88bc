import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a session has proved outlives a refresh that does not repeat it. */
export const provenContextsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('sessions')
      .addColumn('proven_contexts', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
  },
};
