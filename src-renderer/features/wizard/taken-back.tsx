import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useText } from '../../ui/use-text.ts';

/** That what the person cancelled leaves nothing behind. */
export function TakenBack(): ReactElement {
  const text = useText('wizard');
  return (
    <MessageBar intent="info" layout="multiline" politeness="polite" data-testid="taken-back">
      <MessageBarBody>
        <MessageBarTitle>{text.takenBack}</MessageBarTitle>
        <br />
        {text.takenBackText}
      </MessageBarBody>
    </MessageBar>
  );
}
