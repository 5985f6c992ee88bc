import type { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { type PackedTraffic, packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';

/** Requests that are remembered at once (docs/limits.md); of further ones nobody tells the end, should the engine die. */
const MAX_OPEN = 20_000;
const CODE = 'STREAM_INTERNAL';
const CAUSE = 'The engine ended while this request was open.';

/** Requests of whose end the engine has not told: should it die, they end with it. */
export class OpenRequests {
  readonly #open = new Map<number, TrafficRecord>();

  add(rows: PackedRows): void {
    for (let row = 0; row < rows.count; row += 1) {
      if (rows.outcome(row) !== 'open') this.#open.delete(rows.sequence(row));
      else if (this.#open.size < MAX_OPEN) this.#open.set(rows.sequence(row), rows.record(row));
    }
  }

  clear(): void {
    this.#open.clear();
  }

  /** They end now, as failed. @returns null where there are none */
  end(nowMs: number): PackedTraffic | null {
    if (this.#open.size === 0) return null;
    const ended = Array.from(this.#open.values(), (record): TrafficRecord => {
      const totalMs = Math.max(record.timing.firstByteMs ?? 0, nowMs - record.startedAtMs);
      return {
        ...record,
        timing: { ...record.timing, totalMs },
        outcome: 'failed',
        errorCode: CODE,
        errorHop: failingHop(CODE),
        errorCause: CAUSE,
      };
    });
    this.#open.clear();
    return packTraffic(ended);
  }
}
