import { Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { Connector, ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentToken } from '../../../src-shared/publishing/enrolment-token.ts';
import { useAppState } from '../../stores/app-store.ts';
import { formatDateTime } from '../../ui/format.ts';
import { StatusMark } from '../../ui/status-mark.tsx';
import styles from './connectors-page.module.css';

export interface ConnectorTableProps {
  readonly connectors: readonly Connector[];
  readonly groups: readonly ConnectorGroup[];
  readonly tokens: readonly EnrolmentToken[];
}

export function ConnectorTable({ connectors, groups, tokens }: ConnectorTableProps): ReactElement {
  const ownId = useAppState((state) => state.connector?.connectorId ?? null);
  return (
    <section className={styles['section']} aria-label="Connectors">
      <div className={styles['card']}>
        <Table aria-label="Connectors">
          <TableHeader>
            <TableRow>
              <TableHeaderCell>Name</TableHeaderCell>
              <TableHeaderCell>Machine</TableHeaderCell>
              <TableHeaderCell>Group</TableHeaderCell>
              <TableHeaderCell>State</TableHeaderCell>
              <TableHeaderCell>Enrolled</TableHeaderCell>
            </TableRow>
          </TableHeader>
          <TableBody>
            {connectors.map((connector) => (
              <TableRow key={connector.id}>
                <TableCell>
                  <span className={`${styles['cut']} ${styles['name']}`}>{connector.displayName}</span>
                </TableCell>
                <TableCell>
                  <span className={styles['cut']}>
                    {connector.id === ownId ? 'This machine' : connector.machineName}
                  </span>
                </TableCell>
                <TableCell>{groups.find(({ id }) => id === connector.connectorGroupId)?.name}</TableCell>
                <TableCell>
                  <span className={styles['status']}>
                    <StatusMark status={statusOf(connector)} />
                    {connector.status === 'active' ? 'Connected' : describeAbsence(connector)}
                  </span>
                  {connector.configurationProblem === null ? null : (
                    <span className={styles['problem']} data-testid="configuration-problem">
                      {connector.configurationProblem} What it had before stays in force.
                    </span>
                  )}
                </TableCell>
                <TableCell>
                  <span className={styles['cut']}>{describeEnrolment(connector, tokens)}</span>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
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
