import { Field, Input } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { isFeedUrl } from '../../../src-shared/updates/update-state.ts';
import { useAction } from '../../ui/use-action.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { useText } from '../../ui/use-text.ts';
import { SaveBar } from './save-bar.tsx';

export interface UpdateFeedFieldProps {
  /** Null for the one of the package. */
  readonly saved: string | null;
  readonly builtIn: string;
  readonly onSave: (feedUrl: string | null) => Promise<void>;
}

/** Where newer versions are looked for in place of the feed that the package names. */
export function UpdateFeedField({ saved, builtIn, onSave }: UpdateFeedFieldProps): ReactElement {
  const text = useText('updates');
  const typed = useKeptInput('update-feed', saved, () => saved ?? '');
  const { input: draft } = typed;
  const wanted = draft.trim();
  const isValid = wanted === '' || isFeedUrl(wanted);
  const isChanged = wanted !== (saved ?? '');
  const save = useAction(async () => {
    await onSave(wanted === '' ? null : wanted);
    typed.forget();
  });
  return (
    <>
      <Field
        label={text.feed}
        hint={text.feedHint(builtIn)}
        {...(isValid ? {} : { validationState: 'error', validationMessage: text.feedProblem })}
      >
        <Input type="url" value={draft} placeholder={builtIn} onChange={(_event, { value }) => typed.change(value)} />
      </Field>
      {isChanged ? <SaveBar save={save} isChanged isValid={isValid} onDiscard={typed.forget} /> : null}
    </>
  );
}
