import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Two functions that SQLite has, so that filters reach into JSON columns with one SQL for both. */
export const jsonFunctionsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
    await sql`create function json_extract(document text, path text) returns text language sql immutable strict parallel safe
      return jsonb_path_query_first(document::jsonb, path::jsonpath) #>> '{}'`.execute(db);
    await sql`create function json_each(document text, path text) returns table (value text)
      language sql immutable strict parallel safe
      as $$ select item #>> '{}' from jsonb_path_query(document::jsonb, (path || '[*]')::jsonpath) as item $$`.execute(
      db,
    );
  },
};
