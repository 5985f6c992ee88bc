import { Button, Radio, RadioGroup } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { type ReactElement, useState } from 'react';
import { ALL } from '../../../../src-shared/publishing/conditional-access.ts';
import { useText } from '../../../ui/use-text.ts';
import { FormPart } from './form-part.tsx';
import { LinesField } from '../lines-field.tsx';
import { PeopleByIdField } from './people-by-id-field.tsx';
import { type ConditionsDraft, isForEveryone, NOBODY, type UsersDraft } from './policy-draft.ts';
import styles from './conditions.module.css';

export interface WhoPartProps {
  readonly conditions: ConditionsDraft;
  readonly problem: string | undefined;
  readonly onChange: (users: UsersDraft) => void;
}

const EVERYONE: UsersDraft = { ...NOBODY, includeUsers: [ALL] };

/** For whom a policy is: everyone or some, and whom it leaves out. */
export function WhoPart({ conditions, problem, onChange }: WhoPartProps): ReactElement {
  const text = useText('conditions');
  const users = conditions.users ?? EVERYONE;
  const isEveryone = isForEveryone(conditions);
  const excluded = [...users.excludeUsers, ...users.excludeGroups, ...users.excludeRoles];
  const [isExcepting, setExcepting] = useState(false);
  /** Who was chosen when “Everyone” was, so that a look at that costs nothing. */
  const [chosen, setChosen] = useState(NOBODY);
  const change = (part: Partial<UsersDraft>): void => onChange({ ...users, ...part });
  return (
    <FormPart title={text.whom}>
      <RadioGroup
        layout="horizontal"
        aria-label={text.whom}
        value={isEveryone ? 'everyone' : 'chosen'}
        onChange={(_event, { value }) => {
          if (value === 'everyone') setChosen(users);
          const { includeUsers, includeGroups, includeRoles } = value === 'everyone' ? EVERYONE : chosen;
          change({ includeUsers, includeGroups, includeRoles });
        }}
      >
        <Radio value="everyone" label={text.everyone} />
        <Radio value="chosen" label={text.chosen} />
      </RadioGroup>
      {isEveryone ? null : (
        <>
          <PeopleByIdField
            label={text.people}
            ids={users.includeUsers}
            problem={problem}
            onChange={(includeUsers) => change({ includeUsers })}
          />
          <div className={styles['pair']}>
            <LinesField
              label={text.groups}
              hint={text.groupsHint}
              values={users.includeGroups}
              onChange={(includeGroups) => change({ includeGroups })}
            />
            <LinesField
              label={text.roles}
              hint={text.rolesHint}
              values={users.includeRoles}
              onChange={(includeRoles) => change({ includeRoles })}
            />
          </div>
        </>
      )}
      {isExcepting || excluded.length > 0 ? (
        <>
          <PeopleByIdField
            label={text.exceptPeople}
            ids={users.excludeUsers}
            problem={isEveryone ? problem : undefined}
            onChange={(excludeUsers) => change({ excludeUsers })}
          />
          <div className={styles['pair']}>
            <LinesField
              label={text.exceptGroups}
              hint={text.groupsHint}
              values={users.excludeGroups}
              onChange={(excludeGroups) => change({ excludeGroups })}
            />
            <LinesField
              label={text.exceptRoles}
              hint={text.rolesHint}
              values={users.excludeRoles}
              onChange={(excludeRoles) => change({ excludeRoles })}
            />
          </div>
        </>
      ) : (
        <Button
          className={styles['add'] ?? ''}
          appearance="subtle"
          size="small"
          icon={<AddRegular />}
          onClick={() => setExcepting(true)}
        >
          {text.addException}
        </Button>
      )}
    </FormPart>
  );
}
