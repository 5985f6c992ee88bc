import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { type ReactElement, useEffect } from 'react';
import { useAppState } from '../../stores/app-store.ts';
import { useOverlays } from '../../stores/overlay-store.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './sign-in-again.module.css';
import { SignInProblem } from './sign-in-problem.tsx';
import { SignInWaiting } from './sign-in-waiting.tsx';
import { useSignIn } from './use-sign-in.ts';

/**
 * The one place that says that the sign-in has ended. What is open stays open, with all that was typed. A drawer or dialog covers the
 * page's bar: it brings this one along as its own (`isOverlay`), and the page's is silent meanwhile.
 */
export function SignInAgain({ isOverlay = false }: { readonly isOverlay?: boolean }): ReactElement | null {
  const isRequired = useAppState((state) => state.account !== null && state.signIn.isRequired);
  const isIdle = useAppState((state) => state.signIn.phase === 'idle');
  const { count, open } = useOverlays();
  const action = useSignIn();
  const text = useText('signIn');
  useEffect(() => (isOverlay ? open() : undefined), [isOverlay, open]);
  if (!isRequired || (!isOverlay && count > 0)) return null;
  return (
    <div className={styles['again']} data-overlay={isOverlay}>
      {isIdle ? (
        <MessageBar intent="warning" layout="multiline" politeness="assertive" data-testid="sign-in-again">
          <MessageBarBody>
            <MessageBarTitle>{text.endedTitle}</MessageBarTitle>
            <br />
            {text.endedText}
          </MessageBarBody>
          <MessageBarActions>
            <Button
              appearance="primary"
              disabledFocusable={action.isRunning}
              onClick={() => void action.run('browser')}
            >
              {text.again}
            </Button>
            <Button disabledFocusable={action.isRunning} onClick={() => void action.run('deviceCode')}>
              {text.otherDevice}
            </Button>
          </MessageBarActions>
        </MessageBar>
      ) : (
        <SignInWaiting />
      )}
      <SignInProblem action={action} />
    </div>
  );
}
