import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Certificates that connectors were given and have not shown yet. */
export const connectorRenewalsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('connectors').addColumn('next_certificate_serial', 'text').execute();
    await db.schema.alterTable('connectors').addColumn('next_certificate_expires_at_ms', 'bigint').execute();
  },
};
