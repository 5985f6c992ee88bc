import type { StoreConfiguration } from '../../config/store-configuration.ts';
import type { Database } from './database.ts';
import { openPostgresDatabase } from './postgres-database.ts';
import { openSqliteDatabase } from './sqlite-database.ts';

/** Where a store lies: SQLite's file is known by then. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | (Omit<StoreConfiguration, 'kind'> & { readonly kind: 'postgres' });

/** Opens the database and brings its schema up to date. @throws PosternError `STORE_UNAVAILABLE`, `CONFIG_INVALID` */
export function openDatabase(location: StoreLocation): Promise<Database> {
  return location.kind === 'sqlite' ? openSqliteDatabase(location.file) : openPostgresDatabase(location);
}
