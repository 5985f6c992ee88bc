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

/** Load and state of connectors move by themselves. */
const REFRESH_MS = 5000;
/** What only people change, and of which there may be thousands, is read again but each twelfth time. */
const REFRESHES_OF_CONNECTORS = 11;

/** The lists as the service has them, read again every few seconds while somebody looks. */
export function useConnectorLists(): ReadLists {
  const isReadable = useAppState((state) => state.account !== null && !state.signIn.isRequired);
  const [lists, setLists] = useState<ConnectorLists | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isLoading, setLoading] = useState(false);
  const newest = useRef(0);
  const underWay = useRef(0);
  const last = useRef<ConnectorLists | null>(null);
  const read = useCallback((known: ConnectorLists | null) => {
    newest.current += 1;
    const own = newest.current;
    underWay.current += 1;
    readLists(known)
      .then((found) => {
        if (own !== newest.current) return;
        last.current = found;
        setLists(found);
        setError(null);
      })
      .catch((failure: unknown) => {
        if (own === newest.current) setError(failure);
      })
      .finally(() => {
        underWay.current -= 1;
        if (own === newest.current) setLoading(false);
      });
  }, []);
  useEffect(() => {
    if (!isReadable) return undefined;
    read(null);
    let refreshes = 0;
    const timer = setInterval(() => {
      // A service that takes long is not asked again before it has answered.
      if (document.visibilityState !== 'visible' || underWay.current > 0) return;
      refreshes += 1;
      read(refreshes % (REFRESHES_OF_CONNECTORS + 1) === 0 ? null : last.current);
    }, REFRESH_MS);
    return () => {
      clearInterval(timer);
      newest.current += 1;
    };
  }, [isReadable, read]);
  const load = (): void => {
    setLoading(true);
    read(null);
  };
  return { lists, error, isLoading, load };
}

/** @param known what may stand as it was read before; null where all is to be read */
async function readLists(known: ConnectorLists | null): Promise<ConnectorLists> {
  const [connectors, groups, applications, tokens] = await Promise.all([
    call('listConnectors'),
    call('listConnectorGroups'),
    known?.applications ?? call('listApplications'),
    known?.tokens ?? call('listEnrolmentTokens'),
  ]);
  const byName = groups.toSorted((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
  return { connectors, groups: byName, applications, tokens, readAtMs: Date.now() };
}
