import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** From where a change was asked for, what an enrolment token is for, and who enrolled with it. */
export const administratorsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('audit_records').addColumn('client_address', 'text').execute();
    await db.schema.alterTable('enrolment_tokens').addColumn('display_name', 'text').execute();
    // No foreign key: who enrolled with a token is worth knowing when the token is gone.
    await db.schema.alterTable('connectors').addColumn('enrolment_token_id', 'text').execute();
    await db.schema
      .createIndex('connectors_enrolment_token_id')
      .on('connectors')
      .column('enrolment_token_id')
      .execute();
    await db.schema.createIndex('audit_records_actor_id').on('audit_records').column('actor_id').execute();
  },
};
