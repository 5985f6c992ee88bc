import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import { type PostgresStore, type StartedPostgres, startPostgres } from './start-postgres.ts';

/** A place for stores of one kind. */
export interface StorePlace {
  /** An empty store that nobody else has. */
  makeLocation(): Promise<StoreLocation>;
  /** The PostgreSQL server behind it; null where it is SQLite. */
  readonly server: StartedPostgres | null;
  close(): Promise<void>;
}

/** The kinds of store, for `describe.each`: each opens a place that the file closes at its end. */
export const STORE_KINDS: readonly { readonly kind: string; readonly open: () => Promise<StorePlace> }[] = [
  { kind: 'SQLite', open: openSqlitePlace },
  { kind: 'PostgreSQL', open: openPostgresPlace },
];

async function openSqlitePlace(): Promise<StorePlace> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  let count = 0;
  return {
    makeLocation: async () => ({ kind: 'sqlite', file: join(folder, `${(count += 1)}.db`) }),
    server: null,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openPostgresPlace(): Promise<StorePlace> {
  const server = await startPostgres();
  return {
    makeLocation: (): Promise<PostgresStore> => server.makeDatabase(),
    server,
    close: () => server.stop(),
  };
}
