import { call, events } from '../bridge/bridge.ts';
import { useAppStore } from './app-store.ts';
import { addTraffic, clearTraffic } from './traffic-store.ts';

/** Joins the stores to the main process. Called once, before the first render. */
export function connectStores(): void {
  events.onAppState((state) => {
    const before = useAppStore.getState().state?.connector?.connectorId;
    if (before !== undefined && before !== state.connector?.connectorId) clearTraffic();
    useAppStore.setState({ state });
  });
  events.onTraffic(addTraffic);
  void call('readState').then((state) => useAppStore.setState({ state }));
  void call('readTraffic').then(addTraffic);
}
