import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What of an activity id is kept: 32 of its random bits. Whoever finds it looks at the record itself. */
const PREFIX_CHARACTERS = 8;
const PAIR = 2;
/** How far a place is from the first of its row is kept in 32 bits. */
const MAX_SPAN = 2 ** 32;

/** A request as it is found. */
export interface IndexedRequest {
  readonly sequence: number;
  readonly activityId: string;
}

/**
 * Where requests are, by activity id: a row for each transaction, or more where its sequences lie far apart, with 8 octets for each request of it, which are looked through as
 * a whole. An index of SQLite's own would write to as many pages as there are requests in a transaction, since ids are random.
 */
export class ActivityIndex {
  readonly #put: StatementSync;
  readonly #read: StatementSync;
  readonly #readFirst: StatementSync;
  readonly #removeBefore: StatementSync;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare('insert into activities (firstSequence, lastSequence, places) values (?, ?, ?)');
    this.#read = database.prepare('select firstSequence, places from activities order by id desc');
    this.#readFirst = database.prepare('select min(firstSequence) as sequence from activities');
    this.#removeBefore = database.prepare('delete from activities where lastSequence < ?');
  }

  /** Adds requests that are new to the file, of one transaction. */
  add(requests: readonly IndexedRequest[]): void {
    const inOrder = [...requests].sort((one, other) => one.sequence - other.sequence);
    let begin = 0;
    for (const [index, { sequence }] of inOrder.entries()) {
      if (sequence - (inOrder[begin]?.sequence ?? 0) < MAX_SPAN) continue;
      this.#addRow(inOrder.slice(begin, index));
      begin = index;
    }
    this.#addRow(inOrder.slice(begin));
  }

  /** The sequences that may have an activity id; those of later transactions first. */
  *candidates(activityId: string): Generator<number> {
    const wanted = prefixOf(activityId);
    for (const row of this.#read.iterate()) {
      const first = Number(row['firstSequence']);
      const { buffer, byteOffset, byteLength } = row['places'] as Uint8Array;
      const places = new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength));
      for (let index = places.length - PAIR; index >= 0; index -= PAIR)
        if (places[index] === wanted) yield first + (places[index + 1] ?? 0);
    }
  }

  /** What is older was written before there was an index; null where there is none yet. */
  get firstSequence(): number | null {
    const sequence = this.#readFirst.get()?.['sequence'];
    return sequence === null || sequence === undefined ? null : Number(sequence);
  }

  /** Forgets transactions of which nothing is left. */
  removeBefore(sequence: number): void {
    this.#removeBefore.run(sequence);
  }

  /** @param requests in the order of their sequences */
  #addRow(requests: readonly IndexedRequest[]): void {
    const [first, last] = [requests[0]?.sequence, requests.at(-1)?.sequence];
    if (first === undefined || last === undefined) return;
    const places = new Uint32Array(requests.length * PAIR);
    for (const [index, { sequence, activityId }] of requests.entries()) {
      places[index * PAIR] = prefixOf(activityId);
      places[index * PAIR + 1] = sequence - first;
    }
    this.#put.run(first, last, new Uint8Array(places.buffer));
  }
}

/** Anything that is no hexadecimal number is 0. */
function prefixOf(activityId: string): number {
  return Number.parseInt(activityId.slice(0, PREFIX_CHARACTERS), 16) >>> 0;
}
