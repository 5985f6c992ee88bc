import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { CallError } from '../bridge/bridge.ts';
import { useAppState } from '../stores/app-store.ts';

export interface ProblemBarProps {
  readonly title: string;
  readonly error: unknown;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/**
 * What went wrong, why, and the next step. Read out at once by screen readers. Where nothing but the sign-in is wrong there is a bar
 * for that already, and once that is mended the problem is, too: it does not come back.
 */
export function ProblemBar({ title, error, action }: ProblemBarProps): ReactElement | null {
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  const [left, setLeft] = useState<unknown>(null);
  const isLeft = isSignInRequired ? isOfSignIn(error) : left !== null && left === error;
  if (isLeft && left !== error) setLeft(error);
  if (isLeft) return null;
  const message = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof CallError ? error.remedy : null;
  const isCancelled = error instanceof CallError && error.code === 'ADMIN_SIGNIN_CANCELLED';
  return (
    <MessageBar
      intent={isCancelled ? 'warning' : 'error'}
      layout="multiline"
      politeness="assertive"
      data-testid="problem"
    >
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        <br />
        {message}
        {remedy === null ? null : ` ${remedy}`}
      </MessageBarBody>
      {action === undefined ? null : (
        <MessageBarActions>
          <Button onClick={action.run}>{action.label}</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

function isOfSignIn(error: unknown): boolean {
  return error instanceof CallError && (error.code === 'ADMIN_SIGNIN_REQUIRED' || error.code === 'API_UNAUTHENTICATED');
}
