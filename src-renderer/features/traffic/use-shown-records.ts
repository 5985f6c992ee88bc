import { useMemo, useRef } from 'react';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { trafficRecords, useTrafficStore } from '../../stores/traffic-store.ts';

/** The records of the present that match, newest first. While paused the list stands still; what comes meanwhile is counted. `oldestSequence` is that of all that is held, matching or not. */
export function useShownRecords(
  filter: TrafficFilter,
  isPaused: boolean,
): { readonly records: readonly TrafficRecord[]; readonly newCount: number; readonly oldestSequence: number } {
  const version = useTrafficStore((store) => store.version);
  const frozen = useRef<readonly TrafficRecord[] | null>(null);
  if (!isPaused) frozen.current = null;
  else frozen.current ??= [...trafficRecords()];
  return useMemo(() => {
    const live = trafficRecords();
    const source = frozen.current ?? live;
    const matches = makeTrafficMatcher(filter);
    const records = source.filter(matches).reverse();
    const lastShown = source.at(-1)?.sequence ?? -1;
    const newCount =
      frozen.current === null ? 0 : live.filter((record) => record.sequence > lastShown && matches(record)).length;
    return { records, newCount, oldestSequence: source[0]?.sequence ?? Number.MAX_SAFE_INTEGER };
    // `version` stands for the records, which change in place.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [version, filter, isPaused]);
}
