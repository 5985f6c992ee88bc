import { useCallback, useRef, useState } from 'react';
import type { TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';
import { noteApplications } from '../../stores/traffic-store.ts';
import type { PastBegin } from './use-shown-records.ts';

const PAGE_RECORDS = 500;
/** Records of the past that the window holds (docs/limits.md). */
const MAX_PAST_RECORDS = 100_000;

export interface Past {
  /** Older than what the window holds of the present; newest first. */
  readonly records: readonly TrafficRecord[];
  /** `full`: the window holds as many as it will, and the list is to be led on. */
  readonly phase: 'unread' | 'reading' | 'more' | 'end' | 'full' | 'failed';
  readonly error: unknown;
  /** Reads the next page, unless that is under way or there is none. */
  readonly readOn: () => void;
}

type Read = Omit<Past, 'readOn'> & {
  readonly filter: TrafficFilter;
  readonly generation: PastBegin['generation'];
  readonly next: number | null;
};

/** The history on disk, page by page as it is asked for; another filter or generation of the present begins anew. */
export function usePast(filter: TrafficFilter, { generation, beforeSequence }: PastBegin): Past {
  const [shown, setShown] = useState<Read>(() => unread(filter, generation, beforeSequence));
  const latest = useRef(shown);
  const show = useCallback((read: Read): void => {
    latest.current = read;
    setShown(read);
  }, []);
  const readOn = useCallback((): void => {
    // Before the first watch nobody knows where the past begins.
    if (generation === 0) return;
    const { current } = latest;
    const isCurrent = current.filter === filter && current.generation === generation;
    const before = isCurrent ? current : unread(filter, generation, beforeSequence);
    if (before.phase === 'unread' || before.phase === 'more') void read(before, latest, show);
  }, [filter, generation, beforeSequence, show]);
  // After a change what is shown belongs to the former one until the first page is asked for.
  const isCurrent = shown.filter === filter && shown.generation === generation;
  return {
    records: isCurrent ? shown.records : [],
    phase: isCurrent ? shown.phase : 'unread',
    error: shown.error,
    readOn,
  };
}

function unread(filter: TrafficFilter, generation: Read['generation'], next: number | null): Read {
  return { filter, generation, records: [], next, phase: 'unread', error: null };
}

/** Reads on until a page has something to show, or there is no more. */
async function read(before: Read, latest: { readonly current: Read }, show: (read: Read) => void): Promise<void> {
  const { filter, generation } = before;
  let { next } = before;
  const isWanted = (): boolean => latest.current.filter === filter && latest.current.generation === generation;
  show({ ...before, phase: 'reading', error: null });
  try {
    for (;;) {
      // Each page begins where the last one ended.
      const page = await call('readTrafficHistory', { beforeSequence: next, filter, limit: PAGE_RECORDS });
      // Asked for something else meanwhile.
      if (!isWanted()) return;
      next = page.next;
      if (page.records.length === 0 && next !== null) continue;
      noteApplications(page.records.map((record) => ({ id: record.applicationId, name: record.applicationName })));
      const records = [...before.records, ...page.records];
      const phase = next === null ? 'end' : records.length >= MAX_PAST_RECORDS ? 'full' : 'more';
      show({ filter, generation, records, next, phase, error: null });
      return;
    }
  } catch (error) {
    if (isWanted()) show({ ...before, phase: 'failed', error });
  }
}
