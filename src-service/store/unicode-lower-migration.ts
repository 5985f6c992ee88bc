import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Collations by which PostgreSQL knows the letters of all languages, whatever the locale of the database; the first there is. */
const UNICODE_COLLATIONS = ['und-x-icu', 'pg_c_utf8', 'C.utf8', 'default'];

/** `unicode_lower`, by which names compare without regard to case. SQLite's is a function of the connection. */
export const unicodeLowerMigration: Migration = {
  async up(db: Kysely<unknown>) {
    if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
    const { rows } = await sql<{ name: string }>`
      select collname as name from pg_collation where collname in (${sql.join(UNICODE_COLLATIONS)})
        and collencoding in (-1, pg_char_to_encoding('UTF8'))`.execute(db);
    const found = UNICODE_COLLATIONS.find((collation) => rows.some(({ name }) => name === collation)) ?? 'default';
    await sql`create function unicode_lower(value text) returns text language sql immutable strict parallel safe
      return lower(value collate ${sql.id(found)})`.execute(db);
  },
};
