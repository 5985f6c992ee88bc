import { Button, Menu, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import type { ReactElement, ReactNode } from 'react';

export interface RowMenuProps {
  /** Names the row for whoever does not see it. */
  readonly label: string;
  /** `MenuItem`s. */
  readonly children: ReactNode;
}

/** What can be done with a row of a list, behind its three dots. */
export function RowMenu({ label, children }: RowMenuProps): ReactElement {
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" appearance="subtle" icon={<MoreHorizontalRegular />} aria-label={label} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>{children}</MenuList>
      </MenuPopover>
    </Menu>
  );
}
