import { Dialog, DialogSurface } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { useReturnFocus } from './use-return-focus.ts';

export interface ModalProps {
  /** Whether it asks for an answer: a click beside it closes it not. */
  readonly isAlert?: boolean;
  /** The person wants to leave. */
  readonly onClose: () => void;
  /** A `DialogBody`. */
  readonly children: ReactNode;
}

/** A dialog over the page, open as long as it is there. The keyboard comes back to where it was. */
export function Modal({ isAlert = false, onClose, children }: ModalProps): ReactElement {
  useReturnFocus();
  return (
    <Dialog open modalType={isAlert ? 'alert' : 'modal'} onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>{children}</DialogSurface>
    </Dialog>
  );
}
