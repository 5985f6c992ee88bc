import type { z } from 'zod';
import type { storeSchema } from '../../src-service/config/store-configuration.ts';
import type { StoreLocation } from '../../src-service/store/database/open-database.ts';
import type { StartedPostgres } from './start-postgres.ts';

/** Set by the runner's project `integration-postgres`: services of tests keep their state there rather than in a file. */
let server: StartedPostgres | null = null;
const stores = new Map<string, Promise<z.input<typeof storeSchema>>>();

export function useServer(started: StartedPostgres | null): void {
  server = started;
  stores.clear();
}

/** Where a test's own store lies, which ends with the test. */
export async function locationOfTest(): Promise<StoreLocation> {
  return server === null ? { kind: 'sqlite', file: ':memory:' } : server.makeDatabase();
}

/** What a service with this data folder has as `store`: the same at each start. */
export async function storeForFolder(dataFolder: string): Promise<z.input<typeof storeSchema>> {
  if (server === null) return {};
  const known = stores.get(dataFolder) ?? server.makeDatabase();
  stores.set(dataFolder, known);
  return known;
}
