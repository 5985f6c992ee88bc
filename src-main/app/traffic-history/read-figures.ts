import {
  MAX_FIGURE_POINTS,
  type TrafficFigure,
  type TrafficFigures,
} from '../../../src-shared/connector/traffic-history.ts';
import type { HistoryStore } from './history-store.ts';
import { addLatencyCounts, latencyQuantile, makeLatencyCounts } from './latency-classes.ts';

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
  const steps = Array.from({ length: count }, makeStep);
  const whole = makeStep();
  for (const minute of store.figures(beginMs, untilMs, applicationId)) {
    for (const step of [steps[Math.floor((minute.atMs - beginMs) / stepMs)], whole]) {
      if (step === undefined) continue;
      step.requests += minute.requests;
      step.errors += minute.errors;
      step.requestBytes += minute.requestBytes;
      step.responseBytes += minute.responseBytes;
      addLatencyCounts(step.latencies, minute.latencies);
    }
  }
  return {
    stepMs,
    points: steps.map((step, index) => describe(step, beginMs + index * stepMs)),
    total: describe(whole, beginMs),
  };
}

function makeStep() {
  return { requests: 0, errors: 0, requestBytes: 0, responseBytes: 0, latencies: makeLatencyCounts() };
}

function describe({ latencies, ...counts }: ReturnType<typeof makeStep>, atMs: number): TrafficFigure {
  return { atMs, ...counts, medianMs: latencyQuantile(latencies, 0.5), slowMs: latencyQuantile(latencies, 0.95) };
}
