import type { TrafficRecord } from './traffic-record.ts';

/** Whether a request went wrong on the way or at the backend. */
export function isFailure({ outcome, status }: Pick<TrafficRecord, 'outcome' | 'status'>): boolean {
  return hasFailed(outcome, status);
}

/** As `isFailure`, of one that is not built. */
export function hasFailed(outcome: TrafficRecord['outcome'], status: number | null): boolean {
  return outcome === 'failed' || (status ?? 0) >= 500;
}
