import { type Kysely, type Transaction, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { MigrationList } from '../migrations.ts';
import type { DatabaseSchema } from '../schema.ts';
import { asStoreFailure } from './store-failure.ts';

/** The tables in which Kysely notes what has run. */
const NOTES = 'kysely_migration';

/**
 * Brings the schema up to date in one transaction: it is old or new, never between. The caller's transaction must shut out
 * others that would do the same.
 * @throws PosternError `STORE_UNAVAILABLE` when the database is newer than this program, or a migration fails
 */
export async function migrate(transaction: Transaction<DatabaseSchema>): Promise<void> {
  const provider = new MigrationList();
  await refuseNewer(transaction, Object.keys(await provider.getMigrations()));
  // Of branches that grow beside each other the later number may land first.
  const migrator = new Migrator({ db: transaction, provider, allowUnorderedMigrations: true });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  throw failed === undefined ? asStoreFailure(error) : migrationFailure(failed, error);
}

/**
 * Looks whether the schema is the one that this program works on, and changes nothing.
 * @returns false where there is no store yet
 * @throws PosternError `STORE_UNAVAILABLE` when it is older or newer
 */
export async function requireCurrent(db: Kysely<DatabaseSchema>): Promise<boolean> {
  const known = Object.keys(await new MigrationList().getMigrations()).toSorted();
  await refuseNewer(db, known);
  const done = await readNotes(db);
  if (done.length === 0) return false;
  if (known.every((name) => done.includes(name))) return true;
  throw new PosternError('STORE_UNAVAILABLE', {
    message: `The store is of an older version than this program (${done.toSorted().at(-1)}; this version works on ${known.at(-1)}), and this command changes no schema. Start the service of this version, which brings the store up to date, then run the command again; or use the version that the service has.`,
  });
}

/** A database that a later version has changed may hold what this one would destroy. */
async function refuseNewer(db: Kysely<DatabaseSchema>, known: readonly string[]): Promise<void> {
  const unknown = (await readNotes(db)).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new PosternError('STORE_UNAVAILABLE', {
    message: `The database is newer than this program: it has been through ${unknown.toSorted().join(', ')}, and this version knows steps up to ${known.toSorted().at(-1)}. Run the newer version again, or restore the backup from before the upgrade; there is no way back for a database.`,
  });
}

/** The migrations that a database has been through. */
async function readNotes(db: Kysely<DatabaseSchema>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === NOTES)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(NOTES)}`.execute(db);
  return rows.map(({ name }) => name);
}

function migrationFailure(name: string, error: unknown): PosternError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PosternError('STORE_UNAVAILABLE', {
    message: `The migration ${name} of the database failed (${reason}). Nothing of it was kept: the version before still runs on this database.`,
    cause: error,
  });
}
