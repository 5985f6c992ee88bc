import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { readLatencyCounts, writeLatencyCounts } from '../../../src-shared/connector/latency-classes.ts';
import {
  addTrafficCounts,
  countRecord,
  makeTrafficCounts,
  type TrafficCounts,
} from '../../../src-shared/connector/traffic-counts.ts';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { KeptHeader, TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficPage } from '../../../src-shared/connector/traffic-history.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { ActivityIndex } from './activity-index.ts';
import type { HistoryLimits } from './history-limits.ts';

const MINUTE_MS = 60_000;
/** Rows that one step of clearing up removes, so that what comes in waits for it but shortly. */
const PRUNE_ROWS = 5000;
/** Free pages that one step gives back to the disk: 8 MiB. */
const VACUUM_PAGES = 2000;
/** Rows that one page looks at for such as match; whoever asked goes on at `next`. */
const MAX_SCANNED_ROWS = 50_000;
/** Requests whose headers are kept (docs/limits.md): at the usual size of headers about 30 MiB. */
const MAX_HEADS = 20_000;
const ENDED_WITH_THE_APP = 'The app ended while this request was open.';

/** Stands for all applications together in the table of figures. */
const EVERY_APPLICATION = '';

/** What a batch adds to the figures: of a minute and an application, or of all. */
interface MinuteCounts {
  readonly minute: number;
  readonly applicationId: string;
  readonly counts: TrafficCounts;
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
  readonly #putRecord: StatementSync;
  readonly #readOutcome: StatementSync;
  readonly #readFigures: StatementSync;
  readonly #putFigures: StatementSync;
  readonly #putHeads: StatementSync;
  readonly #readHeads: StatementSync;
  readonly #readRecord: StatementSync;
  readonly #activities: ActivityIndex;
  /** The highest sequence that was ever put in: what is above it is not there. */
  #highestSequence: number;

  /** Takes over an open database. What an earlier run left open counts as failed from now on. */
  constructor(database: DatabaseSync, limits: HistoryLimits) {
    this.#database = database;
    this.#limits = limits;
    this.#putRecord = database.prepare(
      `insert or replace into records values (${Array.from({ length: 20 }, () => '?').join(', ')})`,
    );
    const highest = database.prepare('select max(sequence) as sequence from records').get();
    this.#highestSequence = Number(highest?.['sequence'] ?? 0);
    this.#readOutcome = database.prepare('select outcome from records where sequence = ?');
    this.#readRecord = database.prepare('select * from records where sequence = ?');
    this.#activities = new ActivityIndex(database);
    this.#readFigures = database.prepare('select * from figures where applicationId = ? and minute = ?');
    this.#putFigures = database.prepare('insert or replace into figures values (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#putHeads = database.prepare('insert or replace into heads values (?, ?, ?)');
    this.#readHeads = database.prepare('select request, response from heads where sequence = ?');
    database
      .prepare(`update records set outcome = 'failed', errorCause = ? where outcome = 'open'`)
      .run(ENDED_WITH_THE_APP);
  }

  /** Writes a batch in one transaction. A record that comes again takes the place of the earlier one. */
  add(records: readonly TrafficRecord[], heads: readonly TrafficHeads[] = []): void {
    const minutes = new Map<string, MinuteCounts>();
    const added: TrafficRecord[] = [];
    this.#database.exec('begin immediate');
    try {
      for (const record of records) {
        const outcome = this.#outcomeOf(record.sequence);
        if (outcome === null) added.push(record);
        const isNewEnd = record.outcome !== 'open' && (outcome === null || outcome === 'open');
        if (isNewEnd) this.#count(minutes, record);
        this.#put(record);
      }
      for (const { sequence, request, response } of heads)
        this.#putHeads.run(sequence, JSON.stringify(request), response === null ? null : JSON.stringify(response));
      this.#activities.add(added);
      for (const entry of minutes.values()) this.#addFigures(entry);
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
    this.#database.exec('delete from records; delete from figures; delete from heads; delete from activities; vacuum');
  }

  /** Removes a step's worth of what is too old or too much. @returns whether there is more to remove. */
  prune(nowMs: number): boolean {
    const isMoreOld = this.#pruneAge(nowMs);
    this.#pruneHeads();
    this.#pruneActivities();
    const isMoreLarge = this.#usedBytes() > this.#limits.maxBytes && this.#removeOldest('');
    this.#database.exec(`pragma incremental_vacuum(${VACUUM_PAGES})`);
    return isMoreOld || (isMoreLarge && this.#usedBytes() > this.#limits.maxBytes);
  }

  /** Reads on into the past. */
  readPage({ beforeSequence, filter, limit }: PageQuery): TrafficPage {
    const matches = makeTrafficMatcher(filter);
    const rows = this.#database
      .prepare('select * from records where sequence < ? order by sequence desc')
      .iterate(beforeSequence ?? Number.MAX_SAFE_INTEGER);
    const records: TrafficRecord[] = [];
    let scanned = 0;
    for (const row of rows) {
      const record = toRecord(row);
      scanned += 1;
      if (matches(record)) records.push(record);
      if (records.length >= limit || scanned >= MAX_SCANNED_ROWS) return { records, next: record.sequence };
    }
    return { records, next: null };
  }

  /** The last request with an activity id. */
  findByActivity(activityId: string): TrafficRecord | null {
    for (const sequence of this.#activities.candidates(activityId)) {
      const row = this.#readRecord.get(sequence);
      if (row?.['activityId'] === activityId) return toRecord(row);
    }
    const row = this.#database
      .prepare('select * from records where activityId = ? and sequence < ? order by sequence desc limit 1')
      .get(activityId, this.#activities.firstSequence ?? Number.MAX_SAFE_INTEGER);
    return row === undefined ? null : toRecord(row);
  }

  /** The rows after a sequence, oldest first. */
  readAfter(sequence: number, limit: number): TrafficRecord[] {
    return this.#database
      .prepare('select * from records where sequence > ? order by sequence limit ?')
      .all(sequence, limit)
      .map(toRecord);
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
    return Number(this.#database.prepare('select count(*) as count from records').get()?.['count']);
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

  /** Null where the request is not there. */
  #outcomeOf(sequence: number): string | null {
    if (sequence > this.#highestSequence) return null;
    const row = this.#readOutcome.get(sequence);
    return row === undefined ? null : String(row['outcome']);
  }

  #put(record: TrafficRecord): void {
    this.#highestSequence = Math.max(this.#highestSequence, record.sequence);
    this.#putRecord.run(
      record.sequence,
      Math.floor(record.startedAtMs),
      record.activityId,
      record.applicationId,
      record.applicationName,
      record.userId,
      record.userName,
      record.method,
      record.url,
      record.status,
      record.requestBytes,
      record.responseBytes,
      record.timing.sentMs,
      record.timing.firstByteMs,
      record.timing.totalMs,
      record.isUpgrade ? 1 : 0,
      record.outcome,
      record.errorCode,
      record.errorHop,
      record.errorCause,
    );
  }

  #count(minutes: Map<string, MinuteCounts>, record: TrafficRecord): void {
    const minute = Math.floor(record.startedAtMs / MINUTE_MS);
    const ids = record.applicationId === EVERY_APPLICATION ? [] : [record.applicationId];
    for (const applicationId of [...ids, EVERY_APPLICATION]) {
      const key = `${minute} ${applicationId}`;
      let entry = minutes.get(key);
      if (entry === undefined) minutes.set(key, (entry = { minute, applicationId, counts: makeTrafficCounts() }));
      countRecord(entry.counts, record);
    }
  }

  #addFigures({ minute, applicationId, counts }: MinuteCounts): void {
    const row = this.#readFigures.get(applicationId, minute);
    if (row !== undefined) addTrafficCounts(counts, toCounts(row));
    const { requests, refused, errors, failed, requestBytes, responseBytes, latencies } = counts;
    const text = writeLatencyCounts(latencies);
    this.#putFigures.run(applicationId, minute, requests, refused, errors, failed, requestBytes, responseBytes, text);
  }

  #pruneAge(nowMs: number): boolean {
    const isMore = this.#removeOldest('and startedAtMs < ?', nowMs - this.#limits.maxRecordAgeMs);
    this.#database
      .prepare('delete from figures where minute < ?')
      .run(Math.floor((nowMs - this.#limits.maxFigureAgeMs) / MINUTE_MS));
    return isMore;
  }

  /** Removes of the oldest rows those that the condition names. @returns whether it was a full step. */
  #removeOldest(condition: string, ...values: readonly number[]): boolean {
    const oldest = `select sequence from records order by sequence limit ${PRUNE_ROWS}`;
    const { changes } = this.#database
      .prepare(`delete from records where sequence in (${oldest}) ${condition}`)
      .run(...values);
    return Number(changes) === PRUNE_ROWS;
  }

  /** Headers go when there are too many of them, and with the oldest requests. */
  #pruneHeads(): void {
    this.#database.exec(`
      delete from heads where sequence <= (select sequence from heads order by sequence desc limit 1 offset ${MAX_HEADS});
      delete from heads where sequence < (select min(sequence) from records);
    `);
  }

  #pruneActivities(): void {
    const oldest = this.#database.prepare('select min(sequence) as sequence from records').get()?.['sequence'];
    if (typeof oldest === 'number') this.#activities.removeBefore(oldest);
  }

  #usedBytes(): number {
    const read = (name: string): number => Number(this.#database.prepare(`pragma ${name}`).get()?.[name]);
    return (read('page_count') - read('freelist_count')) * read('page_size');
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
    latencies: readLatencyCounts(String(row['latencies'])),
  };
}

/** The table is strict and only `#put` writes it: the columns have the types of the record. */
function toRecord(row: Row): TrafficRecord {
  const { sentMs, firstByteMs, totalMs, isUpgrade, ...rest } = row;
  return { ...rest, isUpgrade: isUpgrade === 1, timing: { sentMs, firstByteMs, totalMs } } as unknown as TrafficRecord;
}
