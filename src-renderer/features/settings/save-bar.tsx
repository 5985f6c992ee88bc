import { Button } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import type { Action } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './settings-page.module.css';

export interface SaveBarProps {
  readonly save: Action<[]>;
  readonly isChanged: boolean;
  readonly isValid: boolean;
  readonly onDiscard: () => void;
}

/** Saves what was typed in a part of the page, or takes it back. */
export function SaveBar({ save, isChanged, isValid, onDiscard }: SaveBarProps): ReactElement {
  const text = useText('machineSettings');
  return (
    <>
      {save.error === null ? null : <ProblemBar title={text.saveFailed} error={save.error} />}
      <div className={styles['buttons']}>
        <Button
          appearance={isChanged ? 'primary' : 'secondary'}
          disabledFocusable={!isChanged || !isValid || save.isRunning}
          onClick={() => void save.run()}
        >
          {save.isRunning ? text.saving : text.save}
        </Button>
        {isChanged ? (
          <Button appearance="subtle" disabledFocusable={save.isRunning} onClick={onDiscard}>
            {text.discard}
          </Button>
        ) : null}
      </div>
    </>
  );
}
