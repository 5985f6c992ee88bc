import type { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { hasFailed } from '../../src-shared/connector/traffic-failure.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';

/** As many as the overview shows (docs/limits.md). */
const MAX_FAILURES = 8;

/** The newest requests that went wrong, however many others come after them. */
export class LastFailures {
  /** By sequence, oldest first. */
  readonly #failures = new Map<number, TrafficRecord>();

  add(rows: PackedRows): void {
    for (let row = 0; row < rows.count; row += 1) {
      if (!hasFailed(rows.outcome(row), rows.status(row))) continue;
      this.#failures.set(rows.sequence(row), rows.record(row));
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
