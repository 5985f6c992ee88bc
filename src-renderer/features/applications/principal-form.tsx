import { Button, Dropdown, Field, Input, Option } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import {
  type AppRole,
  type AppRoleAssignmentCreate,
  appRoleAssignmentCreateSchema,
  DEFAULT_APP_ROLE_ID,
} from '../../../src-shared/publishing/app-roles.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './principal-form.module.css';

const PRINCIPAL_TYPES = ['Group', 'Claim', 'ServicePrincipal', 'User'] as const;

/** Fluent's own width leaves the id none. */
const KIND_WIDTH_PX = 132;
/** Beside inputs that have a label above them. */
const LABEL_HEIGHT_PX = 26;

export interface PrincipalFormProps {
  /** Those of the application that can be given. */
  readonly roles: readonly AppRole[];
  readonly isBusy: boolean;
  /** Resolves to whether it worked. */
  readonly onAssign: (assignment: AppRoleAssignmentCreate) => Promise<boolean>;
}

/** Lets in whom the service does not know by name: groups, programs, whoever has a claim. */
export function PrincipalForm({ roles, isBusy, onAssign }: PrincipalFormProps): ReactElement {
  const text = useText('applicationAccess');
  const [principalType, setType] = useState<(typeof PRINCIPAL_TYPES)[number]>('Group');
  const [principalId, setId] = useState('');
  const [appRoleId, setRole] = useState(DEFAULT_APP_ROLE_ID);
  const parsed = appRoleAssignmentCreateSchema.safeParse({ principalType, principalId, appRoleId });
  const problem = principalId.trim() === '' ? undefined : parsed.error?.issues[0]?.message;
  const assign = async (): Promise<void> => {
    if (parsed.success && (await onAssign(parsed.data))) setId('');
  };
  const roleName = roles.find((role) => role.id === appRoleId)?.displayName ?? text.noRole;
  return (
    <div className={styles['form']} role="group" aria-label={text.others}>
      <Field label={text.kind}>
        <Dropdown
          style={{ minWidth: KIND_WIDTH_PX }}
          value={text.kinds[principalType]}
          selectedOptions={[principalType]}
          onOptionSelect={(_event, { optionValue }) =>
            setType(PRINCIPAL_TYPES.find((type) => type === optionValue) ?? 'Group')
          }
        >
          {PRINCIPAL_TYPES.map((type) => (
            <Option key={type} value={type} text={text.kinds[type]}>
              {text.kinds[type]}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Field
        className={styles['id'] ?? ''}
        label={text.idOf[principalType]}
        validationState={problem === undefined ? 'none' : 'error'}
        {...(problem === undefined ? {} : { validationMessage: problem })}
      >
        <Input style={{ minWidth: 0 }} value={principalId} onChange={(_event, { value }) => setId(value)} />
      </Field>
      {roles.length === 0 ? null : (
        <Field label={text.role}>
          <Dropdown
            style={{ minWidth: KIND_WIDTH_PX }}
            value={roleName}
            selectedOptions={[appRoleId]}
            onOptionSelect={(_event, { optionValue }) => setRole(optionValue ?? DEFAULT_APP_ROLE_ID)}
          >
            <Option value={DEFAULT_APP_ROLE_ID}>{text.noRole}</Option>
            {roles.map(({ id, displayName }) => (
              <Option key={id} value={id}>
                {displayName}
              </Option>
            ))}
          </Dropdown>
        </Field>
      )}
      <Button style={{ marginTop: LABEL_HEIGHT_PX }} disabled={!parsed.success || isBusy} onClick={() => void assign()}>
        {text.assign}
      </Button>
    </div>
  );
}
