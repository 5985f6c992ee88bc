import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ApplicationRejection } from '../../../src-shared/connector/engine-state.ts';
import { useAppState } from '../../stores/app-store.ts';

const SHOWN = 5;
const NONE: readonly ApplicationRejection[] = [];

/** Applications whose last change this connector can't take, each with its reason; nothing while there is none. */
export function RejectedApplications(): ReactElement | null {
  const rejected = useAppState(({ engine }) => engine?.rejectedApplications ?? NONE);
  if (rejected.length === 0) return null;
  const isOne = rejected.length === 1;
  return (
    <MessageBar intent="warning" layout="multiline" data-testid="rejected-applications">
      <MessageBarBody>
        <MessageBarTitle>
          {isOne ? 'An application could not be changed here' : 'Applications could not be changed here'}
        </MessageBarTitle>
        {isOne ? 'What it was before stays in force.' : 'What they were before stays in force.'}
        <ul>
          {rejected.slice(0, SHOWN).map(({ id, displayName, reason }) => (
            <li key={id}>
              {displayName === '' ? id : displayName}: {reason}
            </li>
          ))}
          {rejected.length > SHOWN ? <li>and {rejected.length - SHOWN} more</li> : null}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
