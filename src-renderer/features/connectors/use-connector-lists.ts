import { useCallback, useEffect, useRef, useState } from 'react';
import type { Application, Connector, ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentToken } from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';

/** All that the page shows, read together. */
export interface ConnectorLists {
  readonly connectors: readonly Connector[];
  readonly groups: readonly ConnectorGroup[];
  readonly applications: readonly Application[];
  readonly tokens: readonly EnrolmentToken[];
  /** When they were read, ms since the epoch. */
  readonly readAtMs: number;
}

export interface ReadLists {
  /** Null before the first time. */
  readonly lists: ConnectorLists | null;
  /** What the last reading failed with, or null. */
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Reads now, as after a change; what is under way already counts no more. */
  readonly load: () => void;
}

/** Load and state move by themselves. */
const REFRESH_MS = 5000;

/** The lists as the service has them, read again every few seconds while somebody looks. */
export function useConnectorLists(): ReadLists {
  const isReadable = useAppState((state) => state.account !== null && !state.signIn.isRequired);
  const [lists, setLists] = useState<ConnectorLists | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isLoading, setLoading] = useState(false);
  const newest = useRef(0);
  const read = useCallback(() => {
    newest.current += 1;
    const own = newest.current;
    readLists()
      .then((found) => {
        if (own !== newest.current) return;
        setLists(found);
        setError(null);
      })
      .catch((failure: unknown) => {
        if (own === newest.current) setError(failure);
      })
      .finally(() => {
        if (own === newest.current) setLoading(false);
      });
  }, []);
  useEffect(() => {
    if (!isReadable) return undefined;
    read();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') read();
    }, REFRESH_MS);
    return () => {
      clearInterval(timer);
      newest.current += 1;
    };
  }, [isReadable, read]);
  const load = (): void => {
    setLoading(true);
    read();
  };
  return { lists, error, isLoading, load };
}

async function readLists(): Promise<ConnectorLists> {
  const [connectors, groups, applications, tokens] = await Promise.all([
    call('listConnectors'),
    call('listConnectorGroups'),
    call('listApplications'),
    call('listEnrolmentTokens'),
  ]);
  return { connectors, groups, applications, tokens, readAtMs: Date.now() };
}
