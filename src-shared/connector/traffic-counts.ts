import { LatencyCounts } from './latency-counts.ts';
import { hasFailed } from './traffic-failure.ts';
import type { TrafficFigure } from './traffic-history.ts';
import type { TrafficRecord } from './traffic-record.ts';

/** What is counted of the requests of a step of time. */
export interface TrafficCounts {
  requests: number;
  /** Answered with 4xx. */
  refused: number;
  /** All that went wrong: 5xx, and `failed`. */
  errors: number;
  /** Without an answer, or broken off in it. */
  failed: number;
  requestBytes: number;
  responseBytes: number;
  readonly latencies: LatencyCounts;
}

export function makeTrafficCounts(): TrafficCounts {
  return {
    requests: 0,
    refused: 0,
    errors: 0,
    failed: 0,
    requestBytes: 0,
    responseBytes: 0,
    latencies: new LatencyCounts(),
  };
}

/**
 * Counts a request that has ended; each once.
 * @param answerMs how long the answer took; null for what says nothing of how fast an application answers, as a WebSocket does
 */
export function countEnded(
  counts: TrafficCounts,
  outcome: TrafficRecord['outcome'],
  status: number | null,
  requestBytes: number,
  responseBytes: number,
  answerMs: number | null,
): void {
  counts.requests += 1;
  if (hasFailed(outcome, status)) counts.errors += 1;
  if (outcome === 'failed') counts.failed += 1;
  else if (status !== null && status >= 400 && status < 500) counts.refused += 1;
  counts.requestBytes += requestBytes;
  counts.responseBytes += responseBytes;
  if (outcome === 'complete' && answerMs !== null) counts.latencies.count(answerMs);
}

export function addTrafficCounts(sum: TrafficCounts, counts: Readonly<TrafficCounts>): void {
  sum.requests += counts.requests;
  sum.refused += counts.refused;
  sum.errors += counts.errors;
  sum.failed += counts.failed;
  sum.requestBytes += counts.requestBytes;
  sum.responseBytes += counts.responseBytes;
  sum.latencies.addAll(counts.latencies);
}

/** @param atMs begin of the step, ms since the epoch */
export function describeCounts({ latencies, ...counts }: Readonly<TrafficCounts>, atMs: number): TrafficFigure {
  return {
    atMs,
    ...counts,
    medianMs: latencies.quantile(0.5),
    slowMs: latencies.quantile(0.95),
    tailMs: latencies.quantile(0.99),
  };
}
