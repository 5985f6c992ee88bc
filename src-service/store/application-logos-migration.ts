import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How applications stand in "My apps": their properties, and logos in a table of their own, so that no list reads them. */
export const applicationLogosMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('applications')
      .addColumn('properties', 'text', (column) => column.notNull().defaultTo('{}'))
      .execute();
    await db.schema.alterTable('applications').addColumn('logo_tag', 'text').execute();
    await db.schema
      .createTable('application_logos')
      .addColumn('application_id', 'text', (column) =>
        column.primaryKey().references('applications.id').onDelete('cascade'),
      )
      .addColumn('media_type', 'text', (column) => column.notNull())
      .addColumn('octets', 'blob', (column) => column.notNull())
      .execute();
  },
};
