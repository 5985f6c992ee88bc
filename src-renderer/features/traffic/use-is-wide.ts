import { useSyncExternalStore } from 'react';

/** Beside the navigation and the details a list has room for its columns from here on. */
const query = window.matchMedia('(min-width: 1150px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Whether the details of a request stand beside the list; in a smaller window they stand below it. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
