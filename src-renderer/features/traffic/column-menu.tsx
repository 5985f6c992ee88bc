import {
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from '@fluentui/react-components';
import { TableSettingsRegular } from '@fluentui/react-icons/svg/table-settings';
import type { ReactElement } from 'react';
import { useText } from '../../ui/use-text.ts';
import { type ColumnLayout, DEFAULT_LAYOUT, showColumns } from './column-layout.ts';
import { FIXED_COLUMN, TRAFFIC_COLUMNS } from './traffic-columns.ts';
import { focusHead } from './traffic-head.tsx';
import { LIST_ID } from './traffic-list.tsx';

export interface ColumnMenuProps {
  readonly layout: ColumnLayout;
  readonly onChange: (layout: ColumnLayout) => void;
}

/** Which columns the list shows, and the way to arrange them for those who have no pointer. */
export function ColumnMenu({ layout, onChange }: ColumnMenuProps): ReactElement {
  const text = useText('traffic');
  return (
    <Menu
      checkedValues={{ column: [...layout.order] }}
      onCheckedValueChange={(_event, { checkedItems }) => onChange(showColumns(layout, checkedItems))}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={text.chooseColumns} relationship="label">
          <Button icon={<TableSettingsRegular />} appearance="subtle" />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {TRAFFIC_COLUMNS.map((column) => (
            <MenuItemCheckbox key={column} name="column" value={column} disabled={column === FIXED_COLUMN}>
              {text.columns[column]}
            </MenuItemCheckbox>
          ))}
          <MenuDivider />
          <MenuItem
            subText={text.arrangeKeys}
            onClick={() => setTimeout(() => focusHead(document.getElementById(LIST_ID)))}
          >
            {text.arrangeColumns}
          </MenuItem>
          <MenuItem onClick={() => onChange(DEFAULT_LAYOUT)}>{text.resetColumns}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
