import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, type Transaction, sql } from 'kysely';
import { Pool } from 'pg';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { StoreConfiguration } from '../../config/store-configuration.ts';
import type { DatabaseSchema } from '../schema.ts';
import { DATABASE_LIMITS } from './database-limits.ts';
import type { Database, StoreChange } from './database.ts';
import { migrate, requireCurrent } from './migrate.ts';
import { PostgresDialect } from './postgres-dialect.ts';
import { isLostRace, postgresFailure } from './postgres-failure.ts';
import { NEWS_CHANNEL, PostgresNews, writeNotifications } from './postgres-news.ts';
import {
  MIGRATION_TIMES,
  type PostgresTimes,
  QUERY_TIMES,
  describePostgres,
  postgresSettings,
} from './postgres-settings.ts';
import { StoreFailure } from './store-failure.ts';
import { StoreHealth } from './store-health.ts';
import { startStoreProbe } from './store-probe.ts';
import { WriteLock } from './write-lock.ts';

/** Advisory locks of the database, by what they keep apart; the numbers are ours alone. */
const LOCKS = { migration: 7_605_001, changes: 7_605_002, alone: 7_605_003 } as const;
const OLDEST_VERSION = 150_000;
const IDLE_CONNECTION_MS = 30_000;
const RETRY_MS = 20;
const ALONE_RETRY_MS = 50;

/**
 * Opens the store on PostgreSQL, which several nodes of the service may share.
 * @throws PosternError `STORE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function openPostgresDatabase(store: StoreConfiguration): Promise<Database> {
  await migrateInLock(store);
  const health = new StoreHealth();
  const pool = makePool(store, QUERY_TIMES, store.maxConnections);
  const db = new Kysely<DatabaseSchema>({
    dialect: new PostgresDialect(pool, health),
    log: (event) => health.queryTimes.note(event),
  });
  const nodeId = randomUUID();
  const listeners = new Set<(changes: readonly StoreChange[]) => void>();
  const news = new PostgresNews({
    settings: postgresSettings(store, QUERY_TIMES),
    nodeId,
    onChanges: (changes) => {
      for (const listener of listeners) listener(changes);
    },
  });
  try {
    await news.start();
  } catch (error) {
    await db.destroy();
    throw postgresFailure(error);
  }
  const stopProbe = startStoreProbe(db, health);
  // Changes of this node wait here, where they take no connection from those who read.
  const entrance = new WriteLock();
  return {
    db,
    health,
    change: async (work) => {
      await entrance.acquire();
      try {
        return await changeInLock(db, health, work);
      } finally {
        entrance.release();
      }
    },
    alone: (work) => db.connection().execute((connection) => aloneInLock(connection, work)),
    tellOthers: async (transaction, changes) => {
      for (const payload of writeNotifications(nodeId, changes)) {
        await sql`select pg_notify(${NEWS_CHANNEL}, ${payload})`.execute(transaction);
      }
    },
    onOthersChanges: (listener) => void listeners.add(listener),
    close: async () => {
      stopProbe();
      await news.stop();
      await db.destroy();
    },
  };
}

/**
 * One change after the other, over all nodes, as SQLite has it: what a change has read holds until it is committed, with
 * no isolation above "read committed" and hardly a reason to try over (ADR 0026).
 */
async function changeInLock<Result>(
  db: Kysely<DatabaseSchema>,
  health: StoreHealth,
  work: (transaction: Transaction<DatabaseSchema>) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${sql.lit(LOCKS.changes)})`.execute(transaction);
        return work(transaction);
      });
    } catch (error) {
      if (!isLostRace(error)) throw error;
      if (attempt === DATABASE_LIMITS.changeAttempts) {
        const failure = new StoreFailure('locked', `${attempt} attempts lost against other transactions`, error);
        health.noteFailure(failure);
        throw failure;
      }
    }
    await delay(RETRY_MS * 2 ** attempt * Math.random());
  }
}

/** Holds a lock of the session, whose wait no time-out of a statement cuts short. */
async function aloneInLock<Result>(connection: Kysely<DatabaseSchema>, work: () => Promise<Result>): Promise<Result> {
  const deadlineMs = performance.now() + DATABASE_LIMITS.aloneWaitMs;
  for (;;) {
    const { rows } = await sql<{ held: boolean }>`
      select pg_try_advisory_lock(${sql.lit(LOCKS.alone)}) as held`.execute(connection);
    if (rows[0]?.held === true) break;
    if (performance.now() > deadlineMs) throw new StoreFailure('locked', 'another node has not finished its start');
    await delay(ALONE_RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await sql`select pg_advisory_unlock(${sql.lit(LOCKS.alone)})`.execute(connection);
  }
}

/** Migrates on a connection of its own, which may take its time; nodes that start together wait for one another. */
async function migrateInLock(store: StoreConfiguration): Promise<void> {
  const pool = makePool(store, MIGRATION_TIMES, 1);
  const db = new Kysely<DatabaseSchema>({ dialect: new PostgresDialect(pool, new StoreHealth()) });
  try {
    await db.transaction().execute(async (transaction) => {
      await requireUsableServer(transaction, store);
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCKS.migration)})`.execute(transaction);
      await migrate(transaction);
    });
  } finally {
    await db.destroy();
  }
}

/** Whether the database holds a store of this version; false where it is empty. @throws PosternError `STORE_UNAVAILABLE` */
export async function isPostgresCurrent(store: StoreConfiguration): Promise<boolean> {
  const db = new Kysely<DatabaseSchema>({
    dialect: new PostgresDialect(makePool(store, QUERY_TIMES, 1), new StoreHealth()),
  });
  try {
    return await requireCurrent(db);
  } finally {
    await db.destroy();
  }
}

async function requireUsableServer(db: Kysely<DatabaseSchema>, store: StoreConfiguration): Promise<void> {
  const { rows } = await sql<{ version: number; name: string; encoding: string }>`
    select current_setting('server_version_num')::bigint as version, current_setting('server_version') as name,
      current_setting('server_encoding') as encoding`.execute(db);
  const [server] = rows;
  const problem =
    server === undefined || server.version < OLDEST_VERSION
      ? `it is version ${server?.name}, and the store needs PostgreSQL 15 or later`
      : server.encoding === 'UTF8'
        ? null
        : `its encoding is ${server.encoding}, and names need UTF8: create the database anew with encoding 'UTF8'`;
  if (problem === null) return;
  throw new PosternError('STORE_UNAVAILABLE', { message: `${describePostgres(store)} can't be used: ${problem}.` });
}

function makePool(store: StoreConfiguration, times: PostgresTimes, max: number): Pool {
  const pool = new Pool({ ...postgresSettings(store, times), max, idleTimeoutMillis: IDLE_CONNECTION_MS });
  // What happens to a connection shows at its next query; unheard it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
