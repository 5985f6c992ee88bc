import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ApplicationRejection } from '../../../src-shared/connector/engine-state.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useText } from '../../ui/use-text.ts';

const SHOWN = 5;
const NONE: readonly ApplicationRejection[] = [];

/** Applications whose last change this connector can't take, each with its reason; nothing while there is none. */
export function RejectedApplications(): ReactElement | null {
  const rejected = useAppState(({ engine }) => engine?.rejectedApplications ?? NONE);
  const text = useText('overview');
  if (rejected.length === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline" data-testid="rejected-applications">
      <MessageBarBody>
        <MessageBarTitle>{text.rejectedTitle(rejected.length)}</MessageBarTitle>
        {text.rejectedText}
        <ul>
          {rejected.slice(0, SHOWN).map(({ id, displayName, reason }) => (
            <li key={id}>
              {displayName === '' ? id : displayName}: {reason}
            </li>
          ))}
          {rejected.length > SHOWN ? <li>{text.rejectedMore(rejected.length - SHOWN)}</li> : null}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
