import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { sqliteFailure } from './database/sqlite-failure.ts';
import { checkSqliteIntegrity } from './database/sqlite-integrity.ts';

/** What a backup came to. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** The last step of the schema that it has been through: no older version opens it. */
  readonly schema: string;
}

/**
 * Writes the state of one moment of a SQLite store to another file, while the service runs: what was acknowledged before the
 * call is in it. The file is checked, and on disk under its name or not there at all. Secrets in it stay sealed.
 * @throws PosternError `CONFIG_INVALID` when the target is there already or can't be written, `STORE_UNAVAILABLE`
 */
export function backUpSqlite(from: string, to: string): Backup {
  if (existsSync(to)) throw refuse(`${to} is there already. Name another file, or move that one away`);
  if (!existsSync(from)) throw refuse(`there is no store at ${from}`);
  const draft = `${to}.part`;
  rmSync(draft, { force: true });
  try {
    // For its owner alone from the first octet on.
    closeSync(openSync(draft, 'wx', 0o600));
  } catch (error) {
    throw refuse(`${to} can't be written: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  try {
    copy(from, draft);
    const schema = check(draft);
    chmodSync(draft, 0o600);
    sync(draft);
    renameSync(draft, to);
    if (process.platform !== 'win32') sync(dirname(to));
    return { file: to, bytes: statSync(to).size, schema };
  } catch (error) {
    throw error instanceof PosternError ? error : sqliteFailure(error);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  }
}

function copy(from: string, to: string): void {
  const database = new DatabaseSync(from, { timeout: 5000 });
  try {
    // One statement is one reading transaction: changes go on beside it, and none is in the copy by half.
    database.prepare('vacuum into ?').run(to);
  } finally {
    database.close();
  }
}

function check(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    checkSqliteIntegrity(database);
    return String(database.prepare('select max(name) as name from kysely_migration').get()?.['name']);
  } finally {
    database.close();
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function refuse(reason: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `The backup can't be made: ${reason}.`, cause });
}
