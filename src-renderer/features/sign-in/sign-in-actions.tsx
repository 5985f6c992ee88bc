import { Button, Link, Spinner } from '@fluentui/react-components';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import styles from './sign-in-actions.module.css';

/** Signs an administrator in: system browser first, a code for another device where there is none. */
export function SignInActions({ onSignedIn }: { readonly onSignedIn?: () => void }): ReactElement {
  const signIn = useAppState((state) => state.signIn);
  const action = useAction(async (method: 'browser' | 'deviceCode') => {
    await call('signIn', { method });
    onSignedIn?.();
  });
  const cancel = (): void => void call('cancelSignIn');
  if (signIn.phase === 'browser') {
    return (
      <div className={styles['waiting']} role="status">
        <Spinner size="small" label="Waiting for the browser…" />
        <p>Sign in on the page that has opened in your browser, then come back here.</p>
        <Button onClick={cancel}>Cancel</Button>
      </div>
    );
  }
  if (signIn.phase === 'deviceCode') {
    return (
      <div className={styles['waiting']} role="status">
        {signIn.deviceCode === null ? (
          <Spinner size="small" label="Asking for a code…" />
        ) : (
          <>
            <p>
              On any device, open{' '}
              <Link
                as="button"
                inline
                onClick={() => void call('openExternal', { url: signIn.deviceCode?.verificationUrl ?? '' })}
              >
                {signIn.deviceCode.verificationUrl}
              </Link>{' '}
              and enter
            </p>
            <div className={styles['code']} data-testid="device-code">
              {signIn.deviceCode.userCode}
              <CopyButton text={signIn.deviceCode.userCode} label="Copy the code" />
            </div>
            <Spinner size="tiny" label="Waiting for you to finish there…" />
          </>
        )}
        <Button onClick={cancel}>Cancel</Button>
      </div>
    );
  }
  return (
    <div className={styles['choice']}>
      {action.error === null ? null : <ProblemBar title="You are not signed in" error={action.error} />}
      <div className={styles['buttons']}>
        <Button
          appearance="primary"
          size="large"
          icon={<PersonRegular />}
          disabled={action.isRunning}
          onClick={() => void action.run('browser')}
        >
          Sign in with the browser
        </Button>
        <Link as="button" onClick={() => void action.run('deviceCode')}>
          Use another device
        </Link>
      </div>
    </div>
  );
}
