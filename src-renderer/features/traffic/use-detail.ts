import { useEffect, useState } from 'react';
import { NO_FILTER } from '../../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';

/**
 * The request that is looked at, or null. It stays even where the list has rushed on, and one that the list does not hold, as after the window's
 * process has died, comes from the history.
 */
export function useDetail(records: readonly TrafficRecord[], selected: number | null): TrafficRecord | null {
  const [kept, keep] = useState<TrafficRecord | null>(null);
  const found = records.find(({ sequence }) => sequence === selected) ?? null;
  if (found !== null && found !== kept) keep(found);
  const detail = found ?? (kept?.sequence === selected ? kept : null);
  const isMissing = selected !== null && detail === null;
  useEffect(() => {
    if (!isMissing) return;
    void call('readTrafficHistory', { beforeSequence: selected + 1, filter: NO_FILTER, limit: 1 }).then(
      ({ records: [record] }) => {
        if (record?.sequence === selected) keep(record);
      },
      // A history that can't be read says so at the end of the list.
      () => undefined,
    );
  }, [isMissing, selected]);
  return detail;
}
