import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** Records kept in memory for a window that opens later (docs/limits.md). */
const RING_RECORDS = 5000;
const BATCH_INTERVAL_MS = 50;

/**
 * Holds the newest traffic and passes it on in batches, at most one each 50 ms. A record that comes again with the same
 * sequence takes the place of the earlier one.
 */
export class TrafficFeed {
  readonly #ring = new Map<number, TrafficRecord>();
  readonly #send: (records: readonly TrafficRecord[]) => void;
  #pending = new Map<number, TrafficRecord>();
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (records: readonly TrafficRecord[]) => void) {
    this.#send = send;
  }

  /** The records held, oldest first. */
  snapshot(): TrafficRecord[] {
    return [...this.#ring.values()];
  }

  add(records: readonly TrafficRecord[]): void {
    for (const record of records) {
      this.#ring.set(record.sequence, record);
      this.#pending.set(record.sequence, record);
    }
    trim(this.#ring);
    trim(this.#pending);
    if (this.#timer === null) this.#timer = setTimeout(() => this.#flush(), BATCH_INTERVAL_MS);
  }

  /** Forgets everything: sequences of another engine begin anew. */
  clear(): void {
    this.#ring.clear();
    this.#pending.clear();
  }

  #flush(): void {
    this.#timer = null;
    const records = [...this.#pending.values()];
    this.#pending = new Map();
    if (records.length > 0) this.#send(records);
  }
}

function trim(records: Map<number, TrafficRecord>): void {
  for (const sequence of records.keys()) {
    if (records.size <= RING_RECORDS) return;
    records.delete(sequence);
  }
}
