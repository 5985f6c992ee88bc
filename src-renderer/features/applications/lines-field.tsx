import { Field, Textarea } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { validateWith } from './setting-fields.tsx';

export interface LinesFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly values: readonly string[];
  readonly problem?: string | undefined;
  readonly placeholder?: string;
  /** Where a value ends: at the end of its line unless given, or at any space or comma. */
  readonly separator?: RegExp;
  readonly onChange: (values: string[]) => void;
}

const BY_LINE = /\n/;
export const BY_SPACE_OR_COMMA = /[\s,;]+/;

/** A list of texts, typed one below the other. Blank lines are the typist's own business. */
export function LinesField(props: LinesFieldProps): ReactElement {
  const { label, hint, values, problem, placeholder, separator = BY_LINE, onChange } = props;
  const [typed, setTyped] = useState(() => values.join('\n'));
  const read = (text: string): string[] =>
    text
      .split(separator)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const isTyped = JSON.stringify(read(typed)) === JSON.stringify(values.filter((value) => value !== ''));
  const shown = isTyped ? typed : values.join('\n');
  return (
    <Field label={label} {...(hint !== undefined && { hint })} {...validateWith(problem)}>
      <Textarea
        resize="vertical"
        textarea={{ spellCheck: false, rows: Math.min(6, Math.max(2, shown.split('\n').length)) }}
        placeholder={placeholder ?? ''}
        value={shown}
        onChange={(_event, { value }) => {
          setTyped(value);
          onChange(read(value));
        }}
      />
    </Field>
  );
}
