import { type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import { appRolesMigration } from './app-roles-migration.ts';
import { administratorsMigration } from './administrators-migration.ts';
import { applicationLogosMigration } from './application-logos-migration.ts';
import { auditChainMigration } from './audit-chain-migration.ts';
import { certificatesMigration } from './certificates-migration.ts';
import { connectorRenewalsMigration } from './connector-renewals-migration.ts';
import { connectorStatesMigration } from './connector-states-migration.ts';
import { sessionsMigration } from './sessions-migration.ts';
import { identityProvidersMigration } from './identity-providers-migration.ts';
import { idempotentAnswersMigration } from './idempotent-answers-migration.ts';
import { provenContextsMigration } from './proven-contexts-migration.ts';
import { providerRevocationsMigration } from './provider-revocations-migration.ts';
import { jsonFunctionsMigration } from './json-functions-migration.ts';
import { usedValuesMigration } from './used-values-migration.ts';
import { unicodeLowerMigration } from './unicode-lower-migration.ts';

/** Where new connectors and applications go that name no group. There from the first migration on. */
export const DEFAULT_CONNECTOR_GROUP_ID = '5f0c3c1e-0000-4000-8000-000000000001';

/** Name of the number that rises with each change that a connector must hear of. */
export const CONFIGURATION_VERSION = 'configurationVersion';

const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('connector_groups')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('name_key', 'text', (column) => column.notNull().unique())
      .addColumn('is_default', 'integer', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('applications')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('app_id', 'text', (column) => column.notNull().unique())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('app_role_assignment_required', 'integer', (column) => column.notNull())
      .addColumn('connector_group_id', 'text', (column) => column.notNull().references('connector_groups.id'))
      .addColumn('external_url', 'text', (column) => column.notNull())
      .addColumn('external_address', 'text', (column) => column.notNull().unique())
      .addColumn('internal_url', 'text', (column) => column.notNull())
      .addColumn('publishing', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('app_role_assignments')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('application_id', 'text', (column) =>
        column.notNull().references('applications.id').onDelete('cascade'),
      )
      .addColumn('principal_id', 'text', (column) => column.notNull())
      .addColumn('principal_type', 'text', (column) => column.notNull())
      .addColumn('principal_display_name', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('app_role_assignments_once', ['application_id', 'principal_type', 'principal_id'])
      .execute();
    await db.schema
      .createTable('connectors')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('machine_name', 'text', (column) => column.notNull())
      .addColumn('version', 'text', (column) => column.notNull())
      .addColumn('connector_group_id', 'text', (column) => column.notNull().references('connector_groups.id'))
      .addColumn('certificate_serial', 'text', (column) => column.notNull())
      .addColumn('certificate_expires_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('last_seen_at_ms', 'bigint')
      .addColumn('external_ip', 'text')
      .execute();
    await db.schema
      .createTable('enrolment_tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('token_hash', 'text', (column) => column.notNull().unique())
      .addColumn('connector_group_id', 'text', (column) =>
        column.notNull().references('connector_groups.id').onDelete('cascade'),
      )
      .addColumn('max_uses', 'integer', (column) => column.notNull())
      .addColumn('uses', 'integer', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('users')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('user_principal_name', 'text', (column) => column.notNull())
      .addColumn('last_seen_at_ms', 'bigint')
      .execute();
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('user_principal_name', 'text', (column) => column.notNull())
      .addColumn('groups', 'text', (column) => column.notNull())
      .addColumn('roles', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('provider_session_id', 'text')
      .addColumn('id_token', 'blob')
      .execute();
    await db.schema
      .createTable('keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('secret', 'blob', (column) => column.notNull())
      .addColumn('public_text', 'text')
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('audit_records')
      .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('at_ms', 'bigint', (column) => column.notNull())
      .addColumn('activity_id', 'text', (column) => column.notNull())
      .addColumn('actor_id', 'text', (column) => column.notNull())
      .addColumn('actor_display_name', 'text', (column) => column.notNull())
      .addColumn('actor_kind', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('target_kind', 'text', (column) => column.notNull())
      .addColumn('target_id', 'text', (column) => column.notNull())
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .execute();
    await db.schema
      .createTable('service_values')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('number_value', 'bigint', (column) => column.notNull())
      .addColumn('sealed_value', 'blob')
      .execute();
    for (const [table, column] of [
      ['applications', 'connector_group_id'],
      ['connectors', 'connector_group_id'],
      ['app_role_assignments', 'principal_id'],
      ['sessions', 'user_id'],
      ['sessions', 'provider_session_id'],
      ['sessions', 'expires_at_ms'],
      ['keys', 'purpose'],
      ['audit_records', 'target_id'],
    ] as const) {
      await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
    }
    await sql`insert into connector_groups (id, name, name_key, is_default, created_at_ms)
      values (${DEFAULT_CONNECTOR_GROUP_ID}, 'Default', 'default', 1, 0)`.execute(db);
    await sql`insert into service_values (name, number_value) values (${CONFIGURATION_VERSION}, 1)`.execute(db);
  },
};

/** Segments give an application many addresses, each of which belongs to it alone. */
const applicationAddresses: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('application_addresses')
      .addColumn('external_address', 'text', (column) => column.primaryKey())
      .addColumn('application_id', 'text', (column) =>
        column.notNull().references('applications.id').onDelete('cascade'),
      )
      .execute();
    await db.schema
      .createIndex('application_addresses_application_id')
      .on('application_addresses')
      .column('application_id')
      .execute();
    await sql`insert into application_addresses (external_address, application_id)
      select external_address, id from applications`.execute(db);
  },
};

/** Every migration by name; names order them. There is no way down: a mistake is mended by a further one. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_first': first,
  '0002_certificates': certificatesMigration,
  '0003_application_addresses': applicationAddresses,
  '0004_sessions': sessionsMigration,
  '0006_app_roles': appRolesMigration,
  '0007_administrators': administratorsMigration,
  '0008_application_logos': applicationLogosMigration,
  '0009_unicode_lower': unicodeLowerMigration,
  '0010_identity_providers': identityProvidersMigration,
  '0011_json_functions': jsonFunctionsMigration,
  '0012_idempotent_answers': idempotentAnswersMigration,
  '0013_proven_contexts': provenContextsMigration,
  '0014_provider_revocations': providerRevocationsMigration,
  '0015_audit_chain': auditChainMigration,
  '0016_connector_states': connectorStatesMigration,
  '0017_used_values': usedValuesMigration,
  '0018_connector_renewals': connectorRenewalsMigration,
};

export class MigrationList implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    return MIGRATIONS;
  }
}
