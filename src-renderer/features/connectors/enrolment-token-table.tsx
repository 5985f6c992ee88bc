import { TableCell, TableRow } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentToken } from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { formatClock, formatDate } from '../../ui/format.ts';
import { CutText, ListTable } from '../../ui/list-table.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { focusPage } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './connectors-page.module.css';

export interface EnrolmentTokenTableProps {
  readonly tokens: readonly EnrolmentToken[];
  readonly groups: readonly ConnectorGroup[];
  readonly onRevoked: () => void;
}

/** The enrolment tokens that were made and not taken back; the tokens themselves nobody can show again. */
export function EnrolmentTokenTable({ tokens, groups, onRevoked }: EnrolmentTokenTableProps): ReactElement {
  const words = useText('connectors');
  const { token: text } = words;
  const notify = useNotify();
  const nameOf = ({ displayName }: EnrolmentToken): string => displayName ?? text.unnamed;
  const columns = [
    { title: text.column.for },
    { title: text.column.group },
    { title: text.column.uses, width: '90px' },
    { title: text.column.expires, width: '100px' },
    { title: text.column.by },
    { title: text.column.actions, width: '130px', isUntitled: true },
  ];
  const revoke = useAction(async (token: EnrolmentToken) => {
    await call('deleteEnrolmentToken', { id: token.id });
    const name = nameOf(token);
    notify.success(token.status === 'active' ? text.takenBack(name) : text.removed(name));
    focusPage();
    onRevoked();
  });
  return (
    <section className={styles['section']} aria-label={words.tokens}>
      <p className={styles['text']}>{tokens.length === 0 ? text.none : text.some}</p>
      {revoke.error === null ? null : <ProblemBar title={text.removeFailed} error={revoke.error} />}
      {tokens.length === 0 ? null : (
        <ListTable label={words.tokens} columns={columns}>
          {tokens.map((token) => {
            const expiryMs = Date.parse(token.expiryDateTime);
            return (
              <TableRow key={token.id}>
                <TableCell>
                  <CutText isStrong>{nameOf(token)}</CutText>
                </TableCell>
                <TableCell>
                  <CutText>{groups.find(({ id }) => id === token.connectorGroupId)?.name}</CutText>
                </TableCell>
                <TableCell>
                  <CutText isStrong={token.status === 'active'}>{text.states[token.status]}</CutText>
                  <CutText isAside>{text.uses(token.uses, token.maxUses)}</CutText>
                </TableCell>
                <TableCell>
                  <CutText>{formatDate(expiryMs)}</CutText>
                  <CutText isAside>{formatClock(expiryMs)}</CutText>
                </TableCell>
                <TableCell>
                  <CutText>{token.createdBy}</CutText>
                </TableCell>
                <TableCell>
                  <ChangeButton
                    size="small"
                    aria-label={(token.status === 'active' ? text.takeBackOf : text.removeOf)(nameOf(token))}
                    onClick={() => void revoke.run(token)}
                  >
                    {token.status === 'active' ? text.takeBack : text.remove}
                  </ChangeButton>
                </TableCell>
              </TableRow>
            );
          })}
        </ListTable>
      )}
    </section>
  );
}
