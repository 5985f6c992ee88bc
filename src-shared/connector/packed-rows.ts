import type { Hop } from '../errors/failing-hop.ts';
import type { ErrorCode } from '../errors/registry.ts';
import type { ConnectionOpening } from './connection-opening.ts';
import {
  CODE,
  CODES,
  FLAG,
  NO_CODE,
  NUMBER,
  NUMBERS,
  OPENING,
  OPENING_NUMBERS,
  OUTCOMES,
  type PackedTraffic,
} from './packed-traffic.ts';
import type { TrafficRecord } from './traffic-record.ts';

/** The records of a batch by their place in it, each built only where it is asked for: counting needs none of them. */
export class PackedRows {
  readonly #batch: PackedTraffic;
  /** Where activity ids and URLs begin: for each row two, and two behind the last. Made with the first record. */
  #starts: Uint32Array | null = null;
  /** By row; made with the first record whose connection was not there already. */
  #openings: ReadonlyMap<number, ConnectionOpening> | null = null;

  constructor(batch: PackedTraffic) {
    this.#batch = batch;
  }

  get count(): number {
    return this.#batch.count;
  }

  sequence(row: number): number {
    return this.#number(row, NUMBER.sequence);
  }

  startedAtMs(row: number): number {
    return this.#number(row, NUMBER.startedAtMs);
  }

  requestBytes(row: number): number {
    return this.#number(row, NUMBER.requestBytes);
  }

  responseBytes(row: number): number {
    return this.#number(row, NUMBER.responseBytes);
  }

  /** Null while it goes on. */
  totalMs(row: number): number | null {
    return this.#numberOrNull(row, NUMBER.totalMs);
  }

  status(row: number): number | null {
    const status = this.#code(row, CODE.status);
    return status === NO_CODE ? null : status;
  }

  isUpgrade(row: number): boolean {
    return (this.#code(row, CODE.flags) & FLAG.isUpgrade) !== 0;
  }

  outcome(row: number): TrafficRecord['outcome'] {
    return OUTCOMES[this.#code(row, CODE.outcome)] ?? 'open';
  }

  applicationId(row: number): string {
    return this.#text(row, CODE.applicationId) ?? '';
  }

  applicationName(row: number): string {
    return this.#text(row, CODE.applicationName) ?? '';
  }

  activityId(row: number): string {
    const starts = (this.#starts ??= findStarts(this.#batch));
    return this.#batch.activityIds.slice(starts[row * 2], starts[row * 2 + 2]);
  }

  record(row: number): TrafficRecord {
    const starts = (this.#starts ??= findStarts(this.#batch));
    return {
      sequence: this.sequence(row),
      activityId: this.activityId(row),
      startedAtMs: this.startedAtMs(row),
      applicationId: this.applicationId(row),
      applicationName: this.applicationName(row),
      userId: this.#text(row, CODE.userId),
      userName: this.#text(row, CODE.userName),
      method: this.#text(row, CODE.method) ?? '',
      url: this.#batch.urls.slice(starts[row * 2 + 1], starts[row * 2 + 3]),
      status: this.status(row),
      requestBytes: this.requestBytes(row),
      responseBytes: this.responseBytes(row),
      timing: {
        sentMs: this.#numberOrNull(row, NUMBER.sentMs),
        firstByteMs: this.#numberOrNull(row, NUMBER.firstByteMs),
        totalMs: this.totalMs(row),
      },
      connection: this.#connection(row),
      isUpgrade: this.isUpgrade(row),
      outcome: this.outcome(row),
      errorCode: this.#text(row, CODE.errorCode) as ErrorCode | null,
      errorHop: this.#text(row, CODE.errorHop) as Hop | null,
      errorCause: this.#text(row, CODE.errorCause),
    };
  }

  /** All of them, as they were. */
  records(): TrafficRecord[] {
    return Array.from({ length: this.count }, (_, row) => this.record(row));
  }

  #connection(row: number): TrafficRecord['connection'] {
    if ((this.#code(row, CODE.flags) & FLAG.isReused) !== 0) return 'reused';
    this.#openings ??= readOpenings(this.#batch);
    return this.#openings.get(row) ?? null;
  }

  #number(row: number, column: number): number {
    return this.#batch.numbers[row * NUMBERS + column] ?? Number.NaN;
  }

  #numberOrNull(row: number, column: number): number | null {
    const value = this.#number(row, column);
    return Number.isNaN(value) ? null : value;
  }

  #code(row: number, column: number): number {
    return this.#batch.codes[row * CODES + column] ?? NO_CODE;
  }

  #text(row: number, column: number): string | null {
    return this.#batch.texts[this.#code(row, column)] ?? null;
  }
}

function readOpenings({ openings }: PackedTraffic): Map<number, ConnectionOpening> {
  const read = new Map<number, ConnectionOpening>();
  for (let start = 0; start < openings.length; start += OPENING_NUMBERS) {
    const timeAt = (column: number): number | null => {
      const ms = openings[start + column] ?? Number.NaN;
      return Number.isNaN(ms) ? null : ms;
    };
    read.set(openings[start + OPENING.record] ?? 0, {
      beganMs: timeAt(OPENING.beganMs) ?? 0,
      resolvedMs: timeAt(OPENING.resolvedMs),
      connectedMs: timeAt(OPENING.connectedMs),
      securedMs: timeAt(OPENING.securedMs),
    });
  }
  return read;
}

function findStarts({ count, codes }: PackedTraffic): Uint32Array {
  const starts = new Uint32Array((count + 1) * 2);
  let activityStart = 0;
  let urlStart = 0;
  for (let row = 0; row < count; row += 1) {
    activityStart += codes[row * CODES + CODE.activityIdLength] ?? 0;
    urlStart += codes[row * CODES + CODE.urlLength] ?? 0;
    starts[row * 2 + 2] = activityStart;
    starts[row * 2 + 3] = urlStart;
  }
  return starts;
}
