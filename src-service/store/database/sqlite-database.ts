import { Kysely, type Transaction } from 'kysely';
import type { DatabaseSchema } from '../schema.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { StoreHealth } from './store-health.ts';
import { startStoreProbe } from './store-probe.ts';

/**
 * Opens the store on one SQLite file; made where there is none.
 * @throws PosternError `STORE_UNAVAILABLE`
 */
export async function openSqliteDatabase(file: string): Promise<Database> {
  const health = new StoreHealth();
  const db = new Kysely<DatabaseSchema>({ dialect: new NodeSqliteDialect(file, health) });
  try {
    await db.transaction().execute(migrate);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const stopProbe = startStoreProbe(db, health);
  return {
    db,
    health,
    // The driver begins every transaction as SQLite's only writer.
    change: <Result>(work: (transaction: Transaction<DatabaseSchema>) => Promise<Result>) =>
      db.transaction().execute(work),
    // The file belongs to one service.
    alone: (work) => work(),
    tellOthers: async () => {},
    onOthersChanges: () => {},
    close: async () => {
      stopProbe();
      await db.destroy();
    },
  };
}
