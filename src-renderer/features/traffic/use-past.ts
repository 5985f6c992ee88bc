import { useCallback, useRef, useState } from 'react';
import type { TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';
import { noteApplications, trafficRecords } from '../../stores/traffic-store.ts';

const PAGE_RECORDS = 500;
/** Records of the past that the window holds (docs/limits.md). */
const MAX_PAST_RECORDS = 100_000;

export interface Past {
  /** Older than what the window holds of the present; newest first. */
  readonly records: readonly TrafficRecord[];
  /** `full`: the window holds as many as it will, and the filter should be narrowed. */
  readonly phase: 'unread' | 'reading' | 'more' | 'end' | 'full' | 'failed';
  readonly error: unknown;
  /** Reads the next page, unless that is under way or there is none. */
  readonly readOn: () => void;
}

type Read = Omit<Past, 'readOn'> & { readonly filter: TrafficFilter; readonly next: number | null };

/** The history on disk, page by page as it is asked for; another filter begins anew. */
export function usePast(filter: TrafficFilter): Past {
  const [shown, setShown] = useState<Read>(() => unread(filter));
  const latest = useRef(shown);
  const show = useCallback((read: Read): void => {
    latest.current = read;
    setShown(read);
  }, []);
  const readOn = useCallback((): void => {
    const before = latest.current.filter === filter ? latest.current : unread(filter);
    if (before.phase === 'unread' || before.phase === 'more') void read(before, latest, show);
  }, [filter, show]);
  // After a change of the filter what is shown belongs to the former one until the first page is asked for.
  const isCurrent = shown.filter === filter;
  return {
    records: isCurrent ? shown.records : [],
    phase: isCurrent ? shown.phase : 'unread',
    error: shown.error,
    readOn,
  };
}

function unread(filter: TrafficFilter): Read {
  return { filter, records: [], next: null, phase: 'unread', error: null };
}

/** Reads on until a page has something to show, or there is no more. */
async function read(before: Read, latest: { readonly current: Read }, show: (read: Read) => void): Promise<void> {
  const { filter } = before;
  let next = before.phase === 'unread' ? (trafficRecords()[0]?.sequence ?? null) : before.next;
  show({ ...before, phase: 'reading', error: null });
  try {
    for (;;) {
      // Each page begins where the last one ended.
      const page = await call('readTrafficHistory', { beforeSequence: next, filter, limit: PAGE_RECORDS });
      // Asked for something else meanwhile.
      if (latest.current.filter !== filter) return;
      next = page.next;
      if (page.records.length === 0 && next !== null) continue;
      noteApplications(page.records);
      const records = [...before.records, ...page.records];
      const phase = next === null ? 'end' : records.length >= MAX_PAST_RECORDS ? 'full' : 'more';
      show({ filter, records, next, phase, error: null });
      return;
    }
  } catch (error) {
    if (latest.current.filter === filter) show({ ...before, phase: 'failed', error });
  }
}
