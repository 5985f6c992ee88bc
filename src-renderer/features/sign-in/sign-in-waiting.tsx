import { Button, Link, Spinner } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { BrowserWait, DeviceCode } from '../../../src-shared/ipc/window-models.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { TimeLeft } from '../../ui/time-left.tsx';
import styles from './sign-in-actions.module.css';

/** What to do while a sign-in is waited for, and the way out of it. Nothing while none is. */
export function SignInWaiting(): ReactElement | null {
  const { phase, browser, deviceCode } = useAppState((state) => state.signIn);
  if (phase === 'idle') return null;
  return (
    <div className={styles['waiting']}>
      {phase === 'browser' ? <InBrowser wait={browser} /> : <OnAnotherDevice code={deviceCode} />}
      <Button onClick={() => void call('cancelSignIn')}>Cancel</Button>
    </div>
  );
}

function InBrowser({ wait }: { readonly wait: BrowserWait | null }): ReactElement {
  return (
    <>
      <div role="status">
        <Spinner size="small" label="Waiting for the browser…" />
      </div>
      <p className={styles['text']}>Sign in on the page that has opened in your browser, then come back here.</p>
      {wait === null ? null : (
        <p className={styles['aside']}>
          No page, or closed it?{' '}
          <Link as="button" inline onClick={() => void call('reopenBrowser')}>
            Open it again
          </Link>
          . This ends by itself in <TimeLeft atMs={wait.expiresAtMs} />.
        </p>
      )}
    </>
  );
}

function OnAnotherDevice({ code }: { readonly code: DeviceCode | null }): ReactElement {
  if (code === null) {
    return (
      <div role="status">
        <Spinner size="small" label="Asking for a code…" />
      </div>
    );
  }
  const { userCode, verificationUrl, verificationUrlComplete, expiresAtMs } = code;
  const hasCodeInUrl = verificationUrlComplete !== null;
  return (
    <div className={styles['device']}>
      <QrCode
        text={verificationUrlComplete ?? verificationUrl}
        label={hasCodeInUrl ? 'QR code of the page with the code in it' : 'QR code of the page'}
      />
      <div className={styles['steps']}>
        <p className={styles['text']}>On any device, scan this or open</p>
        <div className={styles['address']}>
          <Link as="button" inline onClick={() => void call('openExternal', { url: verificationUrl })}>
            {verificationUrl}
          </Link>
          <CopyButton text={verificationUrl} label="Copy the address" />
        </div>
        <p className={styles['text']}>{hasCodeInUrl ? 'and check that it shows, or enter,' : 'and enter'}</p>
        <div className={styles['code']}>
          <span data-testid="device-code">{userCode}</span>
          <CopyButton text={userCode} label="Copy the code" />
        </div>
        <div role="status">
          <Spinner size="tiny" label="Waiting for you to finish there…" />
        </div>
        <p className={styles['aside']}>
          The code is good for another <TimeLeft atMs={expiresAtMs} />. Enter it nowhere else.
        </p>
      </div>
    </div>
  );
}
