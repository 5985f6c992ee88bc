import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { remedyFor } from '../../../src-shared/text/say-error.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import styles from './identity-problem.module.css';

/** Why a machine that was set up is asked for everything again. */
export function IdentityProblem(): ReactElement | null {
  const problem = useAppState((state) => state.identityProblem);
  const text = useText('wizard');
  const language = useLanguage();
  if (problem === null) return null;
  return (
    <div className={styles['bar']}>
      <MessageBar intent="error" layout="multiline" data-testid="identity-problem">
        <MessageBarBody>
          <MessageBarTitle>{text.identityProblem}</MessageBarTitle>
          <br />
          {problem[language]} {remedyFor('VAULT_UNREADABLE', language)}
        </MessageBarBody>
      </MessageBar>
    </div>
  );
}
