import { existsSync } from 'node:fs';
import { Kysely, type Transaction } from 'kysely';
import type { DatabaseSchema } from '../schema.ts';
import { DATABASE_LIMITS } from './database-limits.ts';
import { type Database, type StoreChange, everyChange } from './database.ts';
import { migrate, requireCurrent } from './migrate.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { IN_MEMORY, SqliteDriver } from './sqlite-driver.ts';
import { StoreHealth } from './store-health.ts';
import { startStoreProbe } from './store-probe.ts';

/**
 * Opens the store on one SQLite file; made where there is none.
 * @throws PosternError `STORE_UNAVAILABLE`
 */
export async function openSqliteDatabase(file: string): Promise<Database> {
  const health = new StoreHealth();
  const driver = new SqliteDriver(file, health);
  const db = new Kysely<DatabaseSchema>({
    dialect: new NodeSqliteDialect(driver),
    log: (event) => health.queryTimes.note(event),
  });
  try {
    await db.transaction().execute(migrate);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const stopProbe = startStoreProbe(db, health);
  const listeners = new Set<(changes: readonly StoreChange[]) => void>();
  const stopWatch = watchOthers(driver, () => {
    for (const listener of listeners) listener(everyChange());
  });
  return {
    db,
    health,
    // The driver begins every transaction as SQLite's only writer.
    change: <Result>(work: (transaction: Transaction<DatabaseSchema>) => Promise<Result>) =>
      db.transaction().execute(work),
    // The file belongs to one service.
    alone: (work) => work(),
    tellOthers: async () => {},
    onOthersChanges: (listener) => void listeners.add(listener),
    close: async () => {
      stopProbe();
      stopWatch();
      await db.destroy();
    },
  };
}

/** Whether the file is a store of this version; false where there is none. @throws PosternError `STORE_UNAVAILABLE` */
export async function isSqliteCurrent(file: string): Promise<boolean> {
  if (file !== IN_MEMORY && !existsSync(file)) return false;
  const db = new Kysely<DatabaseSchema>({ dialect: new NodeSqliteDialect(new SqliteDriver(file, new StoreHealth())) });
  try {
    return await requireCurrent(db);
  } finally {
    await db.destroy();
  }
}

/**
 * The file tells nobody that a command beside the service has changed it: it is asked. What was changed stays unknown.
 * @returns a function that ends it
 */
function watchOthers(driver: SqliteDriver, onChange: () => void): () => void {
  let known = driver.dataVersion();
  const timer = setInterval(() => {
    const version = driver.dataVersion();
    if (version === null || version === known) return;
    const isFirst = known === null;
    known = version;
    if (!isFirst) onChange();
  }, DATABASE_LIMITS.othersPollMs).unref();
  return () => clearInterval(timer);
}
