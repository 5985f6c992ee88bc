import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { DATABASE_LIMITS } from './database-limits.ts';
import { postgresFailure } from './postgres-failure.ts';
import { isChange } from './query-kind.ts';
import { StoreFailure } from './store-failure.ts';
import type { StoreHealth } from './store-health.ts';

/** A pool of `pg` for Kysely. A connection on which something went wrong that it may not get over is not used again. */
export class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #health: StoreHealth;

  constructor(pool: Pool, health: StoreHealth) {
    this.#pool = pool;
    this.#health = health;
  }

  async init(): Promise<void> {
    // Connections are made as they are needed.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#pool.waitingCount >= DATABASE_LIMITS.waitingQueries) {
      throw failed(this.#health, new StoreFailure('busy', `${this.#pool.waitingCount} queries wait for a connection`));
    }
    try {
      return new PostgresConnection(await this.#pool.connect(), this.#health);
    } catch (error) {
      throw failed(this.#health, error);
    }
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).command('begin');
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    // The server answers ROLLBACK where a statement before had failed.
    const done = await own(connection).command('commit');
    if (done !== 'COMMIT') throw failed(this.#health, new StoreFailure('failed', 'the transaction was rolled back'));
    this.#health.noteSuccess(true);
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A connection that is gone has rolled back by that; what is told is the failure before.
    if (!own(connection).isBroken) await own(connection).command('rollback');
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    own(connection).release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #health: StoreHealth;
  #isBroken = false;

  constructor(client: PoolClient, health: StoreHealth) {
    this.#client = client;
    this.#health = health;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, rowCount, command } = await this.#run(query.sql, query.parameters);
    this.#health.noteSuccess(false);
    const hasChanged = isChange(query) || ['INSERT', 'UPDATE', 'DELETE'].includes(command);
    return { rows: rows as Row[], ...(hasChanged && { numAffectedRows: BigInt(rowCount ?? 0) }) };
  }

  // eslint-disable-next-line require-yield -- Kysely asks for a generator; lists come in pages instead.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new StoreFailure('failed', 'streaming is not offered: read in pages');
  }

  /** @returns the command that the server says to have carried out */
  async command(text: 'begin' | 'commit' | 'rollback'): Promise<string> {
    return (await this.#run(text, [])).command;
  }

  release(): void {
    this.#client.release(this.#isBroken);
  }

  async #run(text: string, values: readonly unknown[]) {
    try {
      return await this.#client.query<object>(text, [...values]);
    } catch (error) {
      const failure = failed(this.#health, error);
      if (failure instanceof StoreFailure && failure.kind === 'unreachable') this.#isBroken = true;
      throw failure;
    }
  }
}

function failed(health: StoreHealth, error: unknown): Error {
  const failure = postgresFailure(error);
  if (failure instanceof StoreFailure) health.noteFailure(failure);
  return failure;
}

function own(connection: DatabaseConnection): PostgresConnection {
  return connection as PostgresConnection;
}
