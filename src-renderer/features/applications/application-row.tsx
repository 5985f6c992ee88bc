import { Link, MenuDivider, MenuItem, Switch, TableCell, TableRow, Tooltip } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { DocumentCopyRegular } from '@fluentui/react-icons/svg/document-copy';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import { OpenRegular } from '@fluentui/react-icons/svg/open';
import { PeopleListRegular } from '@fluentui/react-icons/svg/people-list';
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected';
import { PulseRegular } from '@fluentui/react-icons/svg/pulse';
import { type ReactElement, useState } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { call } from '../../bridge/bridge.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { CutText } from '../../ui/list-table.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import type { VirtualRowProps } from '../../ui/virtual-rows.tsx';
import { useText } from '../../ui/use-text.ts';
import type { ApplicationStatus } from './application-status.ts';
import { useApplicationActions } from './use-application-actions.ts';
import styles from './application-table.module.css';

export interface ApplicationRowActions {
  readonly onEdit: (application: Application) => void;
  readonly onTest: (application: Application) => void;
  readonly onDuplicate: (application: Application) => void;
  readonly onDelete: (application: Application) => void;
}

export interface ApplicationRowProps extends ApplicationRowActions {
  readonly application: Application;
  readonly status: ApplicationStatus;
  readonly access: string;
  /** Where it stands among the rows. */
  readonly place: VirtualRowProps;
}

/** Fluent's own rules come after those of a style sheet. */
const MARKED_LINK = {
  display: 'inline-flex',
  alignItems: 'center',
  gap: 6,
  maxWidth: '100%',
  verticalAlign: 'middle',
} as const;

/** One application of the list. */
export function ApplicationRow(props: ApplicationRowProps): ReactElement {
  const { application, status, access, place, onEdit, onTest } = props;
  const text = useText('applications');
  const { externalUrl, internalUrl } = application.onPremisesPublishing;
  return (
    <TableRow {...place}>
      <TableCell>
        <span className={styles['name']}>
          <Link as="button" appearance="subtle" title={application.displayName} onClick={() => onEdit(application)}>
            {application.displayName}
          </Link>
        </span>
        <CutText isAside title={access}>
          {access}
        </CutText>
      </TableCell>
      <TableCell>
        <Tooltip content={status.detail} relationship="description">
          <Link as="button" appearance="subtle" style={MARKED_LINK} onClick={() => onTest(application)}>
            {status.mark === null ? null : <StatusMark status={status.mark} />}
            <span className={styles['cut']} data-known={status.mark !== null}>
              {status.word}
            </span>
          </Link>
        </Tooltip>
      </TableCell>
      <TableCell>
        <Tooltip content={text.openInBrowser(externalUrl)} relationship="description">
          <Link as="button" style={MARKED_LINK} onClick={() => void call('openExternal', { url: externalUrl })}>
            <span className={styles['cut']}>{externalUrl}</span>
          </Link>
        </Tooltip>
        <CutText isAside title={internalUrl}>
          {internalUrl}
        </CutText>
      </TableCell>
      <TableCell>
        <MaintenanceSwitch application={application} />
      </TableCell>
      <TableCell className={styles['actionColumn'] ?? ''}>
        <ActionMenu {...props} />
      </TableCell>
    </TableRow>
  );
}

function MaintenanceSwitch({ application }: { readonly application: Application }): ReactElement {
  const refusal = useChangeRefusal();
  const text = useText('applications');
  const { setMaintenance } = useApplicationActions();
  /** What was chosen, until the service has it. */
  const [wanted, setWanted] = useState<boolean | null>(null);
  const change = async (isInMaintenance: boolean): Promise<void> => {
    setWanted(isInMaintenance);
    await setMaintenance(application, isInMaintenance);
    setWanted(null);
  };
  return (
    <Switch
      checked={wanted ?? !application.onPremisesPublishing.isOnPremPublishingEnabled}
      disabled={refusal !== null || wanted !== null}
      aria-label={text.maintenanceOf(application.displayName)}
      onChange={(_event, { checked }) => void change(checked)}
    />
  );
}

function ActionMenu({ application, onEdit, onTest, onDuplicate, onDelete }: ApplicationRowProps): ReactElement {
  const { go } = useNavigation();
  const refusal = useChangeRefusal();
  const text = useText('applications');
  const { exportSettings } = useApplicationActions();
  const { externalUrl } = application.onPremisesPublishing;
  const notify = useNotify();
  const { copied } = useText('shell');
  const copyUrl = async (): Promise<void> => {
    await call('copyText', { text: externalUrl });
    notify.success(copied);
  };
  const remove = (
    <MenuItem icon={<DeleteRegular />} disabled={refusal !== null} onClick={() => onDelete(application)}>
      {text.menu.delete}
    </MenuItem>
  );
  return (
    <RowMenu label={text.actionsFor(application.displayName)}>
      <MenuItem icon={<EditRegular />} onClick={() => onEdit(application)}>
        {refusal === null ? text.menu.edit : text.menu.look}
      </MenuItem>
      <MenuItem icon={<OpenRegular />} onClick={() => void call('openExternal', { url: externalUrl })}>
        {text.menu.open}
      </MenuItem>
      <MenuItem icon={<CopyRegular />} onClick={() => void copyUrl()}>
        {text.menu.copy}
      </MenuItem>
      <MenuItem icon={<PulseRegular />} onClick={() => go('traffic', { trafficText: application.displayName })}>
        {text.menu.traffic}
      </MenuItem>
      <MenuItem icon={<PeopleListRegular />} onClick={() => go('sessions', { sessionsApplicationId: application.id })}>
        {text.menu.sessions}
      </MenuItem>
      <MenuItem icon={<PlugConnectedRegular />} onClick={() => onTest(application)}>
        {text.menu.test}
      </MenuItem>
      <MenuDivider />
      {refusal === null ? (
        <MenuItem icon={<DocumentCopyRegular />} onClick={() => onDuplicate(application)}>
          {text.menu.duplicate}
        </MenuItem>
      ) : null}
      <MenuItem icon={<ArrowDownloadRegular />} onClick={() => void exportSettings(application)}>
        {text.menu.export}
      </MenuItem>
      {refusal === null ? (
        remove
      ) : (
        <Tooltip content={refusal} relationship="description">
          {remove}
        </Tooltip>
      )}
    </RowMenu>
  );
}

export function describeAccess(application: Application, text: Catalogue['applications']['access']): string {
  if (application.onPremisesPublishing.externalAuthenticationType === 'passthru') return text.anyone;
  return application.appRoleAssignmentRequired ? text.people : text.everyone;
}
