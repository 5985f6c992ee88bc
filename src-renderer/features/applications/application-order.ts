/** By which column the list stands, and which way. */
export interface ApplicationOrder {
  readonly column: SortableColumn;
  readonly isDescending: boolean;
}

export const SORTABLE_COLUMNS = ['name', 'status', 'addresses'] as const;
export type SortableColumn = (typeof SORTABLE_COLUMNS)[number];

/** The order after a click at a column's title: another column upwards, the same one the other way. */
export function orderBy(before: ApplicationOrder, column: SortableColumn): ApplicationOrder {
  return { column, isDescending: before.column === column && !before.isDescending };
}

/** Equal ones keep the order that they have. */
export function sortBy<Row>(
  rows: readonly Row[],
  order: ApplicationOrder,
  valueOf: (row: Row, column: SortableColumn) => string | number,
): readonly Row[] {
  const direction = order.isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const left = valueOf(one, order.column);
    const right = valueOf(other, order.column);
    if (typeof left === 'number' && typeof right === 'number') return direction * (left - right);
    return direction * String(left).localeCompare(String(right));
  });
}
