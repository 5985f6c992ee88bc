import { useAppState } from '../stores/app-store.ts';

const READER = 'Your account may look at everything and change nothing. Changes need the role of an administrator.';

/** Why whoever is signed in may change nothing at the service; null where they may. The service decides in any case. */
export function useChangeRefusal(): string | null {
  return useAppState((state) => (state.account?.access === 'reader' ? READER : null));
}
