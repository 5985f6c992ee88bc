import { Persona } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import type { AccountSummary } from '../../src-shared/ipc/window-models.ts';
import { useText } from './use-text.ts';
import styles from './account-card.module.css';

export function AccountCard(props: { readonly account: AccountSummary; readonly action: ReactNode }): ReactElement {
  const text = useText('shell');
  return (
    <div className={styles['card']}>
      <Persona
        size={props.account.access === 'reader' ? 'extra-large' : 'large'}
        name={props.account.displayName}
        secondaryText={props.account.userName}
        {...(props.account.access === 'reader' ? { tertiaryText: text.readerAccount } : {})}
        avatar={{ color: 'colorful', 'aria-hidden': true }}
      />
      {props.action}
    </div>
  );
}
