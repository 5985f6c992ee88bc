import { Avatar, Button, Spinner, Tooltip } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { type ReactElement, useEffect, useState } from 'react';
import type { AppRole, AppRoleAssignment, AppRoleAssignmentCreate } from '../../../src-shared/publishing/app-roles.ts';
import type { User } from '../../../src-shared/publishing/application.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useText } from '../../ui/use-text.ts';
import { PeoplePicker } from './people-picker.tsx';
import { PrincipalForm } from './principal-form.tsx';
import styles from './assigned-people.module.css';

export interface AssignedPeopleProps {
  readonly applicationId: string;
  readonly appRoles: readonly AppRole[];
}

/** Who may enter an application that exists. Each change holds at once. */
export function AssignedPeople({ applicationId, appRoles }: AssignedPeopleProps): ReactElement {
  const refusal = useChangeRefusal();
  const text = useText('applications');
  const access = useText('applicationAccess');
  const [assignments, setAssignments] = useState<readonly AppRoleAssignment[] | null>(null);
  const load = useAction(async () => setAssignments(await call('listAssignments', { applicationId })));
  const { run } = load;
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  useEffect(() => {
    if (!isSignInRequired) void run();
  }, [isSignInRequired, run, applicationId]);
  const add = useAction(async (people: readonly User[]) => {
    for (const person of people) {
      const assignment = await call('assignPerson', { applicationId, person });
      setAssignments((before) => [...(before ?? []), assignment]);
    }
  });
  const assign = useAction(async (assignment: AppRoleAssignmentCreate) => {
    const assigned = await call('assignPrincipal', { applicationId, assignment });
    setAssignments((before) => [...(before ?? []), assigned]);
  });
  const remove = useAction(async (assignmentId: string) => {
    await call('unassignPerson', { applicationId, assignmentId });
    setAssignments((before) => before?.filter((other) => other.id !== assignmentId) ?? null);
  });
  const error = load.error ?? add.error ?? assign.error ?? remove.error;
  return (
    <div className={styles['people']}>
      {error === null ? null : <ProblemBar title={text.peopleFailed} error={error} />}
      {refusal === null ? (
        <>
          <PeoplePicker
            people={[]}
            onChange={(people) => void add.run(people)}
            hint={assignments?.length === 0 ? text.peopleNone : text.peopleAtOnce}
          />
          <PrincipalForm
            roles={appRoles.filter(({ isEnabled }) => isEnabled)}
            isBusy={assign.isRunning}
            onAssign={assign.run}
          />
        </>
      ) : null}
      {assignments === null ? (
        <Spinner size="tiny" label={text.peopleReading} />
      ) : (
        <ul className={styles['list']} aria-label={text.peopleList}>
          {assignments.map((assignment) => (
            <li key={assignment.id} className={styles['row']}>
              <Avatar size={24} color="colorful" name={assignment.principalDisplayName} aria-hidden />
              <span className={styles['name']}>
                {assignment.principalDisplayName}
                <span className={styles['kind']}>{describeAssignment(assignment, appRoles, access.kinds)}</span>
              </span>
              {refusal === null ? (
                <Tooltip content={text.removePerson(assignment.principalDisplayName)} relationship="label">
                  <Button
                    size="small"
                    appearance="subtle"
                    icon={<DismissRegular />}
                    onClick={() => void remove.run(assignment.id)}
                  />
                </Tooltip>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What is not a person, and with which role. */
function describeAssignment(
  { principalType, appRoleId }: AppRoleAssignment,
  roles: readonly AppRole[],
  kinds: Catalogue['applicationAccess']['kinds'],
): string {
  const role = roles.find(({ id }) => id === appRoleId)?.displayName;
  return [principalType === 'User' ? undefined : kinds[principalType], role]
    .filter((part) => part !== undefined)
    .join(', ');
}
