import type { DatabaseSync } from 'node:sqlite';
import { StoreFailure } from './store-failure.ts';

/** Faults that a message names; one is enough to stop, more help to judge. */
const NAMED_FAULTS = 5;

/**
 * Looks whether the file is whole and its rows belong together.
 * @throws StoreFailure `damaged`
 */
export function checkSqliteIntegrity(database: DatabaseSync): void {
  const faults = database
    .prepare(`pragma quick_check(${NAMED_FAULTS})`)
    .all()
    .map((row) => String(row['quick_check']))
    .filter((text) => text !== 'ok');
  for (const { table, rowid, parent } of database.prepare('pragma foreign_key_check').all().slice(0, NAMED_FAULTS)) {
    faults.push(`row ${String(rowid)} of ${String(table)} belongs to none of ${String(parent)}`);
  }
  if (faults.length > 0) throw new StoreFailure('damaged', faults.join('; '));
}
