import { Badge, TableCell, TableRow } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentToken } from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { CutText, ListTable, Marked } from '../../ui/list-table.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import styles from './connectors-page.module.css';

export interface EnrolmentTokenTableProps {
  readonly tokens: readonly EnrolmentToken[];
  readonly groups: readonly ConnectorGroup[];
  readonly onRevoked: () => void;
}

const COLUMNS = [
  { title: 'For' },
  { title: 'Group' },
  { title: 'Uses' },
  { title: 'Expires' },
  { title: 'Made by' },
  { title: 'Actions', isUntitled: true },
] as const;

const STATES = {
  active: { text: 'Active', color: 'success' },
  used: { text: 'Used up', color: 'informative' },
  expired: { text: 'Expired', color: 'informative' },
} as const;

/** The enrolment tokens that were made and not taken back; the tokens themselves nobody can show again. */
export function EnrolmentTokenTable({ tokens, groups, onRevoked }: EnrolmentTokenTableProps): ReactElement {
  const notify = useNotify();
  const revoke = useAction(async (token: EnrolmentToken) => {
    await call('deleteEnrolmentToken', { id: token.id });
    notify.success(`${nameOf(token)} ${token.status === 'active' ? 'is taken back' : 'is removed'}`);
    onRevoked();
  });
  return (
    <section className={styles['section']} aria-label="Enrolment tokens">
      <h2 className={styles['title']}>Enrolment tokens</h2>
      <p className={styles['text']}>
        {tokens.length === 0
          ? 'None. One is made when you install another connector.'
          : 'Whoever has an active one can make a machine a connector. Taking one back leaves the connectors that have enrolled with it.'}
      </p>
      {revoke.error === null ? null : <ProblemBar title="The token could not be removed" error={revoke.error} />}
      {tokens.length === 0 ? null : (
        <ListTable label="Enrolment tokens" columns={COLUMNS}>
          {tokens.map((token) => (
            <TableRow key={token.id}>
              <TableCell>
                <CutText isStrong>{nameOf(token)}</CutText>
              </TableCell>
              <TableCell>{groups.find(({ id }) => id === token.connectorGroupId)?.name}</TableCell>
              <TableCell>
                <Marked>
                  {token.uses} of {token.maxUses}
                  <Badge appearance="tint" color={STATES[token.status].color}>
                    {STATES[token.status].text}
                  </Badge>
                </Marked>
              </TableCell>
              <TableCell>{formatDateTime(Date.parse(token.expiryDateTime))}</TableCell>
              <TableCell>
                <CutText>{token.createdBy}</CutText>
              </TableCell>
              <TableCell>
                <ChangeButton
                  size="small"
                  aria-label={`${token.status === 'active' ? 'Take back' : 'Remove'} ${nameOf(token)}`}
                  onClick={() => void revoke.run(token)}
                >
                  {token.status === 'active' ? 'Take back' : 'Remove'}
                </ChangeButton>
              </TableCell>
            </TableRow>
          ))}
        </ListTable>
      )}
    </section>
  );
}

function nameOf({ displayName }: EnrolmentToken): string {
  return displayName ?? 'Unnamed token';
}
