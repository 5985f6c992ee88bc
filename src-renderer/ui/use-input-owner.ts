import { useAppState } from '../stores/app-store.ts';

/** Whose is what is typed for the service: of which account, at which service. Null while nobody is signed in. */
export function useInputOwner(): string | null {
  return useAppState(({ account, service }) =>
    account === null || service === null ? null : `${service.serviceUrl} ${account.userName}`,
  );
}
