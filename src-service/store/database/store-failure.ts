import { PosternError } from '../../../src-shared/errors/postern-error.ts';

/** Why a store can't be used, as metrics and readiness name it. */
export type StoreFailureReason =
  | 'busy'
  | 'damaged'
  | 'failed'
  | 'full'
  | 'locked'
  | 'read-only'
  | 'refused'
  | 'unreachable';

const SENTENCES: Readonly<Record<StoreFailureReason, string>> = {
  busy: 'The store is busy: too many queries wait for it already. Try again',
  damaged: 'The store is damaged. Stop the service and restore a backup (docs/operations.md, "The store")',
  failed: 'The store failed',
  full: 'The store is full: its disk takes no more. Free some space; the service goes on by itself',
  locked: 'The store is locked by another process or transaction, which held it for too long',
  'read-only': 'The store takes no changes: it is read-only',
  refused: 'The database refuses this service. Check user, password, database and its access rules',
  unreachable: 'The store cannot be reached. The service goes on by itself when it is back',
};

/** `STORE_UNAVAILABLE` with its cause told apart. */
export class StoreFailure extends PosternError {
  readonly kind: StoreFailureReason;

  /** @param detail the database's own words */
  constructor(reason: StoreFailureReason, detail: string, cause?: unknown) {
    super('STORE_UNAVAILABLE', { message: `${SENTENCES[reason]} (${detail}).`, cause });
    this.name = 'StoreFailure';
    this.kind = reason;
  }
}

/** A failure at the first open, where nobody knows a reason: whatever was thrown, as a `PosternError`. */
export function asStoreFailure(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  return new StoreFailure('failed', error instanceof Error ? error.message : String(error), error);
}
