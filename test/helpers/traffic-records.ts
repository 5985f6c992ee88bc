import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { makeTrafficRecord } from './make-traffic-record.ts';

export const NOW_MS = 1_800_000_000_000;
export const RUNNING = { status: 200, outcome: 'open', timing: { sentMs: 1, firstByteMs: 5, totalMs: null } } as const;

export function record(sequence: number, change: Partial<TrafficRecord> = {}): TrafficRecord {
  return makeTrafficRecord({
    sequence,
    activityId: `6c2a1f0e-3b7d-4c51-9e2f-${String(sequence).padStart(12, '0')}`,
    startedAtMs: NOW_MS + sequence,
    userId: 'alice-id',
    userName: 'Alice Ärcher',
    url: `http://intranet/straße/${sequence}`,
    responseBytes: 1024,
    timing: { sentMs: 1, firstByteMs: 5, totalMs: 7 },
    ...change,
  });
}

export function records(from: number, to: number, change: Partial<TrafficRecord> = {}): TrafficRecord[] {
  return Array.from({ length: to - from + 1 }, (_, index) => record(from + index, change));
}

export function pack(batch: readonly TrafficRecord[]): PackedRows {
  return new PackedRows(packTraffic(batch));
}

export const NOTHING_YET = { sentMs: null, firstByteMs: null, totalMs: null };
export const FAILED = {
  status: 502,
  outcome: 'failed',
  errorCode: 'BACKEND_REFUSED',
  errorHop: 'connect',
  errorCause: 'connect ECONNREFUSED 10.0.0.5:80\n🙂',
} as const;
