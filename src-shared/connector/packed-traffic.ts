import type { TrafficRecord } from './traffic-record.ts';

/**
 * A batch of records as it crosses between threads and lies on disk: two texts and tables, which are copied as they are, where
 * objects would be spelt out field by field at one end and built anew at the other. `PackedRows` reads it.
 */
export interface PackedTraffic {
  readonly count: number;
  /** A row of `NUMBERS` for each record. What is null or a number is NaN for null. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** A row of `CODES` for each record. What is null or a number is `NO_CODE` for null. */
  readonly codes: Uint32Array<ArrayBuffer>;
  /** A row of `OPENING` for each record whose connection was opened for it, in the order of the records; NaN for null. */
  readonly openings: Float64Array<ArrayBuffer>;
  /** Activity ids and URLs, one behind the other; `codes` has their lengths. */
  readonly activityIds: string;
  readonly urls: string;
  /** Texts that many records share, each once; `codes` has their places here. */
  readonly texts: readonly string[];
}

export const OUTCOMES = [
  'open',
  'complete',
  'failed',
  'cancelled',
] as const satisfies readonly TrafficRecord['outcome'][];

/** Columns of `numbers`. The history keeps them on disk: another order is another version of its file. */
export const NUMBER = {
  sequence: 0,
  startedAtMs: 1,
  requestBytes: 2,
  responseBytes: 3,
  sentMs: 4,
  firstByteMs: 5,
  totalMs: 6,
} as const;
export const NUMBERS = 7;

/** Columns of `codes`, on disk as well. */
export const CODE = {
  status: 0,
  flags: 1,
  outcome: 2,
  activityIdLength: 3,
  urlLength: 4,
  applicationId: 5,
  applicationName: 6,
  userId: 7,
  userName: 8,
  method: 9,
  errorCode: 10,
  errorHop: 11,
  errorCause: 12,
} as const;
export const CODES = 13;
/** Bits of `flags`; what earlier versions kept has the first alone. */
export const FLAG = { isUpgrade: 1, isReused: 2 } as const;
/** Columns of `openings`, on disk as well. */
export const OPENING = { record: 0, beganMs: 1, resolvedMs: 2, connectedMs: 3, securedMs: 4 } as const;
export const OPENING_NUMBERS = 5;
export const NO_CODE = 2 ** 32 - 1;

export function packTraffic(records: readonly TrafficRecord[]): PackedTraffic {
  const numbers = new Float64Array(records.length * NUMBERS);
  const codes = new Uint32Array(records.length * CODES);
  const texts: string[] = [];
  const places = new Map<string, number>();
  const place = (text: string | null): number => {
    if (text === null) return NO_CODE;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const openings: number[] = [];
  let activityIds = '';
  let urls = '';
  let number = 0;
  let code = 0;
  for (const [index, record] of records.entries()) {
    const { activityId, url, timing, connection } = record;
    const isReused = connection === 'reused';
    numbers[number + NUMBER.sequence] = record.sequence;
    numbers[number + NUMBER.startedAtMs] = record.startedAtMs;
    numbers[number + NUMBER.requestBytes] = record.requestBytes;
    numbers[number + NUMBER.responseBytes] = record.responseBytes;
    numbers[number + NUMBER.sentMs] = timing.sentMs ?? Number.NaN;
    numbers[number + NUMBER.firstByteMs] = timing.firstByteMs ?? Number.NaN;
    numbers[number + NUMBER.totalMs] = timing.totalMs ?? Number.NaN;
    codes[code + CODE.status] = record.status ?? NO_CODE;
    codes[code + CODE.flags] = (record.isUpgrade ? FLAG.isUpgrade : 0) | (isReused ? FLAG.isReused : 0);
    if (connection !== null && !isReused) {
      const { beganMs, resolvedMs, connectedMs, securedMs } = connection;
      openings.push(index, beganMs, resolvedMs ?? Number.NaN, connectedMs ?? Number.NaN, securedMs ?? Number.NaN);
    }
    codes[code + CODE.outcome] = OUTCOMES.indexOf(record.outcome);
    codes[code + CODE.activityIdLength] = activityId.length;
    codes[code + CODE.urlLength] = url.length;
    codes[code + CODE.applicationId] = place(record.applicationId);
    codes[code + CODE.applicationName] = place(record.applicationName);
    codes[code + CODE.userId] = place(record.userId);
    codes[code + CODE.userName] = place(record.userName);
    codes[code + CODE.method] = place(record.method);
    codes[code + CODE.errorCode] = place(record.errorCode);
    codes[code + CODE.errorHop] = place(record.errorHop);
    codes[code + CODE.errorCause] = place(record.errorCause);
    activityIds += activityId;
    urls += url;
    number += NUMBERS;
    code += CODES;
  }
  return { count: records.length, numbers, codes, openings: new Float64Array(openings), activityIds, urls, texts };
}
