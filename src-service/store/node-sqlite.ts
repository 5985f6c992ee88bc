import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqliteDatabase } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

const BUSY_TIMEOUT_MS = 5000;
const SQLITE_CONSTRAINT = 19;
/** SQLite's name for a database without a file. */
const IN_MEMORY = ':memory:';

/**
 * `node:sqlite` in the shape that Kysely's SQLite dialect wants. A commit is on disk when it returns (WAL,
 * synchronous=FULL). Failures other than broken constraints become `STORE_UNAVAILABLE`.
 * @throws PosternError `STORE_UNAVAILABLE` when the file can't be opened.
 */
export function openNodeSqlite(file: string): SqliteDatabase {
  const database = attempt(() => {
    // For its owner alone, even in a folder that others may read; SQLite gives the same mode to the files beside it.
    if (file !== IN_MEMORY) closeSync(openSync(file, 'a', 0o600));
    const opened = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    opened.exec('pragma journal_mode = wal; pragma synchronous = full;');
    // SQLite's own lower() knows ASCII alone; PostgreSQL's and JavaScript's know Unicode.
    opened.function('lower', { deterministic: true }, (text) => (text === null ? null : String(text).toLowerCase()));
    return opened;
  });
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = attempt(() => database.prepare(sql));
      const bind = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => attempt(() => statement.all(...bind(parameters))),
        run: (parameters) => attempt(() => statement.run(...bind(parameters))),
        iterate: (parameters) => attempt(() => statement.iterate(...bind(parameters))),
      };
    },
  };
}

/** Whether an error says that a value which must be unique is taken, in a column whose `table.column` name ends so. */
export function isUniqueViolation(error: unknown, column: string): boolean {
  return (
    error instanceof Error && error.message.startsWith('UNIQUE constraint failed') && error.message.includes(column)
  );
}

function attempt<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const number: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
    if (typeof number === 'number' && (number & 0xff) === SQLITE_CONSTRAINT) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PosternError('STORE_UNAVAILABLE', { message: `The store failed: ${reason}.`, cause: error });
  }
}
