/** Spans of time that the charts can show. `live` is counted by the window; the others lie on disk. */
export const TREND_RANGES = ['live', 'hour', 'day', 'week', 'month'] as const;
export type TrendRange = (typeof TREND_RANGES)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far each looks back, and how often it is read anew. */
export const RANGE_SPANS: Readonly<
  Record<Exclude<TrendRange, 'live'>, { readonly spanMs: number; readonly refreshMs: number }>
> = {
  hour: { spanMs: HOUR_MS, refreshMs: 5000 },
  day: { spanMs: DAY_MS, refreshMs: 30_000 },
  week: { spanMs: 7 * DAY_MS, refreshMs: 60_000 },
  month: { spanMs: 30 * DAY_MS, refreshMs: 60_000 },
};
