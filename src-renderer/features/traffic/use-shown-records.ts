import { useMemo, useRef } from 'react';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { pastBegin, trafficRecords, useTrafficStore } from '../../stores/traffic-store.ts';

/** Where the list stands still. */
export interface Pause {
  /** The newest that there was, or what is older than the list that was led on. */
  readonly newestSequence: number;
  /** Whether the list was led on: what is older is in the history alone. */
  readonly isEarlier: boolean;
}

/** The list as it was when it was paused. */
interface Frozen {
  readonly pause: Pause;
  /** Null where the history alone has what is to be shown. */
  readonly filter: TrafficFilter | null;
  readonly records: readonly TrafficRecord[];
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
 * filter, in a window that has been made anew, or where it was led on, it is the past alone, up to where it was paused.
 */
export function useShownRecords(filter: TrafficFilter, pause: Pause | null): ShownRecords {
  const { version, generation, watch, passedCount } = useTrafficStore();
  const frozen = useRef<Frozen | null>(null);
  const counted = useRef({ watch: -1, base: 0 });
  if (pause === null) {
    frozen.current = null;
  } else if (frozen.current?.pause !== pause) {
    if (frozen.current === null) counted.current = { watch, base: passedCount };
    const isPast = pause.isEarlier || watch === 0;
    frozen.current = {
      pause,
      filter: isPast ? null : filter,
      records: isPast ? [] : [...trafficRecords()],
      begin: { beforeSequence: pastBegin(), generation },
    };
  } else if (counted.current.watch !== watch) {
    // What has come since is in what the new watch began with.
    const { newestSequence } = pause;
    const known = trafficRecords().filter(({ sequence }) => sequence > newestSequence).length;
    counted.current = { watch, base: passedCount - known };
  }
  const { base } = counted.current;
  return useMemo(() => {
    const source = frozen.current;
    const isOtherFilter = source !== null && source.filter !== filter;
    if (isOtherFilter) {
      const { newestSequence } = source.pause;
      const beforeSequence = newestSequence === 0 ? null : newestSequence + 1;
      const begin = { beforeSequence, generation: `paused at ${newestSequence}` };
      return { records: [], newCount: passedCount - base, begin };
    }
    const records = (source?.records ?? trafficRecords()).filter(makeTrafficMatcher(filter)).reverse();
    const begin = source?.begin ?? { beforeSequence: pastBegin(), generation };
    return { records, newCount: source === null ? 0 : passedCount - base, begin };
    // `version` stands for the records, which change in place.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [version, generation, filter, pause, base, pause === null ? 0 : passedCount]);
}
