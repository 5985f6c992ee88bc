import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { fieldName } from '../../../src-shared/text/field-name.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';

export interface ChangedMeanwhileBarProps {
  /** As the API spells them. */
  readonly fields: readonly string[];
  readonly onDiscard: () => void;
}

/** Says what somebody else has changed, too: it is overwritten knowingly or not at all. */
export function ChangedMeanwhileBar({ fields, onDiscard }: ChangedMeanwhileBarProps): ReactElement {
  const text = useText('applications').changedMeanwhile;
  const language = useLanguage();
  const names = new Set(fields.map((field) => fieldName(field, language) ?? field));
  return (
    <MessageBar intent="warning" layout="multiline" politeness="assertive" data-testid="changed-meanwhile">
      <MessageBarBody>
        <MessageBarTitle>{text.title}</MessageBarTitle>
        <br />
        {text.text([...names].join(', '))}
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={onDiscard}>{text.discard}</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
