import type { Kysely, Transaction } from 'kysely';
import type { DatabaseSchema } from '../schema.ts';
import type { StoreHealth } from './store-health.ts';

/** Something that others must hear of, told after the commit. */
export interface StoreChange {
  readonly kind:
    | 'application'
    | 'assignment'
    | 'certificate'
    | 'connector'
    | 'connectorGroup'
    | 'session'
    /** `id` is the user's. */
    | 'userRevocation';
  /** `EVERY_ID` where changes were missed: whatever is known of the kind may be out of date. */
  readonly id: string;
}

/** In place of an id: any of the kind may have changed. */
export const EVERY_ID = '*';

/** Every kind of change there is; the types see to that. */
const KINDS: Readonly<Record<StoreChange['kind'], true>> = {
  application: true,
  assignment: true,
  certificate: true,
  connector: true,
  connectorGroup: true,
  session: true,
  userRevocation: true,
};

/** What stands for all changes that were missed. */
export function everyChange(): StoreChange[] {
  return (Object.keys(KINDS) as StoreChange['kind'][]).map((kind) => ({ kind, id: EVERY_ID }));
}

/** Whether a text names a kind of change: another node of the service may be newer and know more. */
export function isChangeKind(text: unknown): text is StoreChange['kind'] {
  return typeof text === 'string' && Object.hasOwn(KINDS, text);
}

/** The database below the records: what SQLite and PostgreSQL do each in their own way. */
export interface Database {
  readonly db: Kysely<DatabaseSchema>;
  readonly health: StoreHealth;
  /** Runs `work` in a transaction beside which no other change runs, on any node; `work` may run several times. */
  change<Result>(work: (transaction: Transaction<DatabaseSchema>) => Promise<Result>): Promise<Result>;
  /** Runs `work` while no other node runs one: what is made once, at the first start, is made by one of them. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Has the other nodes hear of changes once the transaction is committed, and only then. */
  tellOthers(transaction: Transaction<DatabaseSchema>, changes: readonly StoreChange[]): Promise<void>;
  /** Calls `listener` with the changes that other nodes, or other processes on the same file, have made. */
  onOthersChanges(listener: (changes: readonly StoreChange[]) => void): void;
  close(): Promise<void>;
}
