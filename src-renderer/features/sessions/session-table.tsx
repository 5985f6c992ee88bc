import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  TableCell,
  TableRow,
  Tooltip,
} from '@fluentui/react-components';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import type { ReactElement } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { readDevice } from '../../../src-shared/publishing/read-device.ts';
import type { SessionView } from '../../../src-shared/publishing/session.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { formatDateTime } from '../../ui/format.ts';
import { CutText, ListTable } from '../../ui/list-table.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './sessions-page.module.css';

export interface SessionTableProps {
  readonly sessions: readonly SessionView[];
  readonly applications: readonly Application[];
  readonly onRevoke: (session: SessionView) => void;
  readonly onRevokeUser: (session: SessionView) => void;
}

export function SessionTable(props: SessionTableProps): ReactElement {
  const { column } = useText('sessions');
  const { page } = useText('shell');
  const columns = [
    { title: column.who, width: '13%' },
    { title: column.device, width: '12%' },
    { title: column.applications },
    { title: column.lastUsed, width: '156px' },
    { title: column.ends, width: '144px' },
    { title: column.actions, width: '48px', isUntitled: true },
  ];
  return (
    <ListTable label={page.sessions} columns={columns}>
      {props.sessions.map((session) => (
        <Row key={session.id} session={session} {...props} />
      ))}
    </ListTable>
  );
}

function Row({
  session,
  applications,
  onRevoke,
  onRevokeUser,
}: SessionTableProps & { readonly session: SessionView }): ReactElement {
  const refusal = useChangeRefusal();
  const text = useText('sessions');
  const { userDisplayName, userPrincipalName, ipAddress, userAgent } = session;
  const device = text.device(readDevice(userAgent));
  const opened = applicationNames(session, applications, text);
  const actions = [
    { label: text.endThis, run: () => onRevoke(session) },
    { label: text.signOutPerson(userDisplayName), run: () => onRevokeUser(session) },
  ];
  return (
    <TableRow>
      <TableCell>
        <CutText isStrong>{userDisplayName}</CutText>
        <CutText isAside>{userPrincipalName}</CutText>
      </TableCell>
      <TableCell>
        <CutText title={`${device}\n${userAgent}`}>{device}</CutText>
        <CutText isAside>{ipAddress}</CutText>
      </TableCell>
      <TableCell>
        <CutText title={opened}>{opened}</CutText>
      </TableCell>
      <TableCell>
        <CutText>{formatDateTime(Date.parse(session.lastUsedDateTime))}</CutText>
        <CutText isAside>{text.since(formatDateTime(Date.parse(session.createdDateTime)))}</CutText>
      </TableCell>
      <TableCell>
        <CutText>{formatDateTime(Date.parse(session.expirationDateTime))}</CutText>
      </TableCell>
      <TableCell className={styles['actionColumn'] ?? ''}>
        <Menu positioning="below-end">
          <MenuTrigger disableButtonEnhancement>
            <Button
              size="small"
              appearance="subtle"
              icon={<MoreHorizontalRegular />}
              aria-label={text.actionsFor(userDisplayName, device)}
            />
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              {actions.map(({ label, run }) =>
                refusal === null ? (
                  <MenuItem key={label} onClick={run}>
                    {label}
                  </MenuItem>
                ) : (
                  <Tooltip key={label} content={refusal} relationship="description">
                    <MenuItem disabled>{label}</MenuItem>
                  </Tooltip>
                ),
              )}
            </MenuList>
          </MenuPopover>
        </Menu>
      </TableCell>
    </TableRow>
  );
}

function applicationNames(
  { applicationIds }: SessionView,
  applications: readonly Application[],
  text: Catalogue['sessions'],
): string {
  const names = applicationIds.map(
    (id) => applications.find((one) => one.id === id)?.displayName ?? text.goneApplication,
  );
  return names.length === 0 ? text.noApplication : names.join(', ');
}
