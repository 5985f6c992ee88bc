import { useEffect, useState } from 'react';
import type { TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { noteApplications } from '../../stores/traffic-store.ts';
import { RANGE_SPANS, type TrendRange } from './trend-range.ts';

const LIVE_REFRESH_MS = 1000;

export interface Trend {
  /** Of another range until those of this one have come; null before the first. */
  readonly figures: TrafficFigures | null;
  readonly error: unknown;
}

/** The figures of a range, read anew as time goes on and somebody may see it. */
export function useTrend(range: TrendRange, applicationId: string | null): Trend {
  const [trend, setTrend] = useState<Trend>({ figures: null, error: null });
  const isShown = useAppState(({ isWindowShown }) => isWindowShown);
  useEffect(() => {
    if (!isShown) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const read = async (): Promise<void> => {
      const [refreshMs, figures] = await readTrend(range, applicationId).catch((error: unknown) => {
        if (!isOver) setTrend((before) => ({ ...before, error }));
        return [RANGE_SPANS.day.refreshMs, null] as const;
      });
      if (isOver) return;
      if (figures !== null) setTrend({ figures, error: null });
      timer = setTimeout(() => void read(), refreshMs);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [range, applicationId, isShown]);
  return trend;
}

/** @returns when to read again, and the figures. */
async function readTrend(range: TrendRange, applicationId: string | null): Promise<readonly [number, TrafficFigures]> {
  const nowMs = Date.now();
  if (range === 'live') {
    const { figures, applications } = await call('readLiveTraffic', applicationId === null ? {} : { applicationId });
    noteApplications(applications);
    return [LIVE_REFRESH_MS, figures];
  }
  const { spanMs, refreshMs } = RANGE_SPANS[range];
  const span = { sinceMs: nowMs - spanMs, untilMs: nowMs };
  const figures = await call('readTrafficFigures', applicationId === null ? span : { ...span, applicationId });
  return [refreshMs, figures];
}
