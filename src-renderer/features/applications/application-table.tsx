import {
  Badge,
  Button,
  Link,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  TableCell,
  TableRow,
  Tooltip,
} from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { Open16Regular, OpenRegular } from '@fluentui/react-icons/svg/open';
import { PeopleListRegular } from '@fluentui/react-icons/svg/people-list';
import { PulseRegular } from '@fluentui/react-icons/svg/pulse';
import type { ReactElement } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { ListTable } from '../../ui/list-table.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import styles from './application-table.module.css';

export interface ApplicationTableProps {
  readonly applications: readonly Application[];
  /** What the list was searched for. */
  readonly text: string;
  readonly onEdit: (application: Application) => void;
  readonly onDelete: (application: Application) => void;
}

const COLUMNS = [
  { title: 'Name', width: '22%' },
  { title: 'External URL' },
  { title: 'Internal URL' },
  { title: 'Who may enter', width: '148px' },
  { title: 'Actions', width: '48px', isUntitled: true },
] as const;

export function ApplicationTable(props: ApplicationTableProps): ReactElement {
  if (props.applications.length === 0) {
    return <p className={styles['none']}>No application matches “{props.text.trim()}”.</p>;
  }
  return (
    <ListTable label="Applications" columns={COLUMNS}>
      {props.applications.map((application) => (
        <Row key={application.id} application={application} {...props} />
      ))}
    </ListTable>
  );
}

function Row({
  application,
  onEdit,
  onDelete,
}: ApplicationTableProps & { readonly application: Application }): ReactElement {
  const { go } = useNavigation();
  const refusal = useChangeRefusal();
  const { externalUrl, internalUrl, isOnPremPublishingEnabled } = application.onPremisesPublishing;
  const open = (): void => void call('openExternal', { url: externalUrl });
  return (
    <TableRow>
      <TableCell>
        <span className={styles['name']}>
          <Link as="button" appearance="subtle" className={styles['cut'] ?? ''} onClick={() => onEdit(application)}>
            {application.displayName}
          </Link>
          {isOnPremPublishingEnabled ? null : (
            <Badge appearance="tint" color="warning">
              Maintenance
            </Badge>
          )}
        </span>
      </TableCell>
      <TableCell>
        <Tooltip content={`Open ${externalUrl} in the browser`} relationship="description">
          <Link
            as="button"
            style={{ display: 'inline-flex', alignItems: 'center', gap: 4, maxWidth: '100%' }}
            onClick={open}
          >
            <span className={styles['cut']}>{externalUrl}</span>
            <Open16Regular />
          </Link>
        </Tooltip>
      </TableCell>
      <TableCell>
        <span className={styles['internal']} title={internalUrl}>
          {internalUrl}
        </span>
      </TableCell>
      <TableCell>{describeAccess(application)}</TableCell>
      <TableCell className={styles['actionColumn'] ?? ''}>
        <Menu positioning="below-end">
          <MenuTrigger disableButtonEnhancement>
            <Button
              size="small"
              appearance="subtle"
              icon={<MoreHorizontalRegular />}
              aria-label={`Actions for ${application.displayName}`}
            />
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem icon={<EditRegular />} onClick={() => onEdit(application)}>
                {refusal === null ? 'Edit and assign people' : 'Look at its settings and people'}
              </MenuItem>
              <MenuItem icon={<OpenRegular />} onClick={open}>
                Open in the browser
              </MenuItem>
              <MenuItem icon={<CopyRegular />} onClick={() => void call('copyText', { text: externalUrl })}>
                Copy the external URL
              </MenuItem>
              <MenuItem icon={<PulseRegular />} onClick={() => go('traffic', { trafficText: application.displayName })}>
                Show its traffic
              </MenuItem>
              <MenuItem
                icon={<PeopleListRegular />}
                onClick={() => go('sessions', { sessionsApplicationId: application.id })}
              >
                Show who is signed in
              </MenuItem>
              {refusal === null ? (
                <MenuItem icon={<DeleteRegular />} onClick={() => onDelete(application)}>
                  Delete
                </MenuItem>
              ) : (
                <Tooltip content={refusal} relationship="description">
                  <MenuItem icon={<DeleteRegular />} disabled>
                    Delete
                  </MenuItem>
                </Tooltip>
              )}
            </MenuList>
          </MenuPopover>
        </Menu>
      </TableCell>
    </TableRow>
  );
}

function describeAccess(application: Application): string {
  if (application.onPremisesPublishing.externalAuthenticationType === 'passthru') return 'Anyone, no sign-in';
  return application.appRoleAssignmentRequired ? 'Chosen people' : 'Everyone signed in';
}
