import { Checkbox, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { Connector } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import { findLosses, takesRequests } from './connector-view.ts';
import styles from './connector-dialogs.module.css';
import type { ConnectorLists } from './use-connector-lists.ts';

export interface EndConnectorDialogProps {
  readonly connector: Connector;
  readonly how: 'revoke' | 'remove';
  readonly lists: ConnectorLists;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks before a connector is refused for good, and says what that stops. There is no way back but to enrol again. */
export function EndConnectorDialog({ connector, how, lists, onDone, onClose }: EndConnectorDialogProps): ReactElement {
  const text = useText('connectors');
  const notify = useNotify();
  const isOwn = useAppState((state) => state.connector?.connectorId === connector.id);
  const [isAgreed, setAgreed] = useState(false);
  const { id, displayName: name } = connector;
  const losses = findLosses(connector, lists, text);
  const isRevoked = connector.revokedDateTime !== null;
  const end = useAction(async () => {
    await (how === 'revoke' ? call('revokeConnector', { id }) : call('deleteConnector', { id }));
    notify.success(how === 'revoke' ? text.revoked(name) : text.removed(name));
    onDone();
    onClose();
  });
  const removal = connector.status === 'active' ? text.removeActive(name) : text.removeAway(name);
  const label = how === 'revoke' ? text.revoke : text.remove;
  const running = how === 'revoke' ? text.revoking : text.removing;
  return (
    <ConfirmDialog
      title={how === 'revoke' ? text.revokeTitle(name) : text.removeTitle(name)}
      action={end}
      label={label}
      runningLabel={running}
      failedTitle={text.endFailed}
      isUndecided={isOwn && !isRevoked && !isAgreed}
      contentClassName={styles['content']}
      onClose={onClose}
    >
      <SignInAgain isOverlay />
      <p>{how === 'revoke' ? text.revokeText(name) : removal}</p>
      {how === 'revoke' ? <p>{text.revokeStays}</p> : null}
      {takesRequests(connector) ? <p>{text.drainFirst}</p> : null}
      {losses === null ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{losses}</MessageBarBody>
        </MessageBar>
      )}
      {isOwn && !isRevoked ? (
        <>
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>{text.isThisComputer(name)}</MessageBarBody>
          </MessageBar>
          <Checkbox
            label={text.isThisComputerAgreed}
            checked={isAgreed}
            onChange={(_event, { checked }) => setAgreed(checked === true)}
          />
        </>
      ) : null}
    </ConfirmDialog>
  );
}
