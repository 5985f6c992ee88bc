import { useCallback, useRef, useState } from 'react';
import { CallError } from '../bridge/bridge.ts';
import { type Action, useAction } from './use-action.ts';

export interface AbortableAction extends Omit<Action<[]>, 'run'> {
  readonly run: () => Promise<boolean>;
  /** Takes it back while it runs. */
  readonly abort: () => void;
  /** Whether the last run was taken back. */
  readonly isAborted: boolean;
}

/** An action that the person may take back while it runs; that it was is no error. */
export function useAbortableAction(act: (signal: AbortSignal) => Promise<void>): AbortableAction {
  const controller = useRef<AbortController | null>(null);
  const [isAborted, setAborted] = useState(false);
  const action = useAction(async () => {
    const own = new AbortController();
    controller.current = own;
    setAborted(false);
    try {
      await act(own.signal);
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== 'ACTION_CANCELLED') throw error;
      setAborted(true);
    }
  });
  const abort = useCallback(() => controller.current?.abort(), []);
  return { ...action, abort, isAborted };
}
