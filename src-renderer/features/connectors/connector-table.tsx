import { Link, MenuItem, SearchBox, TableCell, TableRow } from '@fluentui/react-components';
import { ArrowCircleUpRegular } from '@fluentui/react-icons/svg/arrow-circle-up';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import { PauseCircleRegular } from '@fluentui/react-icons/svg/pause-circle';
import { PlayCircleRegular } from '@fluentui/react-icons/svg/play-circle';
import { ShieldProhibitedRegular } from '@fluentui/react-icons/svg/shield-prohibited';
import { type ReactElement, useMemo, useState } from 'react';
import type { Connector } from '../../../src-shared/publishing/application.ts';
import { useAppState } from '../../stores/app-store.ts';
import { formatDate } from '../../ui/format.ts';
import { type Column, CutText, ListTable, Marked } from '../../ui/list-table.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { type VirtualRowProps, VirtualRows } from '../../ui/virtual-rows.tsx';
import { useText } from '../../ui/use-text.ts';
import {
  arrange,
  CERTIFICATE_WARNING_DAYS,
  certificateDays,
  describeCertificate,
  describeRate,
  describeRunning,
  describeState,
  describeStateNow,
  isOlder,
  markOf,
  type Order,
  type SortKey,
  stateOf,
} from './connector-view.ts';
import styles from './connectors-page.module.css';
import type { ConnectorLists } from './use-connector-lists.ts';

export interface ConnectorActions {
  readonly onOpen: (connector: Connector) => void;
  readonly onDrain: (connector: Connector, isDraining: boolean) => void;
  readonly onEnd: (connector: Connector, how: 'revoke' | 'remove') => void;
}

export interface ConnectorTableProps extends ConnectorActions {
  readonly lists: ConnectorLists;
}

const WIDTHS: Readonly<Record<SortKey, string | undefined>> = {
  name: undefined,
  group: '11%',
  status: '19%',
  load: '72px',
  version: '68px',
  certificate: '100px',
};

/** Two lines. */
const ROW_PX = 53;

/** Every connector of the service; what is looked for, in the order that is wanted. */
export function ConnectorTable({ lists, ...actions }: ConnectorTableProps): ReactElement {
  const text = useText('connectors');
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>({ key: 'name', direction: 'ascending' });
  const shown = useMemo(() => arrange(lists, search, order), [lists, search, order]);
  const column = (key: SortKey): Column => {
    const width = WIDTHS[key];
    const isChosen = order.key === key;
    const next = isChosen && order.direction === 'ascending' ? 'descending' : 'ascending';
    return {
      title: text.column[key],
      ...(width === undefined ? {} : { width }),
      sorting: {
        direction: isChosen ? order.direction : null,
        onSort: () => setOrder({ key, direction: next }),
      },
    };
  };
  const columns: readonly Column[] = [
    column('name'),
    column('group'),
    column('status'),
    column('load'),
    column('version'),
    column('certificate'),
    { title: text.column.actions, width: '28px', isUntitled: true },
  ];
  return (
    <section className={styles['section']} aria-label={text.connectors}>
      <SearchBox
        className={styles['search'] ?? ''}
        placeholder={text.searchPlaceholder}
        aria-label={text.searchLabel}
        value={search}
        onChange={(_event, { value }) => setSearch(value)}
      />
      {shown.length === 0 ? (
        <p className={styles['none']}>{search.trim() === '' ? text.none : text.noneMatches(search.trim())}</p>
      ) : (
        <ListTable label={text.connectors} columns={columns} rowCount={shown.length}>
          <VirtualRows items={shown} keyOf={({ id }) => id} estimatePx={ROW_PX}>
            {(connector, row) => <Row key={connector.id} connector={connector} lists={lists} row={row} {...actions} />}
          </VirtualRows>
        </ListTable>
      )}
    </section>
  );
}

function Row({
  connector,
  lists,
  onOpen,
  onDrain,
  onEnd,
  row,
}: ConnectorTableProps & { readonly connector: Connector; readonly row: VirtualRowProps }): ReactElement {
  const text = useText('connectors');
  const ownId = useAppState((state) => state.connector?.connectorId ?? null);
  const refusal = useChangeRefusal();
  const serviceVersion = useAppState((state) => state.service?.version ?? '');
  const isOld = isOlder(connector, serviceVersion);
  const nowMs = lists.readAtMs;
  const { displayName, machineName, operatingSystem, version, externalIp, isDraining, revokedDateTime } = connector;
  const aside = [machineName, operatingSystem].filter((part) => part !== null).join(' · ');
  const isOwn = connector.id === ownId;
  const isRevoked = revokedDateTime !== null;
  const isExpiring = !isRevoked && certificateDays(connector, nowMs) < CERTIFICATE_WARNING_DAYS;
  return (
    <TableRow {...row}>
      <TableCell>
        <span className={styles['name']}>
          <Link as="button" appearance="subtle" title={displayName} onClick={() => onOpen(connector)}>
            {displayName}
          </Link>
        </span>
        <CutText isAside title={aside}>
          {isOwn ? <span className={styles['own']}>{text.thisComputer} · </span> : null}
          {aside}
        </CutText>
      </TableCell>
      <TableCell>
        <CutText>{lists.groups.find(({ id }) => id === connector.connectorGroupId)?.name}</CutText>
      </TableCell>
      <TableCell>
        <Marked>
          <StatusMark status={markOf(connector)} />
          {text.status[stateOf(connector)]}
        </Marked>
        <CutText isAside title={describeState(connector, text)}>
          {describeStateNow(connector, nowMs, text)}
        </CutText>
        {connector.configurationProblem === null ? null : (
          <span className={styles['problem']} data-testid="configuration-problem">
            {text.staysInForce(connector.configurationProblem)}
          </span>
        )}
      </TableCell>
      <TableCell>
        <CutText>{describeRate(connector, text)}</CutText>
        <CutText isAside>{describeRunning(connector, text)}</CutText>
      </TableCell>
      <TableCell>
        {isOld ? (
          <CutText title={text.olderThan(serviceVersion)}>
            {version}{' '}
            <ArrowCircleUpRegular className={styles['older'] ?? ''} aria-label={text.olderThan(serviceVersion)} />
          </CutText>
        ) : (
          <CutText>{version}</CutText>
        )}
        <CutText isAside>{externalIp}</CutText>
      </TableCell>
      <TableCell>
        <CutText>{formatDate(Date.parse(connector.certificateExpiryDateTime))}</CutText>
        <span className={styles['days']} data-expiring={isExpiring}>
          {describeCertificate(connector, nowMs, text)}
        </span>
      </TableCell>
      <TableCell>
        <RowMenu label={text.actionsFor(displayName)}>
          <MenuItem icon={<EditRegular />} onClick={() => onOpen(connector)}>
            {text.menu.details}
          </MenuItem>
          {isRevoked ? null : (
            <MenuItem
              icon={isDraining ? <PlayCircleRegular /> : <PauseCircleRegular />}
              disabled={refusal !== null}
              onClick={() => onDrain(connector, !isDraining)}
            >
              {isDraining ? text.menu.undrain : text.menu.drain}
            </MenuItem>
          )}
          {isRevoked ? null : (
            <MenuItem
              icon={<ShieldProhibitedRegular />}
              disabled={refusal !== null}
              onClick={() => onEnd(connector, 'revoke')}
            >
              {text.menu.revoke}
            </MenuItem>
          )}
          <MenuItem icon={<DeleteRegular />} disabled={refusal !== null} onClick={() => onEnd(connector, 'remove')}>
            {text.menu.remove}
          </MenuItem>
        </RowMenu>
      </TableCell>
    </TableRow>
  );
}
