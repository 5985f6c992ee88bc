import { Field, Input } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { validateWith } from '../setting-fields.tsx';

export interface WordsFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly words: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (words: string[]) => void;
}

/** A few words in a line, with spaces between them. */
export function WordsField({ label, hint, words, problem, onChange }: WordsFieldProps): ReactElement {
  const [typed, setTyped] = useState(() => words.join(' '));
  const read = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
  const isTyped = JSON.stringify(read(typed)) === JSON.stringify(words);
  return (
    <Field label={label} hint={hint} {...validateWith(problem)}>
      <Input
        style={{ minWidth: 0 }}
        value={isTyped ? typed : words.join(' ')}
        onChange={(_event, { value }) => {
          setTyped(value);
          onChange(read(value));
        }}
      />
    </Field>
  );
}
