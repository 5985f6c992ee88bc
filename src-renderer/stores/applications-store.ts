import { create } from 'zustand';
import type { Application } from '../../src-shared/publishing/application.ts';
import { call, CallError } from '../bridge/bridge.ts';

interface ApplicationsStore {
  /** Null until the list was read once. */
  readonly applications: readonly Application[] | null;
  readonly error: CallError | null;
  readonly isLoading: boolean;
  readonly load: () => Promise<void>;
  /** Puts one application into the list, in place of its former self. */
  readonly put: (application: Application) => void;
  readonly drop: (id: string) => void;
  readonly reset: () => void;
}

function byName(one: Application, other: Application): number {
  return one.displayName.localeCompare(other.displayName);
}

/** The published applications as the service lists them. */
export const useApplications = create<ApplicationsStore>((set) => ({
  applications: null,
  error: null,
  isLoading: false,
  load: async () => {
    set({ isLoading: true });
    try {
      const applications = await call('listApplications');
      set({ applications: applications.toSorted(byName), error: null });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      set({ error });
    } finally {
      set({ isLoading: false });
    }
  },
  put: (application) =>
    set((store) => ({
      applications: [
        ...(store.applications ?? []).filter((other) => other.id !== application.id),
        application,
      ].toSorted(byName),
    })),
  drop: (id) => set((store) => ({ applications: store.applications?.filter((other) => other.id !== id) ?? null })),
  reset: () => set({ applications: null, error: null }),
}));
