import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { type CountingPlan, countPackedRows } from '../../../src-shared/connector/count-packed-rows.ts';
import { LatencyCounts } from '../../../src-shared/connector/latency-counts.ts';
import { PackedRows } from '../../../src-shared/connector/packed-rows.ts';
import type { PackedTraffic } from '../../../src-shared/connector/packed-traffic.ts';
import {
  addTrafficCounts,
  countEnded,
  makeTrafficCounts,
  type TrafficCounts,
} from '../../../src-shared/connector/traffic-counts.ts';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { KeptHeader, TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficPage } from '../../../src-shared/connector/traffic-history.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { ActivityIndex, makePlaces } from './activity-index.ts';
import { HistoryChunks } from './history-chunks.ts';
import type { HistoryLimits } from './history-limits.ts';
import { HistoryRecords } from './history-records.ts';
import { mergeBySequence } from './merge-by-sequence.ts';

const MINUTE_MS = 60_000;
/** Rows and chunks that one step of clearing up removes, so that what comes in waits for it but shortly. */
const PRUNE_ROWS = 5000;
const PRUNE_CHUNKS = 4;
/** Free pages that one step gives back to the disk: 8 MiB. */
const VACUUM_PAGES = 2000;
/** Rows that one page looks at for such as match; whoever asked goes on at `next`. */
const MAX_SCANNED_ROWS = 50_000;
/** Requests whose headers are kept (docs/limits.md): at the usual size of headers about 30 MiB. */
const MAX_HEADS = 20_000;
/** After so many new ones it is looked for whether there are too many. */
const HEADS_A_COUNT = 1000;
/** Of the room that may be used so much stays in the file though it is free: an eighth of an eighth. */
const SPARE_SHARE = 64;
/** Stands for all applications together in the table of figures. */
const EVERY_APPLICATION = '';

/** What a batch adds to the figures: of a minute and an application, or of all. */
interface MinuteCounts {
  readonly minute: number;
  readonly applicationId: string;
  readonly counts: TrafficCounts;
}

/** What a transaction gathers for its end. */
interface Addition {
  readonly minutes: Map<string, MinuteCounts>;
  /** Kept one by one, as told last; and those of them that are new to the file. */
  readonly told: Map<number, TrafficRecord>;
  readonly added: TrafficRecord[];
}

export interface PageQuery {
  /** Sequence before which to begin; null for the newest. */
  readonly beforeSequence: number | null;
  readonly filter: TrafficFilter;
  /** Records wanted at most. */
  readonly limit: number;
}

/** The requests of the past and the figures of their minutes, in one SQLite file. Made and used in one thread. */
export class HistoryStore {
  readonly #database: DatabaseSync;
  #limits: HistoryLimits;
  readonly #records: HistoryRecords;
  readonly #chunks: HistoryChunks;
  readonly #activities: ActivityIndex;
  readonly #readFigures: StatementSync;
  readonly #putFigures: StatementSync;
  readonly #putHeads: StatementSync;
  readonly #readHeads: StatementSync;
  readonly #removeHeads: StatementSync;
  #uncountedHeads = HEADS_A_COUNT;
  /** The highest sequence that was ever put in: what is above it is not there. */
  #highestSequence: number;

  /** Takes over an open database. What an earlier run left open counts as failed from now on. */
  constructor(database: DatabaseSync, limits: HistoryLimits) {
    this.#database = database;
    this.#limits = limits;
    this.#records = new HistoryRecords(database);
    this.#chunks = new HistoryChunks(database);
    this.#activities = new ActivityIndex(database);
    this.#highestSequence = Math.max(this.#records.newestSequence ?? 0, this.#chunks.newestSequence ?? 0);
    this.#readFigures = database.prepare('select * from figures where applicationId = ? and minute = ?');
    this.#putFigures = database.prepare('insert or replace into figures values (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#putHeads = database.prepare('insert or replace into heads values (?, ?, ?)');
    this.#removeHeads = database.prepare('delete from heads where sequence < ?');
    this.#readHeads = database.prepare('select request, response from heads where sequence = ?');
  }

  /** Writes batches in one transaction. A record that comes again takes the place of the earlier one. */
  add(batches: readonly PackedTraffic[], heads: readonly TrafficHeads[] = []): void {
    const addition: Addition = { minutes: new Map(), added: [], told: new Map() };
    const plan: CountingPlan = {
      stepOf: (startedAtMs) => Math.floor(startedAtMs / MINUTE_MS),
      countsFor: (minute, applicationId) => countsFor(addition.minutes, minute, applicationId),
    };
    this.#database.exec('begin immediate');
    try {
      for (const batch of batches) this.#addBatch(batch, addition, plan);
      for (const record of addition.told.values()) this.#records.put(record);
      for (const { sequence, request, response } of heads)
        this.#putHeads.run(sequence, JSON.stringify(request), response === null ? null : JSON.stringify(response));
      this.#uncountedHeads += heads.length;
      this.#activities.add(addition.added);
      for (const entry of addition.minutes.values()) this.#addFigures(entry);
      this.#database.exec('commit');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw error;
    }
  }

  setLimits(limits: HistoryLimits): void {
    this.#limits = limits;
  }

  /** Removes everything, and gives the room on disk back. */
  clear(): void {
    this.#database.exec(
      'delete from records; delete from chunks; delete from figures; delete from heads; delete from activities; vacuum',
    );
  }

  /**
   * Removes a step's worth of what is too old or too much. @returns whether there is more to remove
   * @param nowMs null where the clock can't be relied on: nothing is too old then
   */
  prune(nowMs: number | null): boolean {
    const isTooLarge = this.#usedBytes() > this.#limits.maxBytes;
    // What is too much takes many steps; the last of them alone looks for what has become old.
    const isMore = (isTooLarge && this.#removeOldest()) || (nowMs !== null && this.#pruneAge(nowMs));
    this.#pruneHeads();
    this.#vacuum();
    return isMore;
  }

  /** Reads on into the past. */
  readPage({ beforeSequence, filter, limit }: PageQuery): TrafficPage {
    const matches = makeTrafficMatcher(filter);
    const before = beforeSequence ?? Number.MAX_SAFE_INTEGER;
    const records: TrafficRecord[] = [];
    let scanned = 0;
    for (const record of mergeBySequence(this.#records.newestFirst(before), this.#chunks.newestFirst(before), -1)) {
      scanned += 1;
      if (matches(record)) records.push(record);
      if (records.length >= limit || scanned >= MAX_SCANNED_ROWS) return { records, next: record.sequence };
    }
    return { records, next: null };
  }

  /** The last request with an activity id. */
  findByActivity(activityId: string): TrafficRecord | null {
    for (const sequence of this.#activities.candidates(activityId)) {
      const record = this.#find(sequence);
      if (record?.activityId === activityId) return record;
    }
    return this.#records.findByActivity(activityId, this.#activities.firstSequence ?? Number.MAX_SAFE_INTEGER);
  }

  /** The rows after a sequence, oldest first. */
  readAfter(sequence: number, limit: number): TrafficRecord[] {
    const rows = mergeBySequence(this.#records.oldestFirst(sequence), this.#chunks.oldestFirst(sequence), 1);
    const records: TrafficRecord[] = [];
    for (const record of rows) {
      records.push(record);
      if (records.length >= limit) break;
    }
    return records;
  }

  /** The headers of a request; null where they are not kept. */
  readHeads(sequence: number): TrafficHeads | null {
    const row = this.#readHeads.get(sequence);
    if (row === undefined) return null;
    const { request, response } = row as { request: string; response: string | null };
    const read = (text: string): KeptHeader[] => JSON.parse(text) as KeptHeader[];
    return { sequence, request: read(request), response: response === null ? null : read(response) };
  }

  /** How many requests are kept. */
  countRecords(): number {
    const { count } = this.#database.prepare('select count(*) as count from records').get() ?? {};
    return Number(count) + this.#chunks.countRecords();
  }

  /** The figures of the minutes from `sinceMs` up to before `untilMs`, oldest first; of one application or of all. */
  *figures(
    sinceMs: number,
    untilMs: number,
    applicationId: string | null,
  ): Generator<{ readonly atMs: number; readonly counts: Readonly<TrafficCounts> }> {
    const rows = this.#database
      .prepare('select * from figures where applicationId = ? and minute >= ? and minute < ? order by minute')
      .iterate(applicationId ?? EVERY_APPLICATION, Math.floor(sinceMs / MINUTE_MS), Math.ceil(untilMs / MINUTE_MS));
    for (const row of rows) yield { atMs: Number(row['minute']) * MINUTE_MS, counts: toCounts(row) };
  }

  #find(sequence: number): TrafficRecord | null {
    return this.#records.find(sequence) ?? this.#chunks.find(sequence);
  }

  /** Null where the request is not there. */
  #outcomeOf(sequence: number): TrafficRecord['outcome'] | null {
    return this.#records.outcomeOf(sequence) ?? this.#chunks.find(sequence)?.outcome ?? null;
  }

  #addBatch(batch: PackedTraffic, addition: Addition, plan: CountingPlan): void {
    const rows = new PackedRows(batch);
    const floor = this.#highestSequence;
    const chunk = this.#chunks.take(batch, rows, floor);
    const isInChunk = (row: number): boolean =>
      chunk !== null && rows.sequence(row) > floor && rows.outcome(row) !== 'open';
    if (chunk !== null) {
      countPackedRows(rows, plan, isInChunk);
      const { firstSequence, lastSequence } = chunk;
      this.#activities.addPlaces(firstSequence, lastSequence, makePlaces(batch, firstSequence, isInChunk));
      this.#highestSequence = lastSequence;
    }
    for (let row = 0; row < rows.count; row += 1)
      if (!isInChunk(row)) this.#addRecord(rows.record(row), floor, addition, plan);
  }

  /** @param floor what is above it is not in the file yet */
  #addRecord(record: TrafficRecord, floor: number, { added, told }: Addition, plan: CountingPlan): void {
    const { sequence, outcome, timing } = record;
    const before = told.get(sequence)?.outcome ?? (sequence > floor ? null : this.#outcomeOf(sequence));
    if (before === null) added.push(record);
    told.set(sequence, record);
    this.#highestSequence = Math.max(this.#highestSequence, sequence);
    const isNewEnd = outcome !== 'open' && (before === null || before === 'open');
    if (!isNewEnd) return;
    const step = plan.stepOf(record.startedAtMs, timing.totalMs);
    const answerMs = record.isUpgrade ? null : timing.totalMs;
    for (const counts of plan.countsFor(step, record.applicationId))
      countEnded(counts, outcome, record.status, record.requestBytes, record.responseBytes, answerMs);
  }

  #addFigures({ minute, applicationId, counts }: MinuteCounts): void {
    const row = this.#readFigures.get(applicationId, minute);
    if (row !== undefined) addTrafficCounts(counts, toCounts(row));
    const { requests, refused, errors, failed, requestBytes, responseBytes, latencies } = counts;
    this.#putFigures.run(
      applicationId,
      minute,
      requests,
      refused,
      errors,
      failed,
      requestBytes,
      responseBytes,
      latencies.toText(),
    );
  }

  #pruneAge(nowMs: number): boolean {
    const beforeMs = nowMs - this.#limits.maxRecordAgeMs;
    const rows = this.#records.removeOldest(PRUNE_ROWS, Number.MAX_SAFE_INTEGER, beforeMs);
    const chunks = this.#chunks.removeOldest(PRUNE_CHUNKS, beforeMs);
    this.#database
      .prepare('delete from figures where minute < ?')
      .run(Math.floor((nowMs - this.#limits.maxFigureAgeMs) / MINUTE_MS));
    return rows === PRUNE_ROWS || chunks === PRUNE_CHUNKS;
  }

  /** Removes a step of the oldest, whatever their age. @returns whether there may be more */
  #removeOldest(): boolean {
    const oldest = this.#chunks.oldestSequence;
    const isOlder = this.#records.removeOldest(PRUNE_ROWS, oldest ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    // Before a chunk goes, the single ones that are older have gone.
    if (isOlder === PRUNE_ROWS || oldest === null) return isOlder === PRUNE_ROWS;
    this.#chunks.removeOldest(PRUNE_CHUNKS, Number.MAX_SAFE_INTEGER);
    return true;
  }

  /** Headers go when there are too many of them, and with the oldest requests, as what finds those does. */
  #pruneHeads(): void {
    // To count them takes reading them.
    if (this.#uncountedHeads >= HEADS_A_COUNT) {
      this.#uncountedHeads = 0;
      this.#database.exec(`
        delete from heads where sequence <= (select sequence from heads order by sequence desc limit 1 offset ${MAX_HEADS});
      `);
    }
    const oldest = this.#oldestSequence();
    if (oldest === null) return;
    this.#removeHeads.run(oldest);
    this.#activities.removeBefore(oldest);
  }

  /** Gives free pages back to the disk, but for some that what comes next is written to: to move others into their place takes longer. */
  #vacuum(): void {
    const pageBytes = this.#read('page_size');
    const spare = Math.floor(this.#limits.maxBytes / SPARE_SHARE / pageBytes);
    const pages = Math.min(VACUUM_PAGES, this.#read('freelist_count') - spare);
    if (pages > 0) this.#database.exec(`pragma incremental_vacuum(${pages})`);
  }

  /** Null where nothing is kept. */
  #oldestSequence(): number | null {
    const oldest = [this.#records.oldestSequence, this.#chunks.oldestSequence].filter((each) => each !== null);
    return oldest.length === 0 ? null : Math.min(...oldest);
  }

  #usedBytes(): number {
    return (this.#read('page_count') - this.#read('freelist_count')) * this.#read('page_size');
  }

  #read(name: 'page_count' | 'freelist_count' | 'page_size'): number {
    return Number(this.#database.prepare(`pragma ${name}`).get()?.[name]);
  }
}

type Row = Record<string, SQLOutputValue>;

function toCounts(row: Row): TrafficCounts {
  return {
    requests: Number(row['requests']),
    refused: Number(row['refused']),
    errors: Number(row['errors']),
    failed: Number(row['failed']),
    requestBytes: Number(row['requestBytes']),
    responseBytes: Number(row['responseBytes']),
    latencies: LatencyCounts.fromText(String(row['latencies'])),
  };
}

function countsFor(minutes: Addition['minutes'], minute: number, applicationId: string): readonly TrafficCounts[] {
  const ids = applicationId === EVERY_APPLICATION ? [EVERY_APPLICATION] : [applicationId, EVERY_APPLICATION];
  return ids.map((id) => {
    const key = `${minute} ${id}`;
    let entry = minutes.get(key);
    if (entry === undefined) minutes.set(key, (entry = { minute, applicationId: id, counts: makeTrafficCounts() }));
    return entry.counts;
  });
}
