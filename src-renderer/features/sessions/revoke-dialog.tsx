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
import type { SessionView } from '../../../src-shared/publishing/session.ts';
import { call } from '../../bridge/bridge.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';

export interface RevokeDialogProps {
  readonly session: SessionView;
  /** Everything of the session's user, or this session alone. */
  readonly isOfUser: boolean;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

/** Asks before somebody is signed out; there is no way back but their own sign-in. */
export function RevokeDialog({ session, isOfUser, onRevoked, onClose }: RevokeDialogProps): ReactElement {
  const notify = useNotify();
  const text = useText('sessions');
  const shell = useText('shell');
  const { id, userId, identityProviderId, userDisplayName, deviceDisplayName, ipAddress } = session;
  const revoke = useAction(async () => {
    if (isOfUser) await call('revokeUserSessions', { userId, identityProviderId });
    else await call('revokeSession', { id });
    notify.success(isOfUser ? text.signedOut(userDisplayName) : text.ended);
    onRevoked();
    onClose();
  });
  const label = isOfUser ? text.signOut : text.end;
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{isOfUser ? text.signOutTitle(userDisplayName) : text.endTitle(userDisplayName)}</DialogTitle>
          <DialogContent>
            <SignInAgain isOverlay />
            <p>
              {isOfUser
                ? text.signOutText(userDisplayName)
                : text.endText(userDisplayName, deviceDisplayName, ipAddress)}
            </p>
            <p>{text.consequences}</p>
            {revoke.error === null ? null : <ProblemBar title={text.failed} error={revoke.error} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabledFocusable={revoke.isRunning} onClick={() => void revoke.run()}>
              {revoke.isRunning ? text.signingOut : label}
            </Button>
            <Button onClick={onClose}>{shell.cancel}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
