import { Client, type ClientConfig } from 'pg';
import { DATABASE_LIMITS } from './database-limits.ts';
import { type StoreChange, everyChange, isChangeKind } from './database.ts';

/** The channel of `NOTIFY`; it belongs to one database. */
export const NEWS_CHANNEL = 'postern_changes';
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** How often a quiet connection is tried: one that is gone without a word would miss everything. */
const HEARTBEAT_MS = 15_000;

export interface PostgresNewsOptions {
  readonly settings: ClientConfig;
  /** What this node signs its own notifications with, so as not to hear itself. */
  readonly nodeId: string;
  readonly onChanges: (changes: readonly StoreChange[]) => void;
}

/**
 * Hears on a connection of its own what other nodes of the service change (`LISTEN`). What was said while the connection
 * was down is lost: after a reconnection every kind counts as changed.
 */
export class PostgresNews {
  readonly #options: PostgresNewsOptions;
  #client: Client | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: PostgresNewsOptions) {
    this.#options = options;
  }

  /** Resolves once it listens. @throws what `pg` throws when it can't connect */
  async start(): Promise<void> {
    const client = new Client(this.#options.settings);
    client.on('notification', ({ channel, payload }) => {
      if (channel === NEWS_CHANNEL) this.#hear(payload ?? '');
    });
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    try {
      await client.connect();
      await client.query(`listen ${NEWS_CHANNEL}`);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    if (this.#isStopped) {
      await client.end();
      return;
    }
    this.#client = client;
    this.#heartbeat = setInterval(() => {
      client.query('select 1').catch(() => this.#lose(client));
    }, HEARTBEAT_MS).unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    if (this.#retry !== null) clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  #hear(payload: string): void {
    const news = readNotification(payload);
    if (news === null) this.#options.onChanges(everyChange());
    else if (news.nodeId !== this.#options.nodeId) this.#options.onChanges(news.changes);
  }

  #lose(client: Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    client.end().catch(() => {});
    this.#reconnect(FIRST_RETRY_MS);
  }

  #reconnect(waitMs: number): void {
    if (this.#isStopped) return;
    const jittered = waitMs * (0.5 + Math.random() / 2);
    this.#retry = setTimeout(() => {
      this.start().then(
        () => this.#options.onChanges(everyChange()),
        () => this.#reconnect(Math.min(waitMs * 2, LONGEST_RETRY_MS)),
      );
    }, jittered);
  }
}

/** The payloads that tell of changes, each within what one notification may hold; one for all where there are too many. */
export function writeNotifications(nodeId: string, changes: readonly StoreChange[]): string[] {
  const payloads: string[] = [];
  let batch: StoreChange[] = [];
  const text = (list: readonly StoreChange[]): string =>
    JSON.stringify([nodeId, ...list.map(({ kind, id }) => [kind, id])]);
  let bytes = text([]).length;
  for (const change of changes) {
    const own = Buffer.byteLength(JSON.stringify([change.kind, change.id])) + 1;
    if (bytes + own > DATABASE_LIMITS.notificationBytes) {
      payloads.push(text(batch));
      batch = [];
      bytes = text([]).length;
    }
    batch.push(change);
    bytes += own;
  }
  payloads.push(text(batch));
  return payloads.length > DATABASE_LIMITS.notificationsOfChange ? [text(everyChange())] : payloads;
}

/** Null for what this version can't read: another node may be newer. */
function readNotification(payload: string): { nodeId: string; changes: StoreChange[] } | null {
  try {
    const [nodeId, ...list] = JSON.parse(payload) as [string, ...[string, string][]];
    return { nodeId, changes: list.flatMap(([kind, id]) => (isChangeKind(kind) ? [{ kind, id }] : [])) };
  } catch {
    return null;
  }
}
