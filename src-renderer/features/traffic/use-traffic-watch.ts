import { useEffect } from 'react';
import type { TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { startTraffic } from '../../stores/traffic-store.ts';

/** Asks for requests as they pass, as long as a person can see them: not while the window is hidden or minimised. */
export function useTrafficWatch(filter: TrafficFilter): void {
  const isShown = useAppState(({ isWindowShown }) => isWindowShown);
  useEffect(() => {
    void (isShown ? call('watchTraffic', { filter }).then(startTraffic) : call('unwatchTraffic'));
  }, [filter, isShown]);
  useEffect(() => () => void call('unwatchTraffic'), []);
}
