import { StoreFailure, type StoreFailureReason } from './store-failure.ts';

const CONSTRAINT = 19;
const BUSY = [5, 6];

/** SQLite's primary result codes that say more than that something failed. */
const REASONS: Readonly<Record<number, StoreFailureReason>> = {
  5: 'locked',
  6: 'locked',
  8: 'read-only',
  10: 'unreachable',
  11: 'damaged',
  13: 'full',
  14: 'unreachable',
  26: 'damaged',
};

/** Whether another process holds the database for now. */
export function isSqliteBusy(error: unknown): boolean {
  return BUSY.includes(primaryCode(error) ?? 0);
}

/** What SQLite threw as the store's failure; a broken constraint as it is, for the caller to know. */
export function sqliteFailure(error: unknown): Error {
  if (error instanceof StoreFailure) return error;
  const code = primaryCode(error);
  if (code === CONSTRAINT && error instanceof Error) return error;
  const reason = (code === null ? undefined : REASONS[code]) ?? 'failed';
  return new StoreFailure(reason, error instanceof Error ? error.message : String(error), error);
}

function primaryCode(error: unknown): number | null {
  const number: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  return typeof number === 'number' ? number & 0xff : null;
}
