import { isFailure } from '../../src-shared/connector/traffic-failure.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** As many as the overview shows (docs/limits.md). */
const MAX_FAILURES = 8;

/** The newest requests that went wrong, however many others come after them. */
export class LastFailures {
  /** By sequence, oldest first. */
  readonly #failures = new Map<number, TrafficRecord>();

  add(records: readonly TrafficRecord[]): void {
    for (const record of records) {
      if (!isFailure(record)) continue;
      this.#failures.set(record.sequence, record);
      for (const sequence of this.#failures.keys()) {
        if (this.#failures.size <= MAX_FAILURES) break;
        this.#failures.delete(sequence);
      }
    }
  }

  /** Newest first. */
  read(): TrafficRecord[] {
    return [...this.#failures.values()].reverse();
  }

  clear(): void {
    this.#failures.clear();
  }
}
