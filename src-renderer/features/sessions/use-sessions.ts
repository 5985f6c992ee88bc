import { useCallback, useEffect, useState } from 'react';
import type { CallResult } from '../../../src-shared/ipc/contract.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';

const TYPING_PAUSE_MS = 250;

export interface SessionSearchResult {
  /** Null until a list was read once. */
  readonly found: CallResult<'listSessions'> | null;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** The sessions that match, as the service has them. Typing is waited for; only the answer to the last question counts. */
export function useSessions(text: string, applicationId: string | null): SessionSearchResult {
  const isAllowed = useAppState((state) => state.account !== null && !state.signIn.isRequired);
  const [found, setFound] = useState<SessionSearchResult['found']>(null);
  const [error, setError] = useState<unknown>(null);
  const [isLoading, setLoading] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!isAllowed) return;
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      setLoading(true);
      try {
        const answer = await call('listSessions', { text, applicationId });
        if (!isCurrent) return;
        setFound(answer);
        setError(null);
      } catch (failure) {
        if (isCurrent) setError(failure);
      } finally {
        if (isCurrent) setLoading(false);
      }
    };
    const timer = setTimeout(() => void ask(), text === '' ? 0 : TYPING_PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isAllowed, text, applicationId, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { found, error, isLoading, reload };
}
