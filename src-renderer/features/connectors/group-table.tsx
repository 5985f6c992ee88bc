import { Badge, Link, MenuItem, TableCell, TableRow } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import type { ReactElement } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { formatCount } from '../../ui/format.ts';
import { CutText, ListTable, Marked } from '../../ui/list-table.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useText } from '../../ui/use-text.ts';
import { takesRequests } from './connector-view.ts';
import styles from './connectors-page.module.css';
import type { ConnectorLists } from './use-connector-lists.ts';

export interface GroupTableProps {
  readonly lists: ConnectorLists;
  readonly onCreate: () => void;
  readonly onOpen: (group: ConnectorGroup) => void;
  readonly onDelete: (group: ConnectorGroup) => void;
}

/** The connector groups: who is in each, and what they serve. */
export function GroupTable({ lists, onCreate, onOpen, onDelete }: GroupTableProps): ReactElement {
  const text = useText('connectors');
  const refusal = useChangeRefusal();
  const columns = [
    { title: text.column.name, width: '26%' },
    { title: text.group.connectors, width: '30%' },
    { title: text.group.applications },
    { title: text.column.actions, width: '28px', isUntitled: true },
  ];
  return (
    <section className={styles['section']} aria-label={text.groups}>
      <div>
        <ChangeButton icon={<AddRegular />} onClick={onCreate}>
          {text.group.create}
        </ChangeButton>
      </div>
      <ListTable label={text.groups} columns={columns}>
        {lists.groups.map((group) => (
          <TableRow key={group.id}>
            <TableCell>
              <span className={styles['name']}>
                <Link as="button" appearance="subtle" title={group.name} onClick={() => onOpen(group)}>
                  {group.name}
                </Link>
                {group.isDefault && group.name !== text.group.default ? (
                  <Badge appearance="tint" color="informative" className={styles['badge'] ?? ''}>
                    {text.group.default}
                  </Badge>
                ) : null}
              </span>
            </TableCell>
            <TableCell>
              <Members group={group} lists={lists} />
            </TableCell>
            <TableCell>
              <Served group={group} lists={lists} />
            </TableCell>
            <TableCell>
              <RowMenu label={text.actionsFor(group.name)}>
                <MenuItem icon={<EditRegular />} onClick={() => onOpen(group)}>
                  {text.menu.edit}
                </MenuItem>
                <MenuItem icon={<DeleteRegular />} disabled={refusal !== null} onClick={() => onDelete(group)}>
                  {text.menu.delete}
                </MenuItem>
              </RowMenu>
            </TableCell>
          </TableRow>
        ))}
      </ListTable>
    </section>
  );
}

interface CellProps {
  readonly group: ConnectorGroup;
  readonly lists: ConnectorLists;
}

function Members({ group, lists }: CellProps): ReactElement {
  const text = useText('connectors');
  const members = lists.connectors.filter(({ connectorGroupId }) => connectorGroupId === group.id);
  const isNeeded = lists.applications.some(({ connectorGroupId }) => connectorGroupId === group.id);
  const active = members.filter(takesRequests).length;
  const status = active === members.length ? 'ok' : active === 0 && isNeeded ? 'offline' : 'degraded';
  if (members.length === 0 && !isNeeded) return <CutText>{text.group.empty}</CutText>;
  return (
    <>
      <Marked>
        <StatusMark status={active === 0 && isNeeded ? 'offline' : status} />
        {members.length === 0
          ? text.group.noConnector
          : text.group.connectorsShort(formatCount(active), formatCount(members.length))}
      </Marked>
      <CutText isAside>{members.map(({ displayName }) => displayName).join(', ')}</CutText>
    </>
  );
}

function Served({ group, lists }: CellProps): ReactElement {
  const text = useText('connectors');
  const served = lists.applications.filter(({ connectorGroupId }) => connectorGroupId === group.id);
  if (served.length === 0) return <CutText>{text.group.empty}</CutText>;
  const names = served.map(({ displayName }) => displayName).join(', ');
  return (
    <>
      <CutText>{formatCount(served.length)}</CutText>
      <CutText isAside title={names}>
        {names}
      </CutText>
    </>
  );
}
