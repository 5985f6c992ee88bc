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
  const { id, userId, identityProviderId, userDisplayName, deviceDisplayName, ipAddress } = session;
  const revoke = useAction(async () => {
    if (isOfUser) await call('revokeUserSessions', { userId, identityProviderId });
    else await call('revokeSession', { id });
    notify.success(isOfUser ? `${userDisplayName} is signed out everywhere` : 'The session has ended');
    onRevoked();
    onClose();
  });
  const label = isOfUser ? 'Sign out everywhere' : 'End the session';
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>
            {isOfUser ? `Sign ${userDisplayName} out everywhere?` : `End this session of ${userDisplayName}?`}
          </DialogTitle>
          <DialogContent>
            <SignInAgain isOverlay />
            <p>
              {isOfUser
                ? `Every session of ${userDisplayName} ends, on all devices, and access tokens issued until now are refused.`
                : `${userDisplayName} is signed out of every application on ${deviceDisplayName} at ${ipAddress}. Other devices stay signed in.`}
            </p>
            <p>
              Downloads and connections under way are cut within a second, and what was not saved there may be lost.
              This cannot be undone. It keeps nobody out: who may sign in again is decided by the identity provider and
              the application’s assignments.
            </p>
            {revoke.error === null ? null : <ProblemBar title="The session did not end" error={revoke.error} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabledFocusable={revoke.isRunning} onClick={() => void revoke.run()}>
              {revoke.isRunning ? 'Signing out…' : label}
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
