import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { PackedRows } from '../../../src-shared/connector/packed-rows.ts';
import { NUMBERS, type PackedTraffic } from '../../../src-shared/connector/packed-traffic.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { MAX_SPAN } from './activity-index.ts';

/** Of fewer, or where most of a batch is not new, each request is kept by itself: that takes less room. */
const MIN_RECORDS = 64;
const MIN_SHARE = 0.5;

const NOTHING = new ArrayBuffer(0);

/** A batch that was taken as a chunk: where the requests are that it keeps. */
export interface TakenChunk {
  readonly firstSequence: number;
  readonly lastSequence: number;
}

interface ReadChunk {
  readonly rows: PackedRows;
  /** Of those that are kept, oldest first. */
  readonly order: readonly number[];
}

/**
 * Requests that are kept a batch at a time, as it came: a row of the file for each batch and not for each request. What such a row
 * holds never changes, no two overlap, and it holds a batch's ended requests above all that was there before; those still open, and those told
 * before, lie in the batch but don't count: `HistoryRecords` has them.
 */
export class HistoryChunks {
  readonly #put: StatementSync;
  readonly #newestFirst: StatementSync;
  readonly #oldestFirst: StatementSync;
  readonly #find: StatementSync;
  readonly #readOldest: StatementSync;
  readonly #readNewest: StatementSync;
  readonly #count: StatementSync;
  readonly #remove: StatementSync;
  #lastFound: { readonly firstSequence: number; readonly chunk: ReadChunk } | null = null;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare('insert into chunks values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#newestFirst = database.prepare('select * from chunks where firstSequence < ? order by firstSequence desc');
    this.#oldestFirst = database.prepare(`
      select * from chunks
        where firstSequence >= coalesce((select max(firstSequence) from chunks where firstSequence <= ?), 0)
        order by firstSequence
    `);
    this.#find = database.prepare(
      'select firstSequence, lastSequence from chunks where firstSequence <= ? order by firstSequence desc limit 1',
    );
    this.#readOldest = database.prepare('select firstSequence from chunks order by firstSequence limit 1');
    this.#readNewest = database.prepare('select lastSequence from chunks order by firstSequence desc limit 1');
    this.#count = database.prepare('select sum(count) as count from chunks');
    const oldest = 'select firstSequence from chunks order by firstSequence limit ?';
    this.#remove = database.prepare(`delete from chunks where firstSequence in (${oldest}) and newestStartedAtMs < ?`);
  }

  /** Takes what has ended of a batch, of sequences above `floor`. @returns null where that is too little */
  take(batch: PackedTraffic, rows: PackedRows, floor: number): TakenChunk | null {
    let firstSequence = Number.MAX_SAFE_INTEGER;
    let lastSequence = 0;
    let newestStartedAtMs = 0;
    let count = 0;
    for (let row = 0; row < rows.count; row += 1) {
      const sequence = rows.sequence(row);
      if (sequence <= floor || rows.outcome(row) === 'open') continue;
      if (sequence < firstSequence) firstSequence = sequence;
      if (sequence > lastSequence) lastSequence = sequence;
      const startedAtMs = rows.startedAtMs(row);
      if (startedAtMs > newestStartedAtMs) newestStartedAtMs = startedAtMs;
      count += 1;
    }
    const isWorthIt = count >= MIN_RECORDS && count >= rows.count * MIN_SHARE;
    if (!isWorthIt || lastSequence - firstSequence >= MAX_SPAN) return null;
    const { numbers, codes, openings, activityIds, urls, texts } = batch;
    this.#put.run(
      firstSequence,
      lastSequence,
      Math.floor(newestStartedAtMs),
      count,
      JSON.stringify(texts),
      octetsOf(numbers),
      octetsOf(codes),
      activityIds,
      urls,
      openings.length === 0 ? null : octetsOf(openings),
    );
    return { firstSequence, lastSequence };
  }

  get oldestSequence(): number | null {
    return (this.#readOldest.get()?.['firstSequence'] as number | undefined) ?? null;
  }

  get newestSequence(): number | null {
    return (this.#readNewest.get()?.['lastSequence'] as number | undefined) ?? null;
  }

  countRecords(): number {
    return Number(this.#count.get()?.['count'] ?? 0);
  }

  find(sequence: number): TrafficRecord | null {
    const found = this.#find.get(sequence);
    if (found === undefined || Number(found['lastSequence']) < sequence) return null;
    const firstSequence = Number(found['firstSequence']);
    if (this.#lastFound?.firstSequence !== firstSequence) {
      const row = this.#newestFirst.get(firstSequence + 1);
      if (row === undefined) return null;
      this.#lastFound = { firstSequence, chunk: readChunk(row) };
    }
    const { rows, order } = this.#lastFound.chunk;
    const row = order.find((each) => rows.sequence(each) === sequence);
    return row === undefined ? null : rows.record(row);
  }

  *newestFirst(beforeSequence: number): Generator<TrafficRecord> {
    for (const found of this.#newestFirst.iterate(beforeSequence)) {
      const { rows, order } = readChunk(found);
      for (const row of order.toReversed()) if (rows.sequence(row) < beforeSequence) yield rows.record(row);
    }
  }

  *oldestFirst(afterSequence: number): Generator<TrafficRecord> {
    for (const found of this.#oldestFirst.iterate(afterSequence)) {
      const { rows, order } = readChunk(found);
      for (const row of order) if (rows.sequence(row) > afterSequence) yield rows.record(row);
    }
  }

  /** Removes of the `chunks` oldest those whose requests all began before `beforeMs`. @returns how many */
  removeOldest(chunks: number, beforeMs: number): number {
    return Number(this.#remove.run(chunks, beforeMs).changes);
  }
}

function octetsOf({
  buffer,
  byteOffset,
  byteLength,
}: Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The table is strict and only `take` writes it. Tables of numbers are in the order of octets of this machine. */
function readChunk(row: Record<string, SQLOutputValue>): ReadChunk {
  const numbers = new Float64Array(bufferOf(row['numbers']));
  const codes = new Uint32Array(bufferOf(row['codes']));
  const rows = new PackedRows({
    count: numbers.length / NUMBERS,
    numbers,
    codes,
    openings: new Float64Array(row['openings'] === null ? NOTHING : bufferOf(row['openings'])),
    activityIds: String(row['activityIds']),
    urls: String(row['urls']),
    texts: JSON.parse(String(row['texts'])) as string[],
  });
  const firstSequence = Number(row['firstSequence']);
  const order: number[] = [];
  for (let each = 0; each < rows.count; each += 1)
    if (rows.outcome(each) !== 'open' && rows.sequence(each) >= firstSequence) order.push(each);
  order.sort((one, other) => rows.sequence(one) - rows.sequence(other));
  return { rows, order };
}

function bufferOf(value: SQLOutputValue | undefined): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = value as Uint8Array<ArrayBuffer>;
  return buffer.slice(byteOffset, byteOffset + byteLength);
}
