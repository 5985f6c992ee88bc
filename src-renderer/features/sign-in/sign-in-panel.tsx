import { PersonKeyRegular } from '@fluentui/react-icons/svg/person-key';
import type { ReactElement } from 'react';
import { useAppState } from '../../stores/app-store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SignInActions } from './sign-in-actions.tsx';

/** Stands in for a page that needs an administrator. */
export function SignInPanel({ reason }: { readonly reason: string }): ReactElement {
  const isMemoryOnly = useAppState((state) => state.protection.tokens === 'memory');
  return (
    <EmptyState icon={<PersonKeyRegular />} title="Sign in to go on" action={<SignInActions />}>
      {reason}
      {isMemoryOnly ? ' This machine has no key store, so a sign-in lasts until Postern quits.' : null}
    </EmptyState>
  );
}
