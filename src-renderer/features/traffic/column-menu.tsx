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
import { DEFAULT_COLUMNS, FIXED_COLUMN, TRAFFIC_COLUMNS, type TrafficColumn } from './traffic-columns.ts';

export interface ColumnMenuProps {
  readonly columns: readonly TrafficColumn[];
  readonly onChange: (columns: readonly TrafficColumn[]) => void;
}

/** Which columns the list shows. */
export function ColumnMenu({ columns, onChange }: ColumnMenuProps): ReactElement {
  const text = useText('traffic');
  return (
    <Menu
      checkedValues={{ column: [...columns] }}
      onCheckedValueChange={(_event, { checkedItems }) =>
        onChange(TRAFFIC_COLUMNS.filter((column) => column === FIXED_COLUMN || checkedItems.includes(column)))
      }
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
          <MenuItem onClick={() => onChange(DEFAULT_COLUMNS)}>{text.resetColumns}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
