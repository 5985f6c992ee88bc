import type { LogEvent } from 'kysely';

/** Upper bounds of the buckets, ms; one more holds all above. */
const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

/** How long the store's queries take, those that failed included. */
export class QueryTimes {
  readonly #counts = new Float64Array(BOUNDS_MS.length + 1);
  #sumMs = 0;

  note({ queryDurationMillis: durationMs }: Pick<LogEvent, 'queryDurationMillis'>): void {
    const bucket = BOUNDS_MS.findIndex((boundMs) => durationMs <= boundMs);
    const index = bucket === -1 ? BOUNDS_MS.length : bucket;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sumMs += durationMs;
  }

  /** Counts by bucket, with a bound for each but the last. */
  read(): { readonly boundsMs: readonly number[]; readonly counts: readonly number[]; readonly sumMs: number } {
    return { boundsMs: BOUNDS_MS, counts: [...this.#counts], sumMs: this.#sumMs };
  }
}
