import { useEffect, useState } from 'react';
import type { ApplicationHealth } from '../../../src-shared/publishing/application-health.ts';
import { call } from '../../bridge/bridge.ts';

const PERIOD_MS = 5000;
const NONE: ReadonlyMap<string, ApplicationHealth> = new Map();

/** How the applications do, by their id, asked again while the page is open. Empty where the service does not say it. */
export function useApplicationHealth(isAsked: boolean): ReadonlyMap<string, ApplicationHealth> {
  const [health, setHealth] = useState(NONE);
  useEffect(() => {
    if (!isAsked) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const ask = async (): Promise<void> => {
      try {
        const all = await call('listApplicationHealth');
        if (!isOver) setHealth(new Map(all.map((each) => [each.id, each])));
      } catch {
        // The list is complete without; a service that is away is told of elsewhere.
        if (!isOver) setHealth(NONE);
      }
      if (!isOver) timer = setTimeout(() => void ask(), PERIOD_MS);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isAsked]);
  return health;
}
