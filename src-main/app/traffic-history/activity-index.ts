import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CODE, CODES, NUMBER, NUMBERS, type PackedTraffic } from '../../../src-shared/connector/packed-traffic.ts';

/** What of an activity id is kept: 32 of its random bits. Whoever finds it looks at the record itself. */
const PREFIX_CHARACTERS = 8;
const PAIR = 2;
/** How far a place is from the first of its row is kept in 32 bits. */
export const MAX_SPAN = 2 ** 32;

/** A request as it is found. */
export interface IndexedRequest {
  readonly sequence: number;
  readonly activityId: string;
}

/**
 * Where requests are, by activity id: a row for each transaction or chunk, or more where its sequences lie far apart, with 8 octets
 * for each request of it, which are looked through as a whole. An index of SQLite's own would write to as many pages as there are
 * requests in a transaction, since ids are random.
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

  /** Adds a row that is made already: for each request two numbers, as `activityPrefix` and its sequence from `first` on. */
  addPlaces(first: number, last: number, places: Uint32Array<ArrayBuffer>): void {
    this.#put.run(first, last, new Uint8Array(places.buffer, places.byteOffset, places.byteLength));
  }

  /** The sequences that may have an activity id; those of later transactions first. */
  *candidates(activityId: string): Generator<number> {
    const wanted = activityPrefix(activityId, 0, activityId.length);
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
      places[index * PAIR] = activityPrefix(activityId, 0, activityId.length);
      places[index * PAIR + 1] = sequence - first;
    }
    this.addPlaces(first, last, places);
  }
}

/** Rows of the index for those of a batch that are wanted: see `addPlaces`. */
export function makePlaces(
  { count, numbers, codes, activityIds }: PackedTraffic,
  first: number,
  isWanted: (row: number) => boolean,
): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(count * PAIR);
  let length = 0;
  let start = 0;
  for (let row = 0; row < count; row += 1) {
    const end = start + (codes[row * CODES + CODE.activityIdLength] ?? 0);
    if (isWanted(row)) {
      places[length] = activityPrefix(activityIds, start, end);
      places[length + 1] = (numbers[row * NUMBERS + NUMBER.sequence] ?? 0) - first;
      length += PAIR;
    }
    start = end;
  }
  return places.subarray(0, length);
}

/** The first 32 bits of the activity id from `start` to before `end` of a text. What is no hexadecimal number ends it. */
function activityPrefix(text: string, start: number, end: number): number {
  let prefix = 0;
  const last = Math.min(end, start + PREFIX_CHARACTERS);
  for (let index = start; index < last; index += 1) {
    const digit = hexadecimal(text.charCodeAt(index));
    if (digit < 0) break;
    prefix = prefix * 16 + digit;
  }
  return prefix;
}

/** -1 for what is no digit. */
function hexadecimal(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
