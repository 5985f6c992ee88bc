import { Button, DrawerHeader, DrawerHeaderTitle, OverlayDrawer } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactElement, ReactNode } from 'react';
import { useReturnFocus } from './use-return-focus.ts';

export interface SideDrawerProps {
  readonly title: string;
  /** What the button in the corner is called. */
  readonly closeLabel: string;
  readonly widthPx: number;
  /** The person wants to leave: by the button, by Escape or by a click beside it. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * What is looked at and changed beside its list: a title and a way out; body and foot are the caller's. The keyboard comes back to
 * where it was.
 */
export function SideDrawer({ title, closeLabel, widthPx, onClose, children }: SideDrawerProps): ReactElement {
  useReturnFocus();
  return (
    <OverlayDrawer
      open
      position="end"
      style={{ width: `min(${widthPx}px, calc(100vw - 48px))` }}
      modalType="modal"
      onOpenChange={(_event, { open }) => !open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" aria-label={closeLabel} icon={<DismissRegular />} onClick={onClose} />}
        >
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      {children}
    </OverlayDrawer>
  );
}
