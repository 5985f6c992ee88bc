import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ApplicationRejection } from '../../../src-shared/connector/engine-state.ts';
import { sayReason } from '../../../src-shared/errors/reasons.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useText } from '../../ui/use-text.ts';

const SHOWN = 5;
const NONE: readonly ApplicationRejection[] = [];

/** Applications whose last change this connector can't take, or that it may not reach, each with its reason. */
export function RejectedApplications(): ReactElement | null {
  const rejected = useAppState(({ engine }) => engine?.rejectedApplications ?? NONE);
  const text = useText('overview');
  const changes = rejected.filter(({ cause }) => cause === 'change');
  const barred = rejected.filter(({ cause }) => cause === 'allowList');
  return (
    <>
      {changes.length === 0 ? null : (
        <Rejections
          title={text.rejectedTitle(changes.length)}
          text={text.rejectedText}
          list={changes}
          name="rejected"
        />
      )}
      {barred.length === 0 ? null : (
        <Rejections title={text.barredTitle(barred.length)} text={text.barredText} list={barred} name="barred" />
      )}
    </>
  );
}

interface RejectionsProps {
  readonly title: string;
  readonly text: string;
  readonly list: readonly ApplicationRejection[];
  readonly name: 'rejected' | 'barred';
}

function Rejections({ title, text, list, name }: RejectionsProps): ReactElement {
  const { rejectedMore } = useText('overview');
  const reasons = useText('reasons');
  return (
    <MessageBar intent="warning" layout="multiline" data-testid={`${name}-applications`}>
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        {text}
        <ul>
          {list.slice(0, SHOWN).map(({ id, displayName, reason, told }) => (
            <li key={id}>
              {displayName === '' ? id : displayName}: {told === undefined ? reason : sayReason(told, reasons)}
            </li>
          ))}
          {list.length > SHOWN ? <li>{rejectedMore(list.length - SHOWN)}</li> : null}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
