import type { TrafficRecord } from './traffic-record.ts';

/** Whether a request went wrong on the way or at the backend. */
export function isFailure(record: TrafficRecord): boolean {
  return record.outcome === 'failed' || (record.status ?? 0) >= 500;
}
