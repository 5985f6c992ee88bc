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
import type { SessionView } from '../../../src-shared/publishing/session.ts';
import { formatDateTime } from '../../ui/format.ts';
import { CutText, ListTable } from '../../ui/list-table.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import styles from './sessions-page.module.css';

export interface SessionTableProps {
  readonly sessions: readonly SessionView[];
  readonly applications: readonly Application[];
  readonly onRevoke: (session: SessionView) => void;
  readonly onRevokeUser: (session: SessionView) => void;
}

const COLUMNS = [
  { title: 'Who', width: '22%' },
  { title: 'Device', width: '18%' },
  { title: 'Applications' },
  { title: 'Last used', width: '164px' },
  { title: 'Ends', width: '148px' },
  { title: 'Actions', width: '48px', isUntitled: true },
] as const;

export function SessionTable(props: SessionTableProps): ReactElement {
  return (
    <ListTable label="Sessions" columns={COLUMNS}>
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
  const { userDisplayName, userPrincipalName, deviceDisplayName, ipAddress, userAgent } = session;
  const opened = applicationNames(session, applications);
  const actions = [
    { label: 'End this session', run: () => onRevoke(session) },
    { label: `Sign ${userDisplayName} out everywhere`, run: () => onRevokeUser(session) },
  ];
  return (
    <TableRow>
      <TableCell>
        <CutText isStrong>{userDisplayName}</CutText>
        <CutText isAside>{userPrincipalName}</CutText>
      </TableCell>
      <TableCell>
        <CutText title={userAgent}>{deviceDisplayName}</CutText>
        <CutText isAside>{ipAddress}</CutText>
      </TableCell>
      <TableCell>
        <CutText title={opened}>{opened}</CutText>
      </TableCell>
      <TableCell>
        <CutText>{formatDateTime(Date.parse(session.lastUsedDateTime))}</CutText>
        <CutText isAside>since {formatDateTime(Date.parse(session.createdDateTime))}</CutText>
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
              aria-label={`Actions for ${userDisplayName} on ${deviceDisplayName}`}
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

function applicationNames({ applicationIds }: SessionView, applications: readonly Application[]): string {
  const names = applicationIds.map(
    (id) => applications.find((one) => one.id === id)?.displayName ?? 'one that is gone',
  );
  return names.length === 0 ? 'None noted yet' : names.join(', ');
}
