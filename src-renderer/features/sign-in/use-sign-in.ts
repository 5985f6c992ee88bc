import type { AccountSummary } from '../../../src-shared/ipc/window-models.ts';
import { call } from '../../bridge/bridge.ts';
import { type Action, useAction } from '../../ui/use-action.ts';

export type SignInMethod = 'browser' | 'deviceCode';

/** Runs a sign-in, and keeps what it failed with. */
export function useSignIn(onSignedIn?: (account: AccountSummary) => void): Action<[SignInMethod]> {
  return useAction(async (method: SignInMethod) => {
    // On a line of its own: an optional call that has nobody to call does not evaluate its arguments.
    const account = await call('signIn', { method });
    onSignedIn?.(account);
  });
}
