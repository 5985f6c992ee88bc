import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { type CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, SelectQueryNode } from 'kysely';
import { isChange } from './query-kind.ts';
import { DATABASE_LIMITS } from './database-limits.ts';
import { isSqliteBusy, sqliteFailure } from './sqlite-failure.ts';
import { checkSqliteIntegrity } from './sqlite-integrity.ts';
import { StoreFailure } from './store-failure.ts';
import type { StoreHealth } from './store-health.ts';
import { WriteLock } from './write-lock.ts';

/** SQLite's name for a database without a file. */
export const IN_MEMORY = ':memory:';
const FIRST_RETRY_MS = 2;
const LONGEST_RETRY_MS = 100;

/**
 * `node:sqlite` for Kysely: one connection that reads and one that writes, so that what is in memory can be refreshed while
 * a change waits. A commit is on disk when it returns (WAL, synchronous=FULL). The wait for another process's lock happens
 * between the turns of the event loop, never in SQLite, whose own busy time-out would hold up every request.
 */
export class SqliteDriver implements Driver {
  readonly #file: string;
  readonly #health: StoreHealth;
  readonly #lock = new WriteLock();
  #writer: DatabaseSync | null = null;
  #reader: DatabaseSync | null = null;

  constructor(file: string, health: StoreHealth) {
    this.#file = file;
    this.#health = health;
  }

  async init(): Promise<void> {
    try {
      // For its owner alone, even in a folder that others may read; SQLite gives the same mode to the files beside it.
      if (this.#file !== IN_MEMORY) closeSync(openSync(this.#file, 'a', 0o600));
      this.#writer = await patiently(() => openConnection(this.#file));
      checkSqliteIntegrity(this.#writer);
      this.#reader = this.#file === IN_MEMORY ? this.#writer : await patiently(() => openConnection(this.#file));
      if (this.#reader !== this.#writer) this.#reader.exec('pragma query_only = on');
    } catch (error) {
      await this.destroy();
      throw openFailure(error);
    }
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SqliteConnection(this);
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#enter();
    try {
      // Immediate: a transaction that read first and writes then could find that another process wrote in between.
      await patiently(() => this.#open(this.#writer).exec('begin immediate'));
    } catch (error) {
      this.#lock.release();
      throw this.#failed(error);
    }
    (connection as SqliteConnection).isInTransaction = true;
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      this.#open(this.#writer).exec('commit');
    } catch (error) {
      throw this.#failed(error);
    }
    this.#health.noteSuccess(true);
    this.#leave(connection);
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      const writer = this.#open(this.#writer);
      // Some failures, a full disk among them, have rolled it back already.
      if (writer.isTransaction) writer.exec('rollback');
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#leave(connection);
    }
  }

  async releaseConnection(): Promise<void> {
    // A connection is no more than its state of transaction.
  }

  async destroy(): Promise<void> {
    const [writer, reader] = [this.#writer, this.#reader];
    this.#writer = null;
    this.#reader = null;
    if (reader !== writer) reader?.close();
    writer?.close();
  }

  /**
   * A number that is another one once a different process has changed the file; null where that can't be told now. The
   * changes of this process all go through the writer, which doesn't count its own.
   */
  dataVersion(): number | null {
    try {
      const row = this.#writer?.prepare('pragma data_version').get();
      return row === undefined ? null : Number(row['data_version']);
    } catch {
      return null;
    }
  }

  /** Runs one statement; outside a transaction each change is one of its own. */
  async execute<Row>(query: CompiledQuery, isInTransaction: boolean): Promise<QueryResult<Row>> {
    try {
      if (isInTransaction) return runStatement<Row>(this.#open(this.#writer), query);
      const isRead = SelectQueryNode.is(query.query);
      if (isRead && this.#reader !== this.#writer) {
        const rows = await patiently(() => runStatement<Row>(this.#open(this.#reader), query));
        this.#health.noteSuccess(false);
        return rows;
      }
      await this.#enter();
      try {
        const result = await patiently(() => runStatement<Row>(this.#open(this.#writer), query));
        this.#health.noteSuccess(isChange(query));
        return result;
      } finally {
        this.#lock.release();
      }
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #enter(): Promise<void> {
    try {
      await this.#lock.acquire();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #leave(connection: DatabaseConnection): void {
    (connection as SqliteConnection).isInTransaction = false;
    this.#lock.release();
  }

  #failed(error: unknown): Error {
    const failure = sqliteFailure(error);
    if (failure instanceof StoreFailure) this.#health.noteFailure(failure);
    return failure;
  }

  #open(database: DatabaseSync | null): DatabaseSync {
    if (database === null) throw new StoreFailure('failed', 'the store is closed');
    return database;
  }
}

class SqliteConnection implements DatabaseConnection {
  isInTransaction = false;
  readonly #driver: SqliteDriver;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#driver.execute<Row>(query, this.isInTransaction);
  }

  // eslint-disable-next-line require-yield -- Kysely asks for a generator; lists come in pages instead.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new StoreFailure('failed', 'streaming is not offered: read in pages');
  }
}

function openConnection(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = full;');
    // SQLite's own lower() knows ASCII alone; JavaScript's knows Unicode, as PostgreSQL's `unicode_lower` does.
    const lower = (text: SQLOutputValue): SQLOutputValue => (typeof text === 'string' ? text.toLowerCase() : text);
    database.function('unicode_lower', { deterministic: true }, lower);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function runStatement<Row>(database: DatabaseSync, { sql, parameters }: CompiledQuery): QueryResult<Row> {
  const statement = database.prepare(sql);
  const values = parameters as readonly SQLInputValue[];
  if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] };
  const { changes } = statement.run(...values);
  return { rows: [], numAffectedRows: BigInt(changes) };
}

/** Tries over, with pauses, while another process holds the database. @throws the last error when it took too long */
async function patiently<Result>(action: () => Result): Promise<Result> {
  const deadlineMs = performance.now() + DATABASE_LIMITS.lockWaitMs;
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    try {
      return action();
    } catch (error) {
      if (!isSqliteBusy(error) || performance.now() > deadlineMs) throw error;
    }
    await delay(waitMs);
  }
}

/** Says of a file that can't even be opened what the operating system says of it. */
function openFailure(error: unknown): Error {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (error instanceof Error && typeof code === 'string' && code !== 'ERR_SQLITE_ERROR') {
    return new StoreFailure('unreachable', error.message, error);
  }
  return sqliteFailure(error);
}
