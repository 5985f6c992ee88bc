import { create } from 'zustand';

interface OverlayStore {
  /** Drawers and dialogs that show by themselves what the page below can't show now. */
  readonly count: number;
  /** Returns the way to say that it is closed. */
  readonly open: () => () => void;
}

export const useOverlays = create<OverlayStore>((set) => ({
  count: 0,
  open: () => {
    set((store) => ({ count: store.count + 1 }));
    return () => set((store) => ({ count: store.count - 1 }));
  },
}));
