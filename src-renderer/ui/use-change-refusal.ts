import { useAppState } from '../stores/app-store.ts';
import { useText } from './use-text.ts';

/** Why whoever is signed in may change nothing at the service; null where they may. The service decides in any case. */
export function useChangeRefusal(): string | null {
  const text = useText('shell');
  return useAppState((state) => (state.account?.access === 'reader' ? text.readerRefusal : null));
}
