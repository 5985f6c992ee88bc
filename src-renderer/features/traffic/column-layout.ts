import {
  type ColumnWidths,
  DEFAULT_COLUMNS,
  FIXED_COLUMN,
  isFlexible,
  TRAFFIC_COLUMNS,
  type TrafficColumn,
} from './traffic-columns.ts';

/** The columns as a person has arranged them. */
export interface ColumnLayout {
  /** Those that are shown, from left to right. */
  readonly order: readonly TrafficColumn[];
  readonly widths: ColumnWidths;
}

export const DEFAULT_LAYOUT: ColumnLayout = { order: DEFAULT_COLUMNS, widths: {} };

/** Narrower than this a column has no edge to take hold of. @internal */
export const MIN_WIDTH_PX = 40;
/** Wider than this nobody finds the next one. @internal */
export const MAX_WIDTH_PX = 2000;

/** Shows just these. One that was not shown stands after the nearest that usually comes before it. */
export function showColumns({ order, widths }: ColumnLayout, chosen: readonly string[]): ColumnLayout {
  const isChosen = (column: TrafficColumn): boolean => column === FIXED_COLUMN || chosen.includes(column);
  const shown = order.filter(isChosen);
  for (const [index, column] of TRAFFIC_COLUMNS.entries()) {
    if (!isChosen(column) || shown.includes(column)) continue;
    const before = TRAFFIC_COLUMNS.slice(0, index).findLast((each) => shown.includes(each));
    shown.splice(before === undefined ? 0 : shown.indexOf(before) + 1, 0, column);
  }
  return { order: shown, widths };
}

/** Moves a column to where another is; those between make room. */
export function moveColumn({ order, widths }: ColumnLayout, column: TrafficColumn, to: TrafficColumn): ColumnLayout {
  const moved = order.filter((each) => each !== column);
  moved.splice(order.indexOf(to), 0, column);
  return { order: moved, widths };
}

export function sizeColumn({ order, widths }: ColumnLayout, column: TrafficColumn, widthPx: number): ColumnLayout {
  const width = Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, Math.round(widthPx)));
  return { order, widths: { ...widths, [column]: width } };
}

/**
 * Which column an edge sizes, so that the edge goes where the pointer goes: usually that on its left. Where the columns left of it take what is left
 * over, and none on its right does, the one on its right, which grows to the left.
 * @param index of the column on the left of the edge
 */
export function columnAtEdge(
  shown: readonly TrafficColumn[],
  widths: ColumnWidths,
  index: number,
): { readonly column: TrafficColumn; readonly direction: 1 | -1 } {
  const next = shown[index + 1];
  const isFlexibleColumn = (column: TrafficColumn): boolean => isFlexible(column, widths);
  const isOnRight = !shown.slice(index + 1).some(isFlexibleColumn) && shown.slice(0, index + 1).some(isFlexibleColumn);
  if (next !== undefined && isOnRight) return { column: next, direction: -1 };
  return { column: shown[index] ?? FIXED_COLUMN, direction: 1 };
}

const KEPT_UNDER = 'traffic-columns';
const HIDDEN_MARK = '-';

/** The columns as they were at an earlier start; as usual where there was none. What can't be read is left out. */
export function readKeptLayout(): ColumnLayout {
  const kept = localStorage.getItem(KEPT_UNDER);
  return kept === null ? DEFAULT_LAYOUT : parseLayout(kept);
}

export function keepLayout(layout: ColumnLayout): void {
  localStorage.setItem(KEPT_UNDER, formatLayout(layout));
}

/** `time,url:320,-error:200`: the columns in their order, then the hidden ones, with the width where one was set. @internal */
export function formatLayout({ order, widths }: ColumnLayout): string {
  const hidden = TRAFFIC_COLUMNS.filter((column) => !order.includes(column) && widths[column] !== undefined);
  const format = (column: TrafficColumn): string =>
    widths[column] === undefined ? column : `${column}:${widths[column]}`;
  return [...order.map(format), ...hidden.map((column) => HIDDEN_MARK + format(column))].join(',');
}

/** @internal */
export function parseLayout(text: string): ColumnLayout {
  const order: TrafficColumn[] = [];
  let layout: ColumnLayout = { order, widths: {} };
  for (const part of text.split(',')) {
    const [name = '', width] = part.split(':');
    const isHidden = name.startsWith(HIDDEN_MARK);
    const column = TRAFFIC_COLUMNS.find((each) => each === (isHidden ? name.slice(HIDDEN_MARK.length) : name));
    if (column === undefined || order.includes(column)) continue;
    if (!isHidden) order.push(column);
    if (width !== undefined && /^\d{1,5}$/.test(width)) layout = sizeColumn(layout, column, Number(width));
  }
  return showColumns(layout, order);
}
