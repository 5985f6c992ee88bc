import { LIVE_STEP_MS, LIVE_STEPS, type LiveTraffic } from '../../../src-shared/connector/live-traffic.ts';
import { describeCounts, makeTrafficCounts } from '../../../src-shared/connector/traffic-counts.ts';
import type { TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';

/** The figures of before with what is new: seconds go, others come, and what has not changed stays the same object. Pure. */
export function foldLive(
  before: TrafficFigures | null,
  { isWhole, points, total }: Pick<LiveTraffic, 'isWhole' | 'points' | 'total'>,
): TrafficFigures {
  const held = isWhole ? [] : (before?.points ?? []);
  const known = new Map([...held, ...points].map((point) => [point.atMs, point]));
  return {
    stepMs: LIVE_STEP_MS,
    points: Array.from({ length: LIVE_STEPS }, (_, index) => {
      const atMs = total.atMs + index * LIVE_STEP_MS;
      return known.get(atMs) ?? describeCounts(makeTrafficCounts(), atMs);
    }),
    total,
  };
}
