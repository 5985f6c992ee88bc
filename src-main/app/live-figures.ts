import { type CountingPlan, countPackedRows } from '../../src-shared/connector/count-packed-rows.ts';
import type { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import {
  addTrafficCounts,
  describeCounts,
  makeTrafficCounts,
  type TrafficCounts,
} from '../../src-shared/connector/traffic-counts.ts';
import type { TrafficFigures } from '../../src-shared/connector/traffic-history.ts';

const STEP_MS = 1000;
/** Seconds that are kept: five minutes. */
const STEPS = 300;
/** Applications counted by themselves within one second (docs/limits.md); all count together. */
const MAX_APPLICATIONS = 100;

interface Second {
  readonly all: TrafficCounts;
  readonly byApplication: Map<string, TrafficCounts>;
}

/** The figures of the last five minutes by seconds, counted as requests end: each in the second in which it did. */
export class LiveFigures {
  readonly #seconds = new Map<number, Second>();

  readonly #plan: CountingPlan = {
    stepOf: (startedAtMs, totalMs) => Math.floor((startedAtMs + (totalMs ?? 0)) / STEP_MS),
    countsFor: (second, applicationId) => this.#countsFor(second, applicationId),
  };

  /** Counts those that have ended. A recorder tells the end of a request once. */
  add(rows: PackedRows): void {
    countPackedRows(rows, this.#plan);
  }

  /** The whole seconds up to now; of one application, or of all. */
  read(nowMs: number, applicationId: string | null): TrafficFigures {
    const first = Math.floor(nowMs / STEP_MS) - STEPS;
    const total = makeTrafficCounts();
    const points = Array.from({ length: STEPS }, (_, index) => {
      const entry = this.#seconds.get(first + index);
      const counts = applicationId === null ? entry?.all : entry?.byApplication.get(applicationId);
      if (counts !== undefined) addTrafficCounts(total, counts);
      return describeCounts(counts ?? makeTrafficCounts(), (first + index) * STEP_MS);
    });
    return { stepMs: STEP_MS, points, total: describeCounts(total, first * STEP_MS) };
  }

  clear(): void {
    this.#seconds.clear();
  }

  #countsFor(second: number, applicationId: string): readonly TrafficCounts[] {
    let entry = this.#seconds.get(second);
    if (entry === undefined) {
      entry = { all: makeTrafficCounts(), byApplication: new Map() };
      this.#seconds.set(second, entry);
      this.#trim(second);
    }
    let own = entry.byApplication.get(applicationId);
    if (own === undefined) {
      if (entry.byApplication.size >= MAX_APPLICATIONS) return [entry.all];
      own = makeTrafficCounts();
      entry.byApplication.set(applicationId, own);
    }
    return [entry.all, own];
  }

  #trim(newest: number): void {
    for (const second of this.#seconds.keys()) if (second < newest - STEPS) this.#seconds.delete(second);
  }
}
