import { PersonKeyRegular } from '@fluentui/react-icons/svg/person-key';
import type { ReactElement } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SignInActions } from './sign-in-actions.tsx';

/** Stands in for a page that needs an administrator. */
export function SignInPanel({ reason }: { readonly reason: string }): ReactElement {
  return (
    <EmptyState icon={<PersonKeyRegular />} title="Sign in to go on" action={<SignInActions />}>
      {reason}
    </EmptyState>
  );
}
