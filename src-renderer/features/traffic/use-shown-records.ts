import { useMemo, useRef } from 'react';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { pastBegin, trafficRecords, useTrafficStore } from '../../stores/traffic-store.ts';

/** The list as it was when it was paused. */
interface Frozen {
  /** Null where the window has been made anew since, and the history alone has what it showed. */
  readonly filter: TrafficFilter | null;
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
 * filter, or in a window that has been made anew, it is the past alone, up to where it was paused.
 * @param pausedAt the newest sequence that there was; null while it is not paused
 */
export function useShownRecords(filter: TrafficFilter, pausedAt: number | null): ShownRecords {
  const { version, generation, watch, passedCount } = useTrafficStore();
  const frozen = useRef<Frozen | null>(null);
  const counted = useRef({ watch: -1, base: 0 });
  if (pausedAt === null) {
    frozen.current = null;
  } else if (frozen.current === null) {
    const begin = { beforeSequence: pastBegin(), generation };
    const isAnew = watch === 0;
    frozen.current = {
      filter: isAnew ? null : filter,
      records: [...trafficRecords()],
      newestSequence: pausedAt,
      begin,
    };
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
  }, [version, generation, filter, pausedAt, base, pausedAt === null ? 0 : passedCount]);
}
