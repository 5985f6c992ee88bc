import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';

/** Asks before this machine stops being a connector. */
export function DisconnectDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const isSignedIn = useAppState((state) => state.account !== null);
  const { reset } = useApplications();
  const notify = useNotify();
  const disconnect = useAction(async () => {
    const { isRemovedAtService } = await call('disconnect');
    reset();
    notify.success(isRemovedAtService ? 'Disconnected' : 'Disconnected here; remove the connector at the service, too');
    onClose();
  });
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Disconnect this connector?</DialogTitle>
          <DialogContent>
            <p>
              Applications that no other connector of the group serves stop working at once.
              {isSignedIn
                ? ''
                : ' Nobody is signed in, so the service keeps listing the connector until it is removed there.'}
            </p>
            {disconnect.error === null ? null : (
              <ProblemBar title="It could not be disconnected" error={disconnect.error} />
            )}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabled={disconnect.isRunning} onClick={() => void disconnect.run()}>
              {disconnect.isRunning ? 'Disconnecting…' : 'Disconnect'}
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
