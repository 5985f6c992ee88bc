import { Combobox, Option } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { useText } from './use-text.ts';

/** Options that are listed at once; typing narrows them. */
const MAX_OPTIONS = 50;
const EVERY_APPLICATION = '';

export interface ApplicationChoiceProps {
  readonly label: string;
  readonly applications: readonly { readonly id: string; readonly displayName: string }[];
  /** Null for all. */
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  /** Whether all of them is no answer. */
  readonly isOneNeeded?: boolean;
}

/** One application, or all of them; found by a part of its name, as there may be thousands. */
export function ApplicationChoice(props: ApplicationChoiceProps): ReactElement {
  const { label, applications, value, onChange, isOneNeeded = false } = props;
  const text = useText('trends');
  const [typed, setTyped] = useState<string | null>(null);
  const known = applications.find(({ id }) => id === value)?.displayName ?? text.unknownApplication;
  const chosen = value === null ? text.everyApplication : known;
  const words = (typed ?? '').trim().toLowerCase();
  const found: (typeof applications)[number][] = [];
  for (const application of applications) {
    if (found.length >= MAX_OPTIONS) break;
    if (application.displayName.toLowerCase().includes(words)) found.push(application);
  }
  return (
    <Combobox
      aria-label={label}
      value={typed ?? chosen}
      selectedOptions={[value ?? EVERY_APPLICATION]}
      onChange={(event) => setTyped(event.target.value)}
      onOpenChange={(_event, { open }) => setTyped(open ? '' : null)}
      onOptionSelect={(_event, { optionValue }) => {
        setTyped(null);
        onChange(optionValue === undefined || optionValue === EVERY_APPLICATION ? null : optionValue);
      }}
      placeholder={chosen}
    >
      {words === '' && !isOneNeeded ? (
        <Option value={EVERY_APPLICATION} text={text.everyApplication}>
          {text.everyApplication}
        </Option>
      ) : null}
      {found.map(({ id, displayName }) => (
        <Option key={id} value={id} text={displayName}>
          {displayName}
        </Option>
      ))}
    </Combobox>
  );
}
