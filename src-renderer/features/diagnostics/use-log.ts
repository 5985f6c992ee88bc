import { useEffect, useState } from 'react';
import type { LogEntry } from '../../../src-shared/ipc/diagnostics-models.ts';
import { call } from '../../bridge/bridge.ts';

const POLL_MS = 1000;
/** As many as the main process holds. */
export const MAX_ENTRIES = 2000;

/** The lines that are held, and those that come, while somebody looks. */
export function useLog(): { readonly entries: readonly LogEntry[]; readonly error: unknown } {
  const [entries, setEntries] = useState<readonly LogEntry[]>([]);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let isOver = false;
    let newest: number | null = null;
    const read = async (): Promise<void> => {
      try {
        const page = await call('readLog', { after: newest });
        if (isOver) return;
        newest = page.entries.at(-1)?.sequence ?? newest;
        setError(null);
        if (page.entries.length > 0) setEntries((before) => [...before, ...page.entries].slice(-MAX_ENTRIES));
      } catch (failure) {
        if (!isOver) setError(failure);
      }
      if (!isOver) timer = setTimeout(() => void read(), POLL_MS);
    };
    let timer = setTimeout(() => void read(), 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return { entries, error };
}
