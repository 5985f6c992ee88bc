import type { Hop } from '../errors/failing-hop.ts';
import type { ErrorCode } from '../errors/registry.ts';
import type { TrafficRecord } from './traffic-record.ts';

/**
 * A batch of records as it crosses between threads: two texts and a table of numbers, which are copied as they are, where objects
 * would be spelt out field by field at one end and built anew at the other.
 */
export interface PackedTraffic {
  readonly count: number;
  /** A row of `COLUMNS` numbers for each record. What is null or a number is NaN for null. */
  readonly table: Float64Array<ArrayBuffer>;
  /** Activity ids and URLs, one behind the other; the table has their lengths. */
  readonly activityIds: string;
  readonly urls: string;
  /** Texts that many records share, each once. The table has their places here, and -1 for null. */
  readonly texts: readonly string[];
}

const OUTCOMES = ['open', 'complete', 'failed', 'cancelled'] as const satisfies readonly TrafficRecord['outcome'][];

const COLUMN = {
  sequence: 0,
  startedAtMs: 1,
  status: 2,
  requestBytes: 3,
  responseBytes: 4,
  sentMs: 5,
  firstByteMs: 6,
  totalMs: 7,
  isUpgrade: 8,
  outcome: 9,
  activityIdLength: 10,
  urlLength: 11,
  applicationId: 12,
  applicationName: 13,
  userId: 14,
  userName: 15,
  method: 16,
  errorCode: 17,
  errorHop: 18,
  errorCause: 19,
} as const;
const COLUMNS = 20;

export function packTraffic(records: readonly TrafficRecord[]): PackedTraffic {
  const table = new Float64Array(records.length * COLUMNS);
  const texts: string[] = [];
  const places = new Map<string, number>();
  const place = (text: string | null): number => {
    if (text === null) return -1;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, texts.length);
    return texts.push(text) - 1;
  };
  let activityIds = '';
  let urls = '';
  let row = 0;
  for (const record of records) {
    const { activityId, url, timing } = record;
    table[row + COLUMN.sequence] = record.sequence;
    table[row + COLUMN.startedAtMs] = record.startedAtMs;
    table[row + COLUMN.status] = record.status ?? Number.NaN;
    table[row + COLUMN.requestBytes] = record.requestBytes;
    table[row + COLUMN.responseBytes] = record.responseBytes;
    table[row + COLUMN.sentMs] = timing.sentMs ?? Number.NaN;
    table[row + COLUMN.firstByteMs] = timing.firstByteMs ?? Number.NaN;
    table[row + COLUMN.totalMs] = timing.totalMs ?? Number.NaN;
    table[row + COLUMN.isUpgrade] = record.isUpgrade ? 1 : 0;
    table[row + COLUMN.outcome] = OUTCOMES.indexOf(record.outcome);
    table[row + COLUMN.activityIdLength] = activityId.length;
    table[row + COLUMN.urlLength] = url.length;
    table[row + COLUMN.applicationId] = place(record.applicationId);
    table[row + COLUMN.applicationName] = place(record.applicationName);
    table[row + COLUMN.userId] = place(record.userId);
    table[row + COLUMN.userName] = place(record.userName);
    table[row + COLUMN.method] = place(record.method);
    table[row + COLUMN.errorCode] = place(record.errorCode);
    table[row + COLUMN.errorHop] = place(record.errorHop);
    table[row + COLUMN.errorCause] = place(record.errorCause);
    activityIds += activityId;
    urls += url;
    row += COLUMNS;
  }
  return { count: records.length, table, activityIds, urls, texts };
}

/** The records of a batch, as they were. */
export function unpackTraffic({ count, table, activityIds, urls, texts }: PackedTraffic): TrafficRecord[] {
  const records: TrafficRecord[] = [];
  let activityStart = 0;
  let urlStart = 0;
  for (let row = 0; row < count * COLUMNS; row += COLUMNS) {
    const number = (column: number): number => table[row + column] ?? Number.NaN;
    const orNull = (column: number): number | null => {
      const value = number(column);
      return Number.isNaN(value) ? null : value;
    };
    const text = (column: number): string | null => texts[number(column)] ?? null;
    const activityEnd = activityStart + number(COLUMN.activityIdLength);
    const urlEnd = urlStart + number(COLUMN.urlLength);
    records.push({
      sequence: number(COLUMN.sequence),
      activityId: activityIds.slice(activityStart, activityEnd),
      startedAtMs: number(COLUMN.startedAtMs),
      applicationId: text(COLUMN.applicationId) ?? '',
      applicationName: text(COLUMN.applicationName) ?? '',
      userId: text(COLUMN.userId),
      userName: text(COLUMN.userName),
      method: text(COLUMN.method) ?? '',
      url: urls.slice(urlStart, urlEnd),
      status: orNull(COLUMN.status),
      requestBytes: number(COLUMN.requestBytes),
      responseBytes: number(COLUMN.responseBytes),
      timing: {
        sentMs: orNull(COLUMN.sentMs),
        firstByteMs: orNull(COLUMN.firstByteMs),
        totalMs: orNull(COLUMN.totalMs),
      },
      isUpgrade: number(COLUMN.isUpgrade) === 1,
      outcome: OUTCOMES[number(COLUMN.outcome)] ?? 'open',
      errorCode: text(COLUMN.errorCode) as ErrorCode | null,
      errorHop: text(COLUMN.errorHop) as Hop | null,
      errorCause: text(COLUMN.errorCause),
    });
    activityStart = activityEnd;
    urlStart = urlEnd;
  }
  return records;
}
