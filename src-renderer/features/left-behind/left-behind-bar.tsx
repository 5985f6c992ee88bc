import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { LEFT_BEHIND_KINDS } from '../../../src-shared/ipc/app-state.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './left-behind-bar.module.css';

/** On every page: what was taken back and is at the service all the same, why, and the way to try again. */
export function LeftBehindBar(): ReactElement | null {
  const text = useText('leftBehind');
  const leftBehind = useAppState((state) => state.leftBehind);
  const kinds = LEFT_BEHIND_KINDS.filter((kind) => leftBehind[kind] !== null);
  if (kinds.length === 0) return null;
  return (
    <div className={styles['bars']}>
      {kinds.map((kind) => {
        const left = leftBehind[kind];
        if (left === null) return null;
        return (
          <MessageBar key={kind} intent="warning" layout="multiline" politeness="assertive" data-testid="left-behind">
            <MessageBarBody>
              <MessageBarTitle>{text.title[kind](left.displayName)}</MessageBarTitle>
              <br />
              {text.text} {left.problem}
            </MessageBarBody>
            <MessageBarActions>
              <Button disabledFocusable={left.isTrying} onClick={() => void call('takeBackAgain', { kind })}>
                {left.isTrying ? text.trying : text.tryAgain}
              </Button>
              <Button disabledFocusable={left.isTrying} onClick={() => void call('leaveBehind', { kind })}>
                {text.leave}
              </Button>
            </MessageBarActions>
          </MessageBar>
        );
      })}
    </div>
  );
}
