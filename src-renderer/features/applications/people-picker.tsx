import {
  Avatar,
  Field,
  Tag,
  TagPicker,
  TagPickerControl,
  TagPickerGroup,
  TagPickerInput,
  TagPickerList,
  TagPickerOption,
} from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { User } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './people-picker.module.css';

const TYPING_PAUSE_MS = 200;

export interface PeoplePickerProps {
  /** Who is chosen here; people where nothing is said. */
  readonly label?: string;
  readonly people: readonly User[];
  readonly onChange: (people: readonly User[]) => void;
  /** What to know about the choice; empty for nothing. */
  readonly hint: string;
  /** What is wrong with the choice. */
  readonly problem?: string | undefined;
  /** Offers what was typed as an id of somebody whom the list doesn't have, in these words. */
  readonly offerId?: (id: string) => string;
}

/** Finds people by the beginning of their name and keeps those chosen as tags. */
export function PeoplePicker(props: PeoplePickerProps): ReactElement {
  const { label, people, onChange, hint, problem, offerId } = props;
  const words = useText('applications');
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const { found, error } = usePeople(text);
  const chosen = new Set(people.map((person) => person.id));
  const offered = found.filter((person) => !chosen.has(person.id));
  const said = error ?? problem;
  const typedId = text.trim();
  const isIdOffered = offerId !== undefined && typedId !== '' && offered.length === 0 && !chosen.has(typedId);
  const select = (ids: readonly string[]): void => {
    const typed = ids.filter((id) => id === typedId).map((id) => ({ id, displayName: id, userPrincipalName: '' }));
    const known = new Map([...typed, ...people, ...found].map((person) => [person.id, person]));
    onChange(ids.flatMap((id) => known.get(id) ?? []));
    setText('');
  };
  return (
    <Field
      label={label ?? words.people}
      validationState={said === undefined ? 'none' : 'error'}
      {...(said === undefined ? {} : { validationMessage: said })}
      hint={hint}
    >
      <TagPicker
        open={isOpen}
        onOpenChange={(_event, { open }) => setOpen(open)}
        selectedOptions={people.map((person) => person.id)}
        onOptionSelect={(_event, { selectedOptions }) => select(selectedOptions)}
      >
        <TagPickerControl>
          <TagPickerGroup aria-label={words.chosenPeople}>
            {people.map((person) => (
              <Tag
                key={person.id}
                value={person.id}
                shape="rounded"
                media={<Avatar aria-hidden name={person.displayName} color="colorful" />}
              >
                {person.displayName}
              </Tag>
            ))}
          </TagPickerGroup>
          <TagPickerInput
            aria-label={words.findPeople}
            placeholder={words.typeName}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setOpen(true);
            }}
          />
        </TagPickerControl>
        <TagPickerList>
          {isIdOffered ? (
            <TagPickerOption value={typedId} text={typedId}>
              {offerId(typedId)}
            </TagPickerOption>
          ) : offered.length === 0 ? (
            <div className={styles['none']} role="option" aria-selected={false} aria-disabled="true">
              {text.trim() === '' ? words.nobodyElse : words.nobodyBegins(text.trim())}
            </div>
          ) : (
            offered.map((person) => (
              <TagPickerOption
                key={person.id}
                value={person.id}
                text={person.displayName}
                secondaryContent={person.userPrincipalName}
                media={<Avatar aria-hidden name={person.displayName} color="colorful" />}
              >
                {person.displayName}
              </TagPickerOption>
            ))
          )}
        </TagPickerList>
      </TagPicker>
    </Field>
  );
}

function usePeople(text: string): { found: readonly User[]; error: string | null } {
  const [result, setResult] = useState<{ found: readonly User[]; error: string | null }>({ found: [], error: null });
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      call('searchPeople', { text }).then(
        (found) => isCurrent && setResult({ found, error: null }),
        (error: unknown) =>
          isCurrent && setResult({ found: [], error: error instanceof Error ? error.message : String(error) }),
      );
    }, TYPING_PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text]);
  return result;
}
