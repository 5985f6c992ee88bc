import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { AccountCard } from '../../ui/account-card.tsx';
import { SignInActions } from '../sign-in/sign-in-actions.tsx';
import { useText } from '../../ui/use-text.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';

export function SignInStep({ onNext, onBack }: StepProps): ReactElement {
  const { signIn: text, next } = useText('wizard');
  const account = useAppState((state) => state.account);
  const service = useAppState((state) => state.service);
  const isRequired = useAppState((state) => state.signIn.isRequired);
  const isEnrolled = useAppState((state) => state.connector !== null);
  const isSignedIn = account !== null && !isRequired;
  // A reader can enrol nothing; what is enrolled already they may look at.
  const isOfNoUse = isSignedIn && account.access === 'reader' && !isEnrolled;
  return (
    <StepFrame
      title={text.title}
      intro={text.intro(service?.displayName ?? text.theService)}
      onBack={onBack}
      next={isSignedIn ? { label: next, isDisabled: isOfNoUse, run: onNext } : undefined}
    >
      {!isSignedIn ? (
        <SignInActions onSignedIn={({ access }) => (access === 'reader' && !isEnrolled ? undefined : onNext())} />
      ) : (
        <AccountCard
          account={account}
          action={<Button onClick={() => void call('signOut')}>{text.otherAccount}</Button>}
        />
      )}
      {isOfNoUse ? (
        <MessageBar intent="warning" layout="multiline" data-testid="reader">
          <MessageBarBody>
            <MessageBarTitle>{text.readerTitle}</MessageBarTitle>
            <br />
            {text.readerText}
          </MessageBarBody>
        </MessageBar>
      ) : null}
    </StepFrame>
  );
}
