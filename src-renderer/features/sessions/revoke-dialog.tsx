import type { ReactElement } from 'react';
import { readDevice } from '../../../src-shared/publishing/read-device.ts';
import type { SessionView } from '../../../src-shared/publishing/session.ts';
import { call } from '../../bridge/bridge.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useNotify } from '../../ui/notify.tsx';
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
  const { id, userId, identityProviderId, userDisplayName, userAgent, ipAddress } = session;
  const revoke = useAction(async () => {
    if (isOfUser) await call('revokeUserSessions', { userId, identityProviderId });
    else await call('revokeSession', { id });
    notify.success(isOfUser ? text.signedOut(userDisplayName) : text.ended);
    onRevoked();
    onClose();
  });
  const label = isOfUser ? text.signOut : text.end;
  return (
    <ConfirmDialog
      title={isOfUser ? text.signOutTitle(userDisplayName) : text.endTitle(userDisplayName)}
      action={revoke}
      label={label}
      runningLabel={text.signingOut}
      failedTitle={text.failed}
      onClose={onClose}
    >
      <SignInAgain isOverlay />
      <p>
        {isOfUser
          ? text.signOutText(userDisplayName)
          : text.endText(userDisplayName, text.device(readDevice(userAgent)), ipAddress)}
      </p>
      <p>{text.consequences}</p>
    </ConfirmDialog>
  );
}
