import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Whether the window is dark now: the main process makes the setting and the system's wish one. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
