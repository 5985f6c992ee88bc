import { useEffect, useState } from 'react';
import type { TrafficFigures } from '../../../src-shared/connector/traffic-history.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { noteApplications } from '../../stores/traffic-store.ts';
import { foldLive } from './fold-live.ts';
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
    const readTrend = makeReader(range, applicationId);
    const read = async (): Promise<void> => {
      const [refreshMs, figures] = await readTrend().catch((error: unknown) => {
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

/** @returns what reads: when to read again, and the figures. */
function makeReader(
  range: TrendRange,
  applicationId: string | null,
): () => Promise<readonly [refreshMs: number, figures: TrafficFigures]> {
  const wanted = applicationId === null ? {} : { applicationId };
  if (range !== 'live') {
    const { spanMs, refreshMs } = RANGE_SPANS[range];
    return async () => {
      const untilMs = Date.now();
      return [refreshMs, await call('readTrafficFigures', { ...wanted, sinceMs: untilMs - spanMs, untilMs })];
    };
  }
  let figures: TrafficFigures | null = null;
  let revision = 0;
  let toldApplications = 0;
  return async () => {
    const live = await call('readLiveTraffic', { ...wanted, after: revision, toldApplications });
    noteApplications(live.applications);
    figures = foldLive(figures, live);
    ({ revision, toldApplications } = live);
    return [LIVE_REFRESH_MS, figures];
  };
}
