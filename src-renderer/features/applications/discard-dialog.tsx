import { Button, DialogActions, DialogBody, DialogContent, DialogTitle } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { Modal } from '../../ui/modal.tsx';
import { useText } from '../../ui/use-text.ts';

export interface DiscardDialogProps {
  readonly onDiscard: () => void;
  readonly onStay: () => void;
}

/** Asks before what was typed is lost. */
export function DiscardDialog({ onDiscard, onStay }: DiscardDialogProps): ReactElement {
  const text = useText('applications');
  return (
    <Modal isAlert onClose={onStay}>
      <DialogBody>
        <DialogTitle>{text.discardTitle}</DialogTitle>
        <DialogContent>{text.discardText}</DialogContent>
        <DialogActions fluid>
          <Button appearance="primary" onClick={onStay}>
            {text.keepEditing}
          </Button>
          <Button onClick={onDiscard}>{text.discard}</Button>
        </DialogActions>
      </DialogBody>
    </Modal>
  );
}
