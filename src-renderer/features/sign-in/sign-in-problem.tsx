import type { ReactElement } from 'react';
import { CallError } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import type { Action } from '../../ui/use-action.ts';
import type { SignInMethod } from './use-sign-in.ts';

/** What a sign-in failed with; for a code that ran out, the way to the next one. */
export function SignInProblem({ action }: { readonly action: Action<[SignInMethod]> }): ReactElement | null {
  const isWaiting = useAppState((state) => state.signIn.phase !== 'idle');
  const { error } = action;
  if (error === null || isWaiting) return null;
  const isCodeOver = error instanceof CallError && error.code === 'ADMIN_SIGNIN_EXPIRED' && /code/i.test(error.message);
  const next = { label: 'Get a new code', run: () => void action.run('deviceCode') };
  return (
    <ProblemBar
      title={isCodeOver ? 'The code has run out' : 'You are not signed in'}
      error={error}
      {...(isCodeOver ? { action: next } : {})}
    />
  );
}
