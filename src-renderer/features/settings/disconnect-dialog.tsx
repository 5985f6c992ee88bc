import { Checkbox, Field } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { useText } from '../../ui/use-text.ts';
import { useAction } from '../../ui/use-action.ts';

/** Asks before this machine stops being a connector. */
export function DisconnectDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const isSignedIn = useAppState((state) => state.account !== null);
  const { reset } = useApplications();
  const [isHistoryKept, setHistoryKept] = useState(false);
  const notify = useNotify();
  const text = useText('settings');
  const disconnect = useAction(async () => {
    const { isRemovedAtService } = await call('disconnect', { isHistoryKept });
    reset();
    notify.success(isRemovedAtService ? text.disconnected : text.disconnectedHere);
    onClose();
  });
  return (
    <ConfirmDialog
      title={text.disconnectTitle}
      action={disconnect}
      label={text.disconnect}
      runningLabel={text.disconnecting}
      failedTitle={text.disconnectFailed}
      onClose={onClose}
    >
      <p>
        {text.disconnectEffect}
        {isSignedIn ? '' : ` ${text.disconnectNobody}`}
      </p>
      <Field hint={text.keepHistoryHint}>
        <Checkbox
          label={text.keepHistory}
          checked={isHistoryKept}
          onChange={(_event, { checked }) => setHistoryKept(checked === true)}
        />
      </Field>
    </ConfirmDialog>
  );
}
