import { TableCell, TableRow } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { Connector, ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentToken } from '../../../src-shared/publishing/enrolment-token.ts';
import { useAppState } from '../../stores/app-store.ts';
import { formatDateTime } from '../../ui/format.ts';
import { CutText, ListTable, Marked } from '../../ui/list-table.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import styles from './connectors-page.module.css';

export interface ConnectorTableProps {
  readonly connectors: readonly Connector[];
  readonly groups: readonly ConnectorGroup[];
  readonly tokens: readonly EnrolmentToken[];
}

const COLUMNS = [
  { title: 'Name' },
  { title: 'Machine' },
  { title: 'Group' },
  { title: 'State' },
  { title: 'Enrolled' },
] as const;

export function ConnectorTable({ connectors, groups, tokens }: ConnectorTableProps): ReactElement {
  const ownId = useAppState((state) => state.connector?.connectorId ?? null);
  return (
    <section className={styles['section']} aria-label="Connectors">
      <ListTable label="Connectors" columns={COLUMNS}>
        {connectors.map((connector) => (
          <TableRow key={connector.id}>
            <TableCell>
              <CutText isStrong>{connector.displayName}</CutText>
            </TableCell>
            <TableCell>
              <CutText>{connector.id === ownId ? 'This machine' : connector.machineName}</CutText>
            </TableCell>
            <TableCell>{groups.find(({ id }) => id === connector.connectorGroupId)?.name}</TableCell>
            <TableCell>
              <Marked>
                <StatusMark status={statusOf(connector)} />
                {connector.status === 'active' ? 'Connected' : describeAbsence(connector)}
              </Marked>
              {connector.configurationProblem === null ? null : (
                <span className={styles['problem']} data-testid="configuration-problem">
                  {connector.configurationProblem} What it had before stays in force.
                </span>
              )}
            </TableCell>
            <TableCell>
              <CutText>{describeEnrolment(connector, tokens)}</CutText>
            </TableCell>
          </TableRow>
        ))}
      </ListTable>
    </section>
  );
}

function statusOf({ status, configurationProblem }: Connector): 'ok' | 'degraded' | 'offline' {
  if (status !== 'active') return 'offline';
  return configurationProblem === null ? 'ok' : 'degraded';
}

function describeAbsence({ lastSeenDateTime }: Connector): string {
  return lastSeenDateTime === null ? 'Never seen' : `Last seen ${formatDateTime(Date.parse(lastSeenDateTime))}`;
}

function describeEnrolment({ enrolmentTokenId }: Connector, tokens: readonly EnrolmentToken[]): string {
  if (enrolmentTokenId === null) return 'by an administrator';
  const token = tokens.find(({ id }) => id === enrolmentTokenId);
  return token === undefined ? 'with a token that is gone' : `with ${token.displayName ?? 'an unnamed token'}`;
}
