import { create } from 'zustand';
import type { AppState } from '../../src-shared/ipc/app-state.ts';

/** The main process's state as last pushed; null until the first came. */
export const useAppStore = create<{ readonly state: AppState | null }>(() => ({ state: null }));

/** A part of the app's state. Only for components under `App`, which renders none before the state is there. */
export function useAppState<Part>(select: (state: AppState) => Part): Part {
  return useAppStore((store) => {
    if (store.state === null) throw new Error('The state of the app has not come yet.');
    return select(store.state);
  });
}
