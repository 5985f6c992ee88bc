import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { EMPTY_AUDIT, auditHash, readAudit } from './audit-chain.ts';
import type { DatabaseSchema } from './schema.ts';

/**
 * Binds each audit record to the one before, those that are there too, and has the database refuse whatever would change or
 * remove one. A later migration that must touch the table drops these triggers and makes them anew.
 */
export const auditChainMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const column of ['previous_hash', 'hash']) {
      await db.schema
        .alterTable('audit_records')
        .addColumn(column, 'text', (definition) => definition.notNull().defaultTo(''))
        .execute();
    }
    await chainRecords(db);
    for (const column of ['at_ms', 'activity_id']) {
      await db.schema.createIndex(`audit_records_${column}`).on('audit_records').column(column).execute();
    }
    await (db.getExecutor().adapter instanceof PostgresAdapter ? guardOnPostgres(db) : guardOnSqlite(db));
  },
};

async function chainRecords(db: Kysely<DatabaseSchema>): Promise<void> {
  let { hash } = EMPTY_AUDIT;
  for await (const row of readAudit(db)) {
    const previous_hash = hash;
    hash = auditHash(row, previous_hash);
    await db.updateTable('audit_records').set({ previous_hash, hash }).where('sequence', '=', row.sequence).execute();
  }
}

async function guardOnSqlite(db: Kysely<unknown>): Promise<void> {
  for (const operation of ['update', 'delete']) {
    await sql`create trigger ${sql.id(`audit_records_${operation}`)} before ${sql.raw(operation)} on audit_records begin
      select raise(abort, 'audit records are neither changed nor deleted');
    end`.execute(db);
  }
  await sql`create trigger audit_records_insert before insert on audit_records
    when length(new.hash) <> 64
      or new.sequence <= coalesce((select max(sequence) from audit_records), 0)
      or new.previous_hash <>
        coalesce((select hash from audit_records order by sequence desc limit 1), ${sql.lit(EMPTY_AUDIT.hash)})
    begin
      select raise(abort, 'an audit record must follow the last one');
    end`.execute(db);
}

async function guardOnPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'audit records are neither changed nor deleted';
    end $$`.execute(db);
  await sql`create function check_audit_record() returns trigger language plpgsql as $$
    begin
      if length(new.hash) <> 64
        or new.sequence <= coalesce((select max(sequence) from audit_records), 0)
        or new.previous_hash <>
          coalesce((select hash from audit_records order by sequence desc limit 1), ${sql.lit(EMPTY_AUDIT.hash)}) then
        raise exception 'an audit record must follow the last one';
      end if;
      return new;
    end $$`.execute(db);
  await sql`create trigger audit_records_change before update or delete on audit_records
    for each row execute function refuse_audit_change()`.execute(db);
  await sql`create trigger audit_records_truncate before truncate on audit_records
    for each statement execute function refuse_audit_change()`.execute(db);
  await sql`create trigger audit_records_insert before insert on audit_records
    for each row execute function check_audit_record()`.execute(db);
}
