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
import type { Application } from '../../../src-shared/publishing/application.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
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
  const shell = useText('shell');
  const remove = useAction(async () => {
    await actions.remove(application);
    onClose();
  });
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{text.deleteTitle(application.displayName)}</DialogTitle>
          <DialogContent>
            <SignInAgain isOverlay />
            <p>{text.deleteText(application.onPremisesPublishing.externalUrl)}</p>
            {remove.error === null ? null : <ProblemBar title={text.deleteFailed} error={remove.error} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabledFocusable={remove.isRunning} onClick={() => void remove.run()}>
              {remove.isRunning ? text.deleting : text.delete}
            </Button>
            <Button onClick={onClose}>{shell.cancel}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
