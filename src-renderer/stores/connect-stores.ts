import { call, events } from '../bridge/bridge.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { shareStructure } from '../../src-shared/ipc/share-structure.ts';
import { formatIn } from '../ui/format.ts';
import { useAppStore } from './app-store.ts';
import { loadKeptInputs } from './kept-input.ts';
import { useNavigation } from './navigation-store.ts';
import { addTraffic, clearTraffic } from './traffic-store.ts';

/** Joins the stores to the main process. Called once, before the first render. */
export function connectStores(): void {
  events.onTraffic(addTraffic);
  events.onOpenPage(({ page, trafficText }) => useNavigation.getState().go(page, { trafficText }));
  // Nothing shows before there is a state, and forms begin with what is kept of them.
  void loadKeptInputs().then(() => {
    events.onAppState((state) => {
      const before = useAppStore.getState().state?.connector?.connectorId;
      if (before !== undefined && before !== state.connector?.connectorId) clearTraffic();
      show(state);
    });
    void call('readState').then(show);
  });
  // A window that was loaded anew looks at nothing yet.
  void call('unwatchTraffic');
}

function show(state: AppState): void {
  const { state: before } = useAppStore.getState();
  if (before?.language !== state.language) {
    formatIn(state.language);
    document.documentElement.lang = state.language;
  }
  // Each comes as new objects: only what has changed is to be drawn anew.
  useAppStore.setState({ state: shareStructure(before, state) });
}
