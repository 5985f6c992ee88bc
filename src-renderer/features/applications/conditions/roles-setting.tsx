import type { ReactElement } from 'react';
import { useText } from '../../../ui/use-text.ts';
import type { SettingsProps } from '../setting-fields.tsx';
import { nameOfPath, StructureList } from '../structure-list.tsx';
import { describeRole, makeRole, readRoles, type RoleDraft } from './role-draft.ts';
import { RoleForm } from './role-form.tsx';

/** The roles that an application defines. */
export function RolesSetting(props: SettingsProps): ReactElement {
  const text = useText('appRoles');
  return (
    <StructureList<RoleDraft>
      {...props}
      field="appRoles"
      target="appRoles"
      read={readRoles}
      write={(roles) => roles}
      makeItem={() => makeRole(crypto.randomUUID())}
      titleOf={({ displayName }) => (displayName.trim() === '' ? text.unnamed : displayName)}
      summaryOf={(role) => describeRole(role, text)}
      addLabel={text.add}
      nameOf={(path) => nameOfPath(path, text.names)}
    >
      {(role, change, isFresh) => (
        <RoleForm role={role} roles={rolesOf(props.settings.appRoles)} isFresh={isFresh} onChange={change} />
      )}
    </StructureList>
  );
}

function rolesOf(json: string): readonly RoleDraft[] {
  try {
    return readRoles(JSON.parse(json)) ?? [];
  } catch {
    return [];
  }
}
