import { Button, Link } from '@fluentui/react-components';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import { type ReactElement, useEffect, useRef } from 'react';
import type { AccountSummary } from '../../../src-shared/ipc/window-models.ts';
import { useAppState } from '../../stores/app-store.ts';
import { FIRST_FOCUS, takeLostFocus } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import { KeepSignIn } from './keep-sign-in.tsx';
import { SignInProblem } from './sign-in-problem.tsx';
import { SignInWaiting } from './sign-in-waiting.tsx';
import styles from './sign-in-actions.module.css';
import { useSignIn } from './use-sign-in.ts';

/** Signs an administrator in: system browser first, a code for another device where there is none. */
export function SignInActions(props: { readonly onSignedIn?: (account: AccountSummary) => void }): ReactElement {
  const isIdle = useAppState((state) => state.signIn.phase === 'idle');
  const action = useSignIn(props.onSignedIn);
  const text = useText('signIn');
  const place = useRef<HTMLDivElement>(null);
  const hasWaited = useRef(false);
  useEffect(() => {
    if (isIdle && hasWaited.current) takeLostFocus(place.current);
    hasWaited.current = !isIdle;
  }, [isIdle]);
  if (!isIdle) return <SignInWaiting />;
  return (
    <div className={styles['choice']} ref={place}>
      <SignInProblem action={action} />
      <KeepSignIn />
      <div className={styles['buttons']}>
        <Button
          {...FIRST_FOCUS}
          appearance="primary"
          size="large"
          icon={<PersonRegular />}
          disabledFocusable={action.isRunning}
          onClick={() => void action.run('browser')}
        >
          {text.withBrowser}
        </Button>
        <Link as="button" type="button" onClick={() => void action.run('deviceCode')}>
          {text.otherDevice}
        </Link>
      </div>
    </div>
  );
}
