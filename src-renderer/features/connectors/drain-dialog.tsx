import type { ReactElement } from 'react';
import type { Connector } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { findLosses } from './connector-view.ts';
import { LossDialog } from './loss-dialog.tsx';
import type { ConnectorLists } from './use-connector-lists.ts';

type Drain = (connector: Pick<Connector, 'id' | 'displayName'>, isDraining: boolean) => Promise<void>;

/** Gives a connector no new requests, or gives it requests again; either can be undone. */
export function useDrain(onDone: () => void): Drain {
  const text = useText('connectors');
  const notify = useNotify();
  const drain: Drain = async (connector, isDraining) => {
    const { id, displayName } = connector;
    await call('updateConnector', { id, patch: { isDraining } });
    const title = isDraining ? text.drained(displayName) : text.undrained(displayName);
    notify.success(title, () => drain(connector, !isDraining));
    onDone();
  };
  return drain;
}

export interface DrainDialogProps {
  readonly connector: Connector;
  readonly lists: ConnectorLists;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks before the last connector of a group gets no new requests. */
export function DrainDialog({ connector, lists, onDone, onClose }: DrainDialogProps): ReactElement {
  const text = useText('connectors');
  const drain = useDrain(onDone);
  const action = useAction(async () => {
    await drain(connector, true);
    onClose();
  });
  return (
    <LossDialog
      title={text.drainTitle(connector.displayName)}
      losses={findLosses(connector, lists, text) ?? text.drainHarmless}
      action={action}
      label={text.drain}
      runningLabel={text.draining}
      failedTitle={text.changeFailed(connector.displayName)}
      onClose={onClose}
    />
  );
}
