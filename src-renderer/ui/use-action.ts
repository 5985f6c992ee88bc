import { useCallback, useLayoutEffect, useRef, useState } from 'react';

export interface Action<Input extends readonly unknown[]> {
  readonly isRunning: boolean;
  /** What the last run failed with; null while running and after success. */
  readonly error: unknown;
  readonly run: (...input: Input) => Promise<boolean>;
  readonly clear: () => void;
}

/** Runs an asynchronous action one at a time, and keeps what it failed with for the page to show. */
export function useAction<Input extends readonly unknown[]>(act: (...input: Input) => Promise<void>): Action<Input> {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  const busy = useRef(false);
  const run = useCallback(async (...input: Input): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setRunning(true);
    setError(null);
    try {
      await latest.current(...input);
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      busy.current = false;
      setRunning(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { isRunning, error, run, clear };
}
