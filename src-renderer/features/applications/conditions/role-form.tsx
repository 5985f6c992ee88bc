import { Checkbox, Field, FieldContextProvider, Input, Switch } from '@fluentui/react-components';
import { type ReactElement, useId } from 'react';
import { useText } from '../../../ui/use-text.ts';
import { findRoleProblems, type RoleDraft } from './role-draft.ts';
import { validateWith } from '../setting-fields.tsx';
import styles from './conditions.module.css';

export interface RoleFormProps {
  readonly role: RoleDraft;
  /** All of the application, this one among them. */
  readonly roles: readonly RoleDraft[];
  /** Whether it is being filled in for the first time: what is still empty is no mistake yet. */
  readonly isFresh: boolean;
  readonly onChange: (role: RoleDraft) => void;
}

/** One role: what it is called, what tokens call it, and who can have it. */
export function RoleForm({ role, roles, isFresh, onChange }: RoleFormProps): ReactElement {
  const text = useText('appRoles');
  const problems = findRoleProblems(role, roles, text);
  const wrong = (field: 'displayName' | 'value'): string | undefined =>
    isFresh && role[field] === '' ? undefined : problems[field];
  const change = (part: Partial<RoleDraft>): void => onChange({ ...role, ...part });
  const id = useId();
  const member = (type: RoleDraft['allowedMemberTypes'][number], label: string): ReactElement => (
    <Checkbox
      // Within one field each would get the field's id.
      id={`${id}-${type}`}
      label={label}
      checked={role.allowedMemberTypes.includes(type)}
      onChange={(_event, { checked }) => {
        const others = role.allowedMemberTypes.filter((other) => other !== type);
        change({ allowedMemberTypes: checked === true ? [...others, type] : others });
      }}
    />
  );
  return (
    // The list's own field must not name the controls of this form.
    <FieldContextProvider value={undefined}>
      <div className={styles['form']}>
        <div className={styles['pair']}>
          <Field label={text.name} hint={text.nameHint} required {...validateWith(wrong('displayName'))}>
            <Input
              style={{ minWidth: 0 }}
              value={role.displayName}
              onChange={(_event, { value }) => change({ displayName: value })}
            />
          </Field>
          <Field label={text.value} hint={text.valueHint} required {...validateWith(wrong('value'))}>
            <Input
              style={{ minWidth: 0 }}
              value={role.value}
              onChange={(_event, { value }) => change({ value: value.trim() })}
            />
          </Field>
        </div>
        <Field label={text.description} {...validateWith(problems.description)}>
          <Input
            value={role.description ?? ''}
            onChange={(_event, { value }) => change({ description: value === '' ? null : value })}
          />
        </Field>
        <Field {...validateWith(problems.allowedMemberTypes)}>
          <div role="group" aria-label={text.members} className={styles['members']}>
            <span>{text.members}</span>
            {member('User', text.users)}
            {member('Application', text.programs)}
          </div>
        </Field>
        <Field hint={text.isEnabledHint}>
          <Switch
            label={text.isEnabled}
            checked={role.isEnabled}
            onChange={(_event, { checked }) => change({ isEnabled: checked })}
          />
        </Field>
      </div>
    </FieldContextProvider>
  );
}
