import { type ReactElement, useEffect, useState } from 'react';
import type { User } from '../../../../src-shared/publishing/application.ts';
import { call } from '../../../bridge/bridge.ts';
import { useText } from '../../../ui/use-text.ts';
import { PeoplePicker } from '../people-picker.tsx';

export interface PeopleByIdFieldProps {
  readonly label: string;
  readonly ids: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (ids: string[]) => void;
}

/** Chooses people by name, keeps their ids; a program or somebody unknown to the service is given by the id itself. */
export function PeopleByIdField({ label, ids, problem, onChange }: PeopleByIdFieldProps): ReactElement {
  const text = useText('conditions');
  const [known, setKnown] = useState<ReadonlyMap<string, User>>(new Map());
  const learn = (people: readonly User[]): void =>
    setKnown((before) => new Map([...before, ...people.map((person) => [person.id, person] as const)]));
  const unknown = JSON.stringify(ids.filter((id) => id !== '' && !known.has(id)));
  useEffect(() => {
    const asked = JSON.parse(unknown) as string[];
    if (asked.length === 0) return;
    let isCurrent = true;
    // Who has no name here is shown by the id, as is everybody while the service can't be asked.
    const name = (people: readonly User[]): void => {
      const named = new Map(people.map((person) => [person.id, person]));
      if (isCurrent) learn(asked.map((id) => named.get(id) ?? personOfId(id)));
    };
    call('readPeople', { ids: asked }).then(name, () => name([]));
    return () => {
      isCurrent = false;
    };
  }, [unknown]);
  return (
    <PeoplePicker
      label={label}
      people={ids.map((id) => known.get(id) ?? personOfId(id))}
      problem={problem}
      offerId={text.takeId}
      hint=""
      onChange={(people) => {
        learn(people);
        onChange(people.map((person) => person.id));
      }}
    />
  );
}

function personOfId(id: string): User {
  return { id, displayName: id, userPrincipalName: '' };
}
