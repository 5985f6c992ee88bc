import { useEffect, useState } from 'react';
import { isFailure } from '../../../src-shared/connector/traffic-failure.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { trafficRecords } from '../../stores/traffic-store.ts';

const WINDOW_SECONDS = 60;
const MAX_FAILURES = 8;

/** The last minute of traffic, counted. */
export interface TrafficSummary {
  /** Requests in each of the last 60 seconds, oldest first. */
  readonly perSecond: readonly number[];
  readonly requests: number;
  readonly failures: number;
  /** Median and 95th percentile of complete answers, ms; null where there were none. */
  readonly medianMs: number | null;
  readonly slowMs: number | null;
  /** Newest first, of all that is held. */
  readonly lastFailures: readonly TrafficRecord[];
}

/** Counts once a second while the page is shown. */
export function useTrafficSummary(): TrafficSummary {
  const [summary, setSummary] = useState(() => summarise(trafficRecords(), Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setSummary(summarise(trafficRecords(), Date.now())), 1000);
    return () => clearInterval(timer);
  }, []);
  return summary;
}

/** Pure. `records` are oldest first. */
function summarise(records: readonly TrafficRecord[], nowMs: number): TrafficSummary {
  const perSecond = Array.from({ length: WINDOW_SECONDS }, () => 0);
  const durations: number[] = [];
  const lastFailures: TrafficRecord[] = [];
  let requests = 0;
  let failures = 0;
  const sinceMs = nowMs - WINDOW_SECONDS * 1000;
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index];
    if (record === undefined) continue;
    const hasFailed = isFailure(record);
    if (hasFailed && lastFailures.length < MAX_FAILURES) lastFailures.push(record);
    if (record.startedAtMs < sinceMs) continue;
    const second = Math.min(WINDOW_SECONDS - 1, Math.floor((record.startedAtMs - sinceMs) / 1000));
    perSecond[second] = (perSecond[second] ?? 0) + 1;
    requests += 1;
    if (hasFailed) failures += 1;
    if (record.outcome === 'complete' && !record.isUpgrade && record.timing.totalMs !== null)
      durations.push(record.timing.totalMs);
  }
  durations.sort((one, other) => one - other);
  const at = (share: number): number | null =>
    durations[Math.min(durations.length - 1, Math.floor(durations.length * share))] ?? null;
  return { perSecond, requests, failures, medianMs: at(0.5), slowMs: at(0.95), lastFailures };
}
