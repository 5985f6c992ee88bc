import type { ReactElement } from 'react';
import { CallError } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useText } from '../../ui/use-text.ts';
import type { Action } from '../../ui/use-action.ts';
import type { SignInMethod } from './use-sign-in.ts';

/** What a sign-in failed with; for a code that ran out, the way to the next one. */
export function SignInProblem({ action }: { readonly action: Action<[SignInMethod]> }): ReactElement | null {
  const isWaiting = useAppState((state) => state.signIn.phase !== 'idle');
  const text = useText('signIn');
  const { error } = action;
  if (error === null || isWaiting) return null;
  const isCodeOver =
    error instanceof CallError && error.code === 'ADMIN_SIGNIN_EXPIRED' && error.target === 'deviceCode';
  const next = { label: text.newCode, run: () => void action.run('deviceCode') };
  return (
    <ProblemBar
      title={isCodeOver ? text.codeOverTitle : text.failedTitle}
      error={error}
      {...(isCodeOver ? { action: next } : {})}
    />
  );
}
