import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { FLAG } from '../../../src-shared/connector/packed-traffic.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

const ENDED_WITH_THE_APP = 'The app ended while this request was open.';

/** Requests that are kept one by one: those that were told more than once, and those of quiet times. */
export class HistoryRecords {
  readonly #put: StatementSync;
  readonly #find: StatementSync;
  readonly #readOutcome: StatementSync;
  readonly #newestFirst: StatementSync;
  readonly #oldestFirst: StatementSync;
  readonly #findByActivity: StatementSync;
  readonly #readOldest: StatementSync;
  readonly #readNewest: StatementSync;
  readonly #remove: StatementSync;

  /** What an earlier run left open counts as failed from now on. */
  constructor(database: DatabaseSync) {
    const values = Array.from({ length: 21 }, () => '?').join(', ');
    this.#put = database.prepare(`insert or replace into records values (${values})`);
    this.#find = database.prepare('select * from records where sequence = ?');
    this.#readOutcome = database.prepare('select outcome from records where sequence = ?');
    this.#newestFirst = database.prepare('select * from records where sequence < ? order by sequence desc');
    this.#oldestFirst = database.prepare('select * from records where sequence > ? order by sequence');
    this.#findByActivity = database.prepare(
      'select * from records where activityId = ? and sequence < ? order by sequence desc limit 1',
    );
    // In one query SQLite would read the whole table.
    this.#readOldest = database.prepare('select min(sequence) as sequence from records');
    this.#readNewest = database.prepare('select max(sequence) as sequence from records');
    const oldest = 'select sequence from records where sequence <= ? order by sequence limit ?';
    this.#remove = database.prepare(`delete from records where sequence in (${oldest}) and startedAtMs < ?`);
    database
      .prepare(`update records set outcome = 'failed', errorCause = ? where outcome = 'open'`)
      .run(ENDED_WITH_THE_APP);
  }

  get oldestSequence(): number | null {
    return numberOrNull(this.#readOldest.get()?.['sequence']);
  }

  get newestSequence(): number | null {
    return numberOrNull(this.#readNewest.get()?.['sequence']);
  }

  /** One that is there already is replaced. */
  put(record: TrafficRecord): void {
    this.#put.run(
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
      (record.isUpgrade ? FLAG.isUpgrade : 0) | (record.connection === 'reused' ? FLAG.isReused : 0),
      record.outcome,
      record.errorCode,
      record.errorHop,
      record.errorCause,
      record.connection === null || record.connection === 'reused' ? null : JSON.stringify(record.connection),
    );
  }

  find(sequence: number): TrafficRecord | null {
    const row = this.#find.get(sequence);
    return row === undefined ? null : toRecord(row);
  }

  outcomeOf(sequence: number): TrafficRecord['outcome'] | null {
    const row = this.#readOutcome.get(sequence);
    return row === undefined ? null : (row['outcome'] as TrafficRecord['outcome']);
  }

  /** The last one with an activity id, of all before a sequence, looked for one by one. */
  findByActivity(activityId: string, beforeSequence: number): TrafficRecord | null {
    const row = this.#findByActivity.get(activityId, beforeSequence);
    return row === undefined ? null : toRecord(row);
  }

  *newestFirst(beforeSequence: number): Generator<TrafficRecord> {
    for (const row of this.#newestFirst.iterate(beforeSequence)) yield toRecord(row);
  }

  *oldestFirst(afterSequence: number): Generator<TrafficRecord> {
    for (const row of this.#oldestFirst.iterate(afterSequence)) yield toRecord(row);
  }

  /** Removes of the `rows` oldest up to a sequence those that began before `beforeMs`. @returns how many */
  removeOldest(rows: number, untilSequence: number, beforeMs: number): number {
    return Number(this.#remove.run(untilSequence, rows, beforeMs).changes);
  }
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** The table is strict and only `put` writes it: the columns have the types of the record. */
function toRecord(row: Record<string, SQLOutputValue>): TrafficRecord {
  const { sentMs, firstByteMs, totalMs, flags, opening, ...rest } = row;
  const isSet = (flag: number): boolean => (Number(flags) & flag) !== 0;
  const connection = isSet(FLAG.isReused) ? 'reused' : typeof opening === 'string' ? JSON.parse(opening) : null;
  const timing = { sentMs, firstByteMs, totalMs };
  return { ...rest, isUpgrade: isSet(FLAG.isUpgrade), connection, timing } as unknown as TrafficRecord;
}
