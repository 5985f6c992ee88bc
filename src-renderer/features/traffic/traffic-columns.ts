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
const DEFAULT_COLUMNS: readonly TrafficColumn[] = [
  'time',
  'status',
  'method',
  'url',
  'user',
  'application',
  'duration',
  'size',
];
/** What the details repeat: left out where the list is narrow. */
const WIDE_ONLY: ReadonlySet<TrafficColumn> = new Set([
  'application',
  'size',
  'sent',
  'firstByte',
  'error',
  'activityId',
]);

const WIDTHS: Readonly<Record<TrafficColumn, string>> = {
  time: '100px',
  status: '52px',
  method: '60px',
  url: 'minmax(60px, 3fr)',
  user: 'minmax(60px, 1fr)',
  application: 'minmax(76px, 1fr)',
  firstByte: '76px',
  duration: '76px',
  sent: '72px',
  size: '72px',
  error: 'minmax(80px, 1.5fr)',
  activityId: '120px',
};

/** What goes as well where there is room for hardly more than an address; `traffic-list.module.css` hides it, and says where. */
const HIDDEN_WHERE_TIGHT: ReadonlySet<TrafficColumn> = new Set(['user', 'duration']);

/** The columns of a list that is narrow or not. */
export function fitColumns(columns: readonly TrafficColumn[], isNarrow: boolean): readonly TrafficColumn[] {
  return isNarrow ? columns.filter((column) => !WIDE_ONLY.has(column)) : columns;
}

/** As `grid-template-columns`, and the same where there is hardly any room. */
export function columnTemplates(columns: readonly TrafficColumn[]): { readonly usual: string; readonly tight: string } {
  const template = (shown: readonly TrafficColumn[]): string => shown.map((column) => WIDTHS[column]).join(' ');
  return { usual: template(columns), tight: template(columns.filter((column) => !HIDDEN_WHERE_TIGHT.has(column))) };
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
