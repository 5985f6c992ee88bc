import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { ConfirmDialog, type ConfirmDialogProps } from '../../ui/confirm-dialog.tsx';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import styles from './connector-dialogs.module.css';

export interface LossDialogProps extends Omit<ConfirmDialogProps, 'children' | 'contentClassName'> {
  /** What can't be reached from then on. */
  readonly losses: string;
}

/** Asks before something that can be taken back, but stops applications until it is. */
export function LossDialog({ losses, ...dialog }: LossDialogProps): ReactElement {
  return (
    <ConfirmDialog {...dialog} contentClassName={styles['content']}>
      <SignInAgain isOverlay />
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{losses}</MessageBarBody>
      </MessageBar>
    </ConfirmDialog>
  );
}
