import type { StoreConfiguration } from '../../config/store-configuration.ts';
import type { Database } from './database.ts';
import { isPostgresCurrent, openPostgresDatabase } from './postgres-database.ts';
import { isSqliteCurrent, openSqliteDatabase } from './sqlite-database.ts';
import { IN_MEMORY } from './sqlite-driver.ts';

/** Where a store lies: SQLite's file is known by then. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | (Omit<StoreConfiguration, 'kind'> & { readonly kind: 'postgres' });

/** Opens the database and brings its schema up to date. @throws PosternError `STORE_UNAVAILABLE`, `CONFIG_INVALID` */
export function openDatabase(location: StoreLocation): Promise<Database> {
  return location.kind === 'sqlite' ? openSqliteDatabase(location.file) : openPostgresDatabase(location);
}

/**
 * Opens the database of a service that may be running, of this version or another one, and leaves its schema as it is.
 * @param isMade whether it is made where there is none yet; else it is an empty one in memory then
 * @throws PosternError `STORE_UNAVAILABLE` also where the schema is another one, `CONFIG_INVALID`
 */
export async function openDatabaseBeside(location: StoreLocation, isMade = false): Promise<Database> {
  const isThere = location.kind === 'sqlite' ? await isSqliteCurrent(location.file) : await isPostgresCurrent(location);
  return isThere || isMade ? openDatabase(location) : openSqliteDatabase(IN_MEMORY);
}
