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
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { call } from '../../bridge/bridge.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { ListTable } from '../../ui/list-table.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './application-table.module.css';

export interface ApplicationTableProps {
  readonly applications: readonly Application[];
  /** What the list was searched for. */
  readonly text: string;
  readonly onEdit: (application: Application) => void;
  readonly onDelete: (application: Application) => void;
}

export function ApplicationTable(props: ApplicationTableProps): ReactElement {
  const text = useText('applications');
  const shell = useText('shell');
  if (props.applications.length === 0) {
    return <p className={styles['none']}>{text.noneMatches(props.text.trim())}</p>;
  }
  const columns = [
    { title: text.column.name, width: '22%' },
    { title: text.column.externalUrl },
    { title: text.column.internalUrl },
    { title: text.column.access, width: '148px' },
    { title: text.column.actions, width: '48px', isUntitled: true },
  ];
  return (
    <ListTable label={shell.page.applications} columns={columns}>
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
  const text = useText('applications');
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
              {text.maintenance}
            </Badge>
          )}
        </span>
      </TableCell>
      <TableCell>
        <Tooltip content={text.openInBrowser(externalUrl)} relationship="description">
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
      <TableCell>{describeAccess(application, text.access)}</TableCell>
      <TableCell className={styles['actionColumn'] ?? ''}>
        <Menu positioning="below-end">
          <MenuTrigger disableButtonEnhancement>
            <Button
              size="small"
              appearance="subtle"
              icon={<MoreHorizontalRegular />}
              aria-label={text.actionsFor(application.displayName)}
            />
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem icon={<EditRegular />} onClick={() => onEdit(application)}>
                {refusal === null ? text.menu.edit : text.menu.look}
              </MenuItem>
              <MenuItem icon={<OpenRegular />} onClick={open}>
                {text.menu.open}
              </MenuItem>
              <MenuItem icon={<CopyRegular />} onClick={() => void call('copyText', { text: externalUrl })}>
                {text.menu.copy}
              </MenuItem>
              <MenuItem icon={<PulseRegular />} onClick={() => go('traffic', { trafficText: application.displayName })}>
                {text.menu.traffic}
              </MenuItem>
              <MenuItem
                icon={<PeopleListRegular />}
                onClick={() => go('sessions', { sessionsApplicationId: application.id })}
              >
                {text.menu.sessions}
              </MenuItem>
              {refusal === null ? (
                <MenuItem icon={<DeleteRegular />} onClick={() => onDelete(application)}>
                  {text.menu.delete}
                </MenuItem>
              ) : (
                <Tooltip content={refusal} relationship="description">
                  <MenuItem icon={<DeleteRegular />} disabled>
                    {text.menu.delete}
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

function describeAccess(application: Application, text: Catalogue['applications']['access']): string {
  if (application.onPremisesPublishing.externalAuthenticationType === 'passthru') return text.anyone;
  return application.appRoleAssignmentRequired ? text.people : text.everyone;
}
