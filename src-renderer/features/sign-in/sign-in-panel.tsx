import { PersonKeyRegular } from '@fluentui/react-icons/svg/person-key';
import type { ReactElement } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useText } from '../../ui/use-text.ts';
import { SignInActions } from './sign-in-actions.tsx';

/** Stands in for a page that needs an administrator. */
export function SignInPanel({ reason }: { readonly reason: string }): ReactElement {
  const text = useText('signIn');
  return (
    <EmptyState icon={<PersonKeyRegular />} title={text.panelTitle} action={<SignInActions />}>
      {reason}
    </EmptyState>
  );
}
