import type { Settings } from '../settings-store.ts';

/** How much of the past is kept (docs/limits.md). */
export interface HistoryLimits {
  /** Age of single requests. */
  readonly maxRecordAgeMs: number;
  /** Age of the figures by minute. */
  readonly maxFigureAgeMs: number;
  /** Size of the file; the oldest requests go first. */
  readonly maxBytes: number;
}

const DAY_MS = 86_400_000;

/** What the settings say, in the units of the store. */
export function historyLimits({ recordDays, figureDays, maxMebibytes }: Settings['trafficHistory']): HistoryLimits {
  return {
    maxRecordAgeMs: recordDays * DAY_MS,
    maxFigureAgeMs: figureDays * DAY_MS,
    maxBytes: maxMebibytes * 1024 * 1024,
  };
}
