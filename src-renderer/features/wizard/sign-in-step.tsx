import { Button } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { AccountCard } from '../../ui/account-card.tsx';
import { SignInActions } from '../sign-in/sign-in-actions.tsx';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';

export function SignInStep({ onNext, onBack }: StepProps): ReactElement {
  const account = useAppState((state) => state.account);
  const service = useAppState((state) => state.service);
  const isMemoryOnly = useAppState((state) => state.protection.tokens === 'memory');
  return (
    <StepFrame
      title="Sign in as an administrator"
      intro={`The sign-in happens in your browser, at the identity provider of ${service?.displayName ?? 'the service'}. Postern never sees your password.`}
      onBack={onBack}
      next={account === null ? undefined : { label: 'Next', run: onNext }}
    >
      {account === null ? (
        <SignInActions onSignedIn={onNext} />
      ) : (
        <AccountCard
          account={account}
          action={<Button onClick={() => void call('signOut')}>Use another account</Button>}
        />
      )}
      {isMemoryOnly ? (
        <p>This machine has no key store, so the sign-in is kept in memory only and lasts until Postern quits.</p>
      ) : null}
    </StepFrame>
  );
}
