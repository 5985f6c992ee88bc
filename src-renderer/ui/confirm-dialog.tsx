import { Button, DialogActions, DialogBody, DialogContent, DialogTitle } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { Modal } from './modal.tsx';
import styles from './confirm-dialog.module.css';
import { ProblemBar } from './problem-bar.tsx';
import type { Action } from './use-action.ts';
import { FIRST_FOCUS } from './use-return-focus.ts';
import { useText } from './use-text.ts';

export interface ConfirmDialogProps {
  readonly title: string;
  /** What happens, and whatever else is to be read or chosen before. */
  readonly children: ReactNode;
  /** What is done once it is confirmed; null where it can't be done, and only "Cancel" is left. */
  readonly action: Action<readonly []> | null;
  readonly label: string;
  readonly runningLabel: string;
  /** Heads the problem that the action failed with. */
  readonly failedTitle: string;
  /** Whether something of the content must be answered first. */
  readonly isUndecided?: boolean;
  readonly cancelLabel?: string;
  readonly contentClassName?: string | undefined;
  readonly onClose: () => void;
}

/**
 * Asks before something is done that can't be taken back; what it failed with stands in the dialog, which stays. The focus is on the way
 * back: a key that is pressed too often destroys nothing.
 */
export function ConfirmDialog({
  title,
  children,
  action,
  label,
  runningLabel,
  failedTitle,
  isUndecided = false,
  cancelLabel,
  contentClassName,
  onClose,
}: ConfirmDialogProps): ReactElement {
  const shell = useText('shell');
  return (
    <Modal isAlert onClose={onClose}>
      <DialogBody>
        <DialogTitle>{title}</DialogTitle>
        <DialogContent className={contentClassName ?? styles['content'] ?? ''}>
          {children}
          {action === null || action.error === null ? null : <ProblemBar title={failedTitle} error={action.error} />}
        </DialogContent>
        <DialogActions fluid>
          {action === null ? null : (
            <Button
              appearance="primary"
              disabledFocusable={action.isRunning || isUndecided}
              onClick={() => void action.run()}
            >
              {action.isRunning ? runningLabel : label}
            </Button>
          )}
          <Button {...FIRST_FOCUS} onClick={onClose}>
            {cancelLabel ?? shell.cancel}
          </Button>
        </DialogActions>
      </DialogBody>
    </Modal>
  );
}
