/** Columns of the list, in their order from left to right. */
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
const GAP_PX = 10;
/** At either end of a row. */
const PADDING_PX = 12;

/** The columns of the list, without or with the details beside it. */
export function fitColumns(columns: readonly TrafficColumn[], isBesideDetail: boolean): readonly TrafficColumn[] {
  return isBesideDetail ? columns.filter((column) => !REPEATED.has(column)) : columns;
}

/** How the columns of a row are laid out; a list that is narrower than `leastPx` scrolls sideways. */
export function layOutColumns(columns: readonly TrafficColumn[]): {
  readonly template: string;
  readonly gapPx: number;
  readonly paddingPx: number;
  readonly leastPx: number;
} {
  const widths = columns.map((column) => WIDTHS[column]);
  return {
    template: widths
      .map(({ leastPx, share }) => (share === 0 ? `${leastPx}px` : `minmax(${leastPx}px, ${share}fr)`))
      .join(' '),
    gapPx: GAP_PX,
    paddingPx: PADDING_PX,
    leastPx: widths.reduce((sum, { leastPx }) => sum + leastPx, 0) + GAP_PX * (widths.length - 1) + 2 * PADDING_PX,
  };
}

const KEPT_UNDER = 'traffic-columns';

/** The columns that were chosen at an earlier start; the usual ones where there was none, or it can't be read. */
export function readKeptColumns(): readonly TrafficColumn[] {
  const kept = localStorage.getItem(KEPT_UNDER)?.split(',');
  if (kept === undefined) return DEFAULT_COLUMNS;
  return TRAFFIC_COLUMNS.filter((column) => column === FIXED_COLUMN || kept.includes(column));
}

export function keepColumns(columns: readonly TrafficColumn[]): void {
  localStorage.setItem(KEPT_UNDER, columns.join(','));
}
