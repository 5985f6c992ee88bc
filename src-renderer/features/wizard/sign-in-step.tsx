import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
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
  const isRequired = useAppState((state) => state.signIn.isRequired);
  const isEnrolled = useAppState((state) => state.connector !== null);
  const isSignedIn = account !== null && !isRequired;
  // A reader can enrol nothing; what is enrolled already they may look at.
  const isOfNoUse = isSignedIn && account.access === 'reader' && !isEnrolled;
  return (
    <StepFrame
      title="Sign in as an administrator"
      intro={`The sign-in happens in your browser, at the identity provider of ${service?.displayName ?? 'the service'}. Postern never sees your password.`}
      onBack={onBack}
      next={isSignedIn ? { label: 'Next', isDisabled: isOfNoUse, run: onNext } : undefined}
    >
      {!isSignedIn ? (
        <SignInActions onSignedIn={({ access }) => (access === 'reader' && !isEnrolled ? undefined : onNext())} />
      ) : (
        <AccountCard
          account={account}
          action={<Button onClick={() => void call('signOut')}>Use another account</Button>}
        />
      )}
      {isOfNoUse ? (
        <MessageBar intent="warning" layout="multiline" data-testid="reader">
          <MessageBarBody>
            <MessageBarTitle>This account may only look</MessageBarTitle>
            <br />
            Enrolling a connector needs the role of an administrator. Use another account, or have the role given to
            this one.
          </MessageBarBody>
        </MessageBar>
      ) : null}
    </StepFrame>
  );
}
