import { setTimeout as delay } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type UnchainedAuditRow, auditHash, readAuditHead, storableText } from './audit-chain.ts';
import type { Database, StoreChange } from './database/database.ts';
import { CONFIGURATION_VERSION } from './migrations.ts';
import type { DatabaseSchema } from './schema.ts';

export { EVERY_ID, type StoreChange } from './database/database.ts';

/** Hears of a change. What it promises is waited for, so that this node serves what it has acknowledged; must not reject. */
export type StoreListener = (change: StoreChange) => Promise<void> | void;

/** What a change waits for those who hear of it, at most. */
const LISTENERS_MS = 1000;

/** Changes that no connector hears of. */
const UNKNOWN_TO_CONNECTORS: readonly StoreChange['kind'][] = ['certificate', 'session', 'userRevocation'];

/** Who makes a change, for the audit record. */
export interface ChangeContext {
  readonly actor: {
    readonly id: string;
    readonly displayName: string;
    readonly kind: 'user' | 'application' | 'connector' | 'enrolmentToken' | 'service';
  };
  readonly activityId: string;
  /** IP address that the change was asked for from; absent where nobody asked. */
  readonly clientAddress?: string | undefined;
  /** Told of each thing before it changes; throws where the change must not be. */
  readonly beforeChange?: (entry: AuditEntry) => void;
  /** Runs at the end of the transaction, with what else is to be kept if the change is. */
  readonly beforeCommit?: (db: Transaction<DatabaseSchema>) => Promise<void>;
  /** The change is only tried: `run` undoes it and throws `ChangeTried` where it would have worked. */
  readonly isTrial?: boolean;
}

/** Not an error: a change that was to be tried would have worked. Nothing of it is left. */
export class ChangeTried extends Error {
  constructor() {
    super('The change was tried and undone.');
  }
}

/** What an audit record says of a change; the states before and after hold no secret. */
export interface AuditEntry {
  /** `application.create`, `connector.delete`… */
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly before: object | null;
  readonly after: object | null;
  /** Who is to be named, where that is known only once the change is under way. */
  readonly actor?: ChangeContext['actor'];
}

/** A change under way: its transaction, and what is to be recorded and told with it. */
export interface Change {
  readonly db: Transaction<DatabaseSchema>;
  audit(entry: AuditEntry): Promise<void>;
  /** Tells the listeners once the transaction is committed. */
  announce(change: StoreChange): void;
}

/** What records make their changes with: one transaction for each, or one that is open already. */
export type ChangeRunner = Pick<UnitOfWork, 'run'>;

/** Runs changes within another one: with its transaction, its context and its news. */
export function joinChange(change: Change): ChangeRunner {
  return { run: (_context, work) => work(change) };
}

/** Runs changes: one transaction each, with the audit records in it, and the news after its commit. */
export class UnitOfWork {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #randomId: () => string;
  readonly #listeners = new Set<StoreListener>();

  constructor(database: Database, clock: () => number, randomId: () => string) {
    this.#database = database;
    this.#clock = clock;
    this.#randomId = randomId;
    database.onOthersChanges((changes) => void this.#tell(changes));
  }

  /** @returns a function that ends the subscription. Listeners must not throw. */
  onChange(listener: StoreListener): () => void {
    const own: StoreListener = (change) => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** @param work may run several times where another node of the service was faster */
  async run<Result>(context: ChangeContext, work: (change: Change) => Promise<Result>): Promise<Result> {
    let news: StoreChange[] = [];
    const changed = this.#database.change(async (db) => {
      news = [];
      const value = await work({
        db,
        audit: (entry) => {
          context.beforeChange?.(entry);
          return this.#audit(db, context, entry);
        },
        announce: (change) => news.push(change),
      });
      if (context.isTrial === true) throw new ChangeTried();
      await context.beforeCommit?.(db);
      if (news.some((change) => !UNKNOWN_TO_CONNECTORS.includes(change.kind))) {
        await db
          .updateTable('service_values')
          .set((eb) => ({ number_value: eb('number_value', '+', 1) }))
          .where('name', '=', CONFIGURATION_VERSION)
          .execute();
      }
      if (news.length > 0) await this.#database.tellOthers(db, news);
      return value;
    });
    const result = await changed.catch((error: unknown) => {
      // A commit whose answer was lost may have been made.
      if (error instanceof PosternError && error.code === 'STORE_UNAVAILABLE') void this.#tell(news);
      throw error;
    });
    await Promise.race([this.#tell(news), delay(LISTENERS_MS, undefined, { ref: false })]);
    return result;
  }

  async #tell(changes: readonly StoreChange[]): Promise<void> {
    const done = changes.flatMap((change) => Array.from(this.#listeners, async (listener) => listener(change)));
    await Promise.all(done);
  }

  async #audit(db: Transaction<DatabaseSchema>, context: ChangeContext, entry: AuditEntry): Promise<void> {
    const actor = entry.actor ?? context.actor;
    const head = await readAuditHead(db);
    const row: UnchainedAuditRow = {
      sequence: head.sequence + 1,
      id: this.#randomId(),
      at_ms: this.#clock(),
      activity_id: storableText(context.activityId),
      actor_id: storableText(actor.id),
      actor_display_name: storableText(actor.displayName),
      actor_kind: actor.kind,
      client_address: context.clientAddress ?? null,
      action: entry.action,
      target_kind: entry.targetKind,
      target_id: storableText(entry.targetId),
      before: entry.before === null ? null : JSON.stringify(entry.before),
      after: entry.after === null ? null : JSON.stringify(entry.after),
    };
    const chained = { ...row, previous_hash: head.hash, hash: auditHash(row, head.hash) };
    await db.insertInto('audit_records').values(chained).execute();
  }
}

/** The service acting for itself, where no person asked. */
export function serviceContext(activityId: string): ChangeContext {
  return { actor: { id: 'service', displayName: 'Postern service', kind: 'service' }, activityId };
}
