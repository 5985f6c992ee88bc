import { Field, Textarea } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';

export interface LinesFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** Several texts, one in each line. */
export function LinesField({ label, hint, placeholder, value, onChange }: LinesFieldProps): ReactElement {
  // An empty line that is about to be filled is in the box, not in the value.
  const [typed, setTyped] = useState(value.join('\n'));
  return (
    <Field label={label} {...(hint !== undefined && { hint })}>
      <Textarea
        resize="vertical"
        textarea={{ spellCheck: false, rows: Math.min(6, Math.max(2, value.length)) }}
        {...(placeholder !== undefined && { placeholder })}
        value={typed}
        onChange={(_event, { value: text }) => {
          setTyped(text);
          onChange(
            text
              .split('\n')
              .map((line) => line.trim())
              .filter((line) => line !== ''),
          );
        }}
      />
    </Field>
  );
}
