import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { DEFAULT_APP_ROLE_ID } from '../../src-shared/publishing/app-roles.ts';

/** Roles of applications: somebody may be assigned to one application several times, with a role each. */
export const appRolesMigration: Migration = {
  // The rows of the tables as they are at this migration: no later schema fits.
  // oxlint-disable-next-line typescript/no-explicit-any
  async up(db: Kysely<any>) {
    await db.schema
      .alterTable('applications')
      .addColumn('app_roles', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
    await db.schema
      .createTable('app_role_assignments_new')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('application_id', 'text', (column) =>
        column.notNull().references('applications.id').onDelete('cascade'),
      )
      .addColumn('principal_id', 'text', (column) => column.notNull())
      .addColumn('principal_type', 'text', (column) => column.notNull())
      .addColumn('principal_display_name', 'text', (column) => column.notNull())
      .addColumn('app_role_id', 'text', (column) => column.notNull().defaultTo(DEFAULT_APP_ROLE_ID))
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('app_role_assignments_once_a_role', [
        'application_id',
        'principal_type',
        'principal_id',
        'app_role_id',
      ])
      .execute();
    const columns = [
      'id',
      'application_id',
      'principal_id',
      'principal_type',
      'principal_display_name',
      'created_at_ms',
    ];
    await db
      .insertInto('app_role_assignments_new')
      .columns(columns)
      .expression(db.selectFrom('app_role_assignments').select(columns))
      .execute();
    await db.schema.dropTable('app_role_assignments').execute();
    await db.schema.alterTable('app_role_assignments_new').renameTo('app_role_assignments').execute();
    await db.schema
      .createIndex('app_role_assignments_principal_id')
      .on('app_role_assignments')
      .column('principal_id')
      .execute();
  },
};
