import { useMemo, useRef } from 'react';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { pastBegin, trafficRecords, useTrafficStore } from '../../stores/traffic-store.ts';

/** The list as it was when it was paused. */
interface Frozen {
  readonly filter: TrafficFilter;
  readonly records: readonly TrafficRecord[];
  readonly newestSequence: number;
  readonly begin: PastBegin;
}

/** Where what is not shown of the past begins. */
export interface PastBegin {
  /** Null for the newest. */
  readonly beforeSequence: number | null;
  /** Another where what was read before ends too early. */
  readonly generation: number | string;
}

export interface ShownRecords {
  /** Newest first. */
  readonly records: readonly TrafficRecord[];
  /** While paused: how many came since. */
  readonly newCount: number;
  readonly begin: PastBegin;
}

/**
 * The records of the present that match. While paused the list stands still, and what comes meanwhile is counted; with another
 * filter it is the past alone, up to where it was paused.
 */
export function useShownRecords(filter: TrafficFilter, isPaused: boolean): ShownRecords {
  const { version, generation, watch, passedCount } = useTrafficStore();
  const frozen = useRef<Frozen | null>(null);
  const counted = useRef({ watch: -1, base: 0 });
  if (!isPaused) {
    frozen.current = null;
  } else if (frozen.current === null) {
    const records = [...trafficRecords()];
    const begin = { beforeSequence: pastBegin(), generation };
    frozen.current = { filter, records, newestSequence: records.at(-1)?.sequence ?? 0, begin };
    counted.current = { watch, base: passedCount };
  } else if (counted.current.watch !== watch) {
    // What has come since is in what the new watch began with.
    const { newestSequence } = frozen.current;
    const known = trafficRecords().filter(({ sequence }) => sequence > newestSequence).length;
    counted.current = { watch, base: passedCount - known };
  }
  const { base } = counted.current;
  return useMemo(() => {
    const source = frozen.current;
    const isOtherFilter = source !== null && source.filter !== filter;
    if (isOtherFilter) {
      const { newestSequence } = source;
      const beforeSequence = newestSequence === 0 ? null : newestSequence + 1;
      const begin = { beforeSequence, generation: `paused at ${newestSequence}` };
      return { records: [], newCount: passedCount - base, begin };
    }
    const records = (source?.records ?? trafficRecords()).filter(makeTrafficMatcher(filter)).reverse();
    const begin = source?.begin ?? { beforeSequence: pastBegin(), generation };
    return { records, newCount: source === null ? 0 : passedCount - base, begin };
    // `version` stands for the records, which change in place.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [version, generation, filter, isPaused, base, isPaused ? passedCount : 0]);
}
