import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { SqliteDriver } from './sqlite-driver.ts';
import type { StoreHealth } from './store-health.ts';

/** Kysely on one file through `node:sqlite`. */
export class NodeSqliteDialect implements Dialect {
  readonly #file: string;
  readonly #health: StoreHealth;

  constructor(file: string, health: StoreHealth) {
    this.#file = file;
    this.#health = health;
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#file, this.#health);
  }

  createAdapter(): DialectAdapter {
    return new NodeSqliteAdapter();
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

class NodeSqliteAdapter extends SqliteAdapter {
  /** The driver lets one change after the other in by itself, and reads go beside. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  /** SQLite does: a migration that fails half-way leaves nothing. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
