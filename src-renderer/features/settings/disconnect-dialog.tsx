import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
} from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useText } from '../../ui/use-text.ts';
import { useAction } from '../../ui/use-action.ts';

/** Asks before this machine stops being a connector. */
export function DisconnectDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const isSignedIn = useAppState((state) => state.account !== null);
  const { reset } = useApplications();
  const [isHistoryKept, setHistoryKept] = useState(false);
  const notify = useNotify();
  const text = useText('settings');
  const shell = useText('shell');
  const disconnect = useAction(async () => {
    const { isRemovedAtService } = await call('disconnect', { isHistoryKept });
    reset();
    notify.success(isRemovedAtService ? text.disconnected : text.disconnectedHere);
    onClose();
  });
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.disconnectTitle}</DialogTitle>
          <DialogContent>
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
            {disconnect.error === null ? null : <ProblemBar title={text.disconnectFailed} error={disconnect.error} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabledFocusable={disconnect.isRunning} onClick={() => void disconnect.run()}>
              {disconnect.isRunning ? text.disconnecting : text.disconnect}
            </Button>
            <Button onClick={onClose}>{shell.cancel}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
