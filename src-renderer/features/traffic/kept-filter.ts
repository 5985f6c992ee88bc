import { NO_FILTER, type TrafficFilter, trafficFilterSchema } from '../../../src-shared/connector/traffic-filter.ts';

const KEPT_UNDER = 'traffic-filter';

/** The filter that was in force when the page, or the app, was left; none where it can't be read. */
export function readKeptFilter(): TrafficFilter {
  const kept = localStorage.getItem(KEPT_UNDER);
  if (kept === null) return NO_FILTER;
  try {
    return trafficFilterSchema.parse(JSON.parse(kept));
  } catch {
    return NO_FILTER;
  }
}

export function keepFilter(filter: TrafficFilter): void {
  localStorage.setItem(KEPT_UNDER, JSON.stringify(filter));
}
