import { useEffect, useState } from 'react';
import { isFailure } from '../../../src-shared/connector/traffic-failure.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { trafficRecords } from '../../stores/traffic-store.ts';

const MAX_FAILURES = 8;
const LOOK_INTERVAL_MS = 1000;

/** The newest failures of those that the window holds, newest first; looked for once a second. */
export function useLastFailures(): readonly TrafficRecord[] {
  const [failures, setFailures] = useState(findLastFailures);
  useEffect(() => {
    const timer = setInterval(() => {
      const found = findLastFailures();
      setFailures((before) => (isSame(before, found) ? before : found));
    }, LOOK_INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  return failures;
}

function findLastFailures(): readonly TrafficRecord[] {
  const found: TrafficRecord[] = [];
  const records = trafficRecords();
  for (let index = records.length - 1; index >= 0 && found.length < MAX_FAILURES; index -= 1) {
    const record = records[index];
    if (record !== undefined && isFailure(record)) found.push(record);
  }
  return found;
}

function isSame(before: readonly TrafficRecord[], found: readonly TrafficRecord[]): boolean {
  return before.length === found.length && before.every((record, index) => record === found[index]);
}
