import { type CountingPlan, countPackedRows } from '../../src-shared/connector/count-packed-rows.ts';
import type { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import {
  addTrafficCounts,
  describeCounts,
  makeTrafficCounts,
  type TrafficCounts,
} from '../../src-shared/connector/traffic-counts.ts';
import type { TrafficFigure } from '../../src-shared/connector/traffic-history.ts';
import { LIVE_STEP_MS, LIVE_STEPS, type LiveTraffic } from '../../src-shared/connector/live-traffic.ts';

/** Applications counted by themselves within one second (docs/limits.md); all count together. */
const MAX_APPLICATIONS = 100;

interface Second {
  /** What was to be read when it was counted in last. */
  revision: number;
  readonly all: TrafficCounts;
  readonly byApplication: Map<string, TrafficCounts>;
}

/** The figures of the last five minutes by seconds, counted as requests end: each in the second in which it did. */
export class LiveFigures {
  readonly #seconds = new Map<number, Second>();
  /** Rises with each reading. */
  #revision = 1;
  /** Of what was read before this revision nothing counts any more. */
  #firstRevision = 1;

  /** Of the last reading. */
  #end = 0;

  readonly #plan: CountingPlan = {
    stepOf: (startedAtMs, totalMs) => Math.floor((startedAtMs + (totalMs ?? 0)) / LIVE_STEP_MS),
    countsFor: (second, applicationId) => this.#countsFor(second, applicationId),
  };

  /** Counts those that have ended. A recorder tells the end of a request once. */
  add(rows: PackedRows): void {
    countPackedRows(rows, this.#plan);
  }

  /**
   * The whole seconds up to now; of one application, or of all.
   * @param after the revision of an earlier reading: what has not changed since is left out. Zero for all.
   */
  read(
    nowMs: number,
    applicationId: string | null,
    after: number,
  ): Omit<LiveTraffic, 'applications' | 'toldApplications'> {
    const end = Math.floor(nowMs / LIVE_STEP_MS);
    // What the window has let go is told again where the clock went back.
    if (end < this.#end) this.#firstRevision = this.#revision;
    this.#end = end;
    const isWhole = after < this.#firstRevision;
    const total = makeTrafficCounts();
    const points: TrafficFigure[] = [];
    for (let second = end - LIVE_STEPS; second < end; second += 1) {
      const entry = this.#seconds.get(second);
      const counts = applicationId === null ? entry?.all : entry?.byApplication.get(applicationId);
      if (entry === undefined || counts === undefined) continue;
      addTrafficCounts(total, counts);
      if (isWhole || entry.revision > after) points.push(describeCounts(counts, second * LIVE_STEP_MS));
    }
    const revision = this.#revision;
    this.#revision += 1;
    // What goes on is not told yet.
    for (const [second, entry] of this.#seconds) if (second >= end) entry.revision = this.#revision;
    return { revision, isWhole, points, total: describeCounts(total, (end - LIVE_STEPS) * LIVE_STEP_MS) };
  }

  clear(): void {
    this.#seconds.clear();
    this.#firstRevision = this.#revision;
  }

  #countsFor(second: number, applicationId: string): readonly TrafficCounts[] {
    let entry = this.#seconds.get(second);
    if (entry === undefined) {
      entry = { revision: 0, all: makeTrafficCounts(), byApplication: new Map() };
      this.#seconds.set(second, entry);
      this.#trim(second);
    }
    entry.revision = this.#revision;
    let own = entry.byApplication.get(applicationId);
    if (own === undefined) {
      if (entry.byApplication.size >= MAX_APPLICATIONS) return [entry.all];
      own = makeTrafficCounts();
      entry.byApplication.set(applicationId, own);
    }
    return [entry.all, own];
  }

  #trim(newest: number): void {
    for (const second of this.#seconds.keys()) if (second < newest - LIVE_STEPS) this.#seconds.delete(second);
  }
}
