import { useEffect, useState } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';

const LOOK_INTERVAL_MS = 1000;

/** The newest failures, newest first; asked for once a second as long as they can be seen. */
export function useLastFailures(): readonly TrafficRecord[] {
  const [failures, setFailures] = useState<readonly TrafficRecord[]>([]);
  const isShown = useAppState(({ isWindowShown }) => isWindowShown);
  useEffect(() => {
    if (!isShown) return undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const found = await call('readLastFailures').catch(() => null);
      if (!isOver && found !== null) setFailures((before) => (isSame(before, found) ? before : found));
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_INTERVAL_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [isShown]);
  return failures;
}

function isSame(before: readonly TrafficRecord[], found: readonly TrafficRecord[]): boolean {
  const keyOf = ({ sequence, outcome, status }: TrafficRecord): string => `${sequence} ${outcome} ${status}`;
  return (
    before.length === found.length && before.every((record, index) => keyOf(record) === keyOf(found[index] ?? record))
  );
}
