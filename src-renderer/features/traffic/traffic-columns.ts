/** Columns of the list, in their usual order from left to right. */
export const TRAFFIC_COLUMNS = [
  'time',
  'status',
  'method',
  'url',
  'user',
  'application',
  'firstByte',
  'duration',
  'sent',
  'size',
  'error',
  'activityId',
] as const;
export type TrafficColumn = (typeof TRAFFIC_COLUMNS)[number];

/** A list without it says nothing: it can't be left out. */
export const FIXED_COLUMN: TrafficColumn = 'url';
export const DEFAULT_COLUMNS: readonly TrafficColumn[] = [
  'time',
  'status',
  'method',
  'url',
  'user',
  'application',
  'duration',
  'size',
];
/** What the details repeat: left out where they stand beside the list. */
const REPEATED: ReadonlySet<TrafficColumn> = new Set([
  'application',
  'size',
  'sent',
  'firstByte',
  'error',
  'activityId',
]);

/** The least width, px, and the share of what is left over. */
const WIDTHS: Readonly<Record<TrafficColumn, { readonly leastPx: number; readonly share: number }>> = {
  time: { leastPx: 92, share: 0 },
  status: { leastPx: 52, share: 0 },
  method: { leastPx: 60, share: 0 },
  url: { leastPx: 76, share: 3 },
  user: { leastPx: 60, share: 1 },
  application: { leastPx: 76, share: 1 },
  firstByte: { leastPx: 76, share: 0 },
  duration: { leastPx: 72, share: 0 },
  sent: { leastPx: 68, share: 0 },
  size: { leastPx: 68, share: 0 },
  error: { leastPx: 80, share: 1.5 },
  activityId: { leastPx: 120, share: 0 },
};
/** Widths that a person has set, px. */
export type ColumnWidths = Readonly<Partial<Record<TrafficColumn, number>>>;

const GAP_PX = 10;
/** At either end of a row. */
const PADDING_PX = 12;

/** The columns of the list, without or with the details beside it. */
export function fitColumns(columns: readonly TrafficColumn[], isBesideDetail: boolean): readonly TrafficColumn[] {
  return isBesideDetail ? columns.filter((column) => !REPEATED.has(column)) : columns;
}

/** Whether a column takes its share of what is left over: as long as nobody has set its width. */
export function isFlexible(column: TrafficColumn, widths: ColumnWidths): boolean {
  return widths[column] === undefined && WIDTHS[column].share > 0;
}

/** How the columns of a row are laid out; a list that is narrower than `leastPx` scrolls sideways. */
export function layOutColumns(
  columns: readonly TrafficColumn[],
  widths: ColumnWidths,
): {
  readonly template: string;
  readonly gapPx: number;
  readonly paddingPx: number;
  readonly leastPx: number;
} {
  const least = columns.map((column) => widths[column] ?? WIDTHS[column].leastPx);
  return {
    template: columns
      .map((column, index) =>
        isFlexible(column, widths) ? `minmax(${least[index]}px, ${WIDTHS[column].share}fr)` : `${least[index]}px`,
      )
      .join(' '),
    gapPx: GAP_PX,
    paddingPx: PADDING_PX,
    leastPx: least.reduce((sum, px) => sum + px, 0) + GAP_PX * (columns.length - 1) + 2 * PADDING_PX,
  };
}
