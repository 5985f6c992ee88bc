import { Button, Link, Spinner } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef } from 'react';
import type { BrowserWait, DeviceCode } from '../../../src-shared/ipc/window-models.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { TimeLeft } from '../../ui/time-left.tsx';
import { FIRST_FOCUS, takeLostFocus } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './sign-in-actions.module.css';

/** What to do while a sign-in is waited for, and the way out of it. Nothing while none is. */
export function SignInWaiting(): ReactElement | null {
  const { phase, browser, deviceCode } = useAppState((state) => state.signIn);
  const shell = useText('shell');
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => takeLostFocus(place.current), [phase]);
  if (phase === 'idle') return null;
  return (
    <div className={styles['waiting']} ref={place}>
      {phase === 'browser' ? <InBrowser wait={browser} /> : <OnAnotherDevice code={deviceCode} />}
      <Button {...FIRST_FOCUS} onClick={() => void call('cancelSignIn')}>
        {shell.cancel}
      </Button>
    </div>
  );
}

function InBrowser({ wait }: { readonly wait: BrowserWait | null }): ReactElement {
  const text = useText('signIn');
  return (
    <>
      <div role="status">
        <Spinner size="small" label={text.waitingForBrowser} />
      </div>
      <p className={styles['text']}>{text.browserText}</p>
      {wait === null ? null : (
        <p className={styles['aside']}>
          {text.noPage}{' '}
          <Link as="button" inline onClick={() => void call('reopenBrowser')}>
            {text.reopen}
          </Link>
          . {text.endsIn} <TimeLeft atMs={wait.expiresAtMs} />.
        </p>
      )}
    </>
  );
}

function OnAnotherDevice({ code }: { readonly code: DeviceCode | null }): ReactElement {
  const text = useText('signIn');
  if (code === null) {
    return (
      <div role="status">
        <Spinner size="small" label={text.askingForCode} />
      </div>
    );
  }
  const { userCode, verificationUrl, verificationUrlComplete, expiresAtMs } = code;
  const hasCodeInUrl = verificationUrlComplete !== null;
  return (
    <div className={styles['device']}>
      <QrCode
        text={verificationUrlComplete ?? verificationUrl}
        label={hasCodeInUrl ? text.qrCodeWithCode : text.qrCode}
      />
      <div className={styles['steps']}>
        <p className={styles['text']}>{text.scanOrOpen}</p>
        <div className={styles['address']}>
          <Link as="button" inline onClick={() => void call('openExternal', { url: verificationUrl })}>
            {verificationUrl}
          </Link>
          <CopyButton text={verificationUrl} label={text.copyAddress} />
        </div>
        <p className={styles['text']}>{hasCodeInUrl ? text.checkCode : text.enterCode}</p>
        <div className={styles['code']}>
          <span data-testid="device-code">{userCode}</span>
          <CopyButton text={userCode} label={text.copyCode} />
        </div>
        <div role="status">
          <Spinner size="tiny" label={text.waitingForDevice} />
        </div>
        <p className={styles['aside']}>
          {text.codeGoodFor} <TimeLeft atMs={expiresAtMs} />. {text.enterNowhereElse}
        </p>
      </div>
    </div>
  );
}
