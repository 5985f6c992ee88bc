import { useCallback, useState } from 'react';
import { useNavigation } from './navigation-store.ts';

/** What is kept, and of which visit of a page it is. */
interface Kept<Value> {
  readonly visit: number;
  readonly value: Value;
}

/**
 * State of a page that outlives the window's process, should that die, and ends when the page is left. The value goes through JSON.
 * @param key of its own in the whole window
 */
export function useKeptState<Value>(key: string, begin: () => Value): readonly [Value, (next: Value) => void] {
  const visit = useNavigation((navigation) => navigation.visit);
  const [value, setValue] = useState<Value>(() => {
    const kept = sessionStorage.getItem(key);
    const last = kept === null ? null : (JSON.parse(kept) as Kept<Value>);
    return last?.visit === visit ? last.value : begin();
  });
  const set = useCallback(
    (next: Value): void => {
      sessionStorage.setItem(key, JSON.stringify({ visit, value: next } satisfies Kept<Value>));
      setValue(next);
    },
    [key, visit],
  );
  return [value, set];
}
