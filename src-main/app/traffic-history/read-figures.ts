import { addTrafficCounts, describeCounts, makeTrafficCounts } from '../../../src-shared/connector/traffic-counts.ts';
import { MAX_FIGURE_POINTS, type TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import type { HistoryStore } from './history-store.ts';

const MINUTE_MS = 60_000;

export interface FiguresQuery {
  /** Ms since the epoch; the minute that it lies in is the first. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly applicationId: string | null;
}

/** Gathers the figures of minutes into steps, as many as a chart can show. Steps without traffic are there, with zeros. */
export function readFigures(store: HistoryStore, { sinceMs, untilMs, applicationId }: FiguresQuery): TrafficFigures {
  const beginMs = Math.floor(sinceMs / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.max(1, Math.ceil((untilMs - beginMs) / MINUTE_MS));
  const stepMs = Math.ceil(minutes / MAX_FIGURE_POINTS) * MINUTE_MS;
  const count = Math.ceil((minutes * MINUTE_MS) / stepMs);
  const steps = Array.from({ length: count }, makeTrafficCounts);
  const whole = makeTrafficCounts();
  for (const minute of store.figures(beginMs, untilMs, applicationId)) {
    const step = steps[Math.floor((minute.atMs - beginMs) / stepMs)];
    if (step !== undefined) addTrafficCounts(step, minute.counts);
    addTrafficCounts(whole, minute.counts);
  }
  return {
    stepMs,
    points: steps.map((step, index) => describeCounts(step, beginMs + index * stepMs)),
    total: describeCounts(whole, beginMs),
  };
}
