import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(forced-colors: active)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Whether the system forces its own few colours (high contrast): what is drawn by hand must take those, too. */
export function useForcedColours(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
