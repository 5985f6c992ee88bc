import type { ReactElement } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import { useApplicationActions } from './use-application-actions.ts';

export interface DeleteDialogProps {
  readonly application: Application;
  readonly onClose: () => void;
}

/** Asks before an application is taken off the Internet. */
export function DeleteDialog({ application, onClose }: DeleteDialogProps): ReactElement {
  const actions = useApplicationActions();
  const text = useText('applications');
  const remove = useAction(async () => {
    await actions.remove(application);
    onClose();
  });
  return (
    <ConfirmDialog
      title={text.deleteTitle(application.displayName)}
      action={remove}
      label={text.delete}
      runningLabel={text.deleting}
      failedTitle={text.deleteFailed}
      onClose={onClose}
    >
      <SignInAgain isOverlay />
      <p>{text.deleteText(application.onPremisesPublishing.externalUrl)}</p>
    </ConfirmDialog>
  );
}
