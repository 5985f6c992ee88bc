import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

const COLUMNS: readonly (readonly [string, (record: TrafficRecord) => string | number | null])[] = [
  ['startedAt', (record) => new Date(record.startedAtMs).toISOString()],
  ['activityId', (record) => record.activityId],
  ['applicationId', (record) => record.applicationId],
  ['application', (record) => record.applicationName],
  ['userId', (record) => record.userId],
  ['user', (record) => record.userName],
  ['method', (record) => record.method],
  ['url', (record) => record.url],
  ['status', (record) => record.status],
  ['outcome', (record) => record.outcome],
  ['requestBytes', (record) => record.requestBytes],
  ['responseBytes', (record) => record.responseBytes],
  ['sentMs', (record) => record.timing.sentMs],
  ['firstByteMs', (record) => record.timing.firstByteMs],
  ['totalMs', (record) => record.timing.totalMs],
  ['errorCode', (record) => record.errorCode],
  ['errorHop', (record) => record.errorHop],
  ['errorCause', (record) => record.errorCause],
];

/** RFC 4180, with a line of titles. */
export const CSV_HEAD = `${COLUMNS.map(([title]) => title).join(',')}\r\n`;

export function toCsvLine(record: TrafficRecord): string {
  return `${COLUMNS.map(([, read]) => field(read(record))).join(',')}\r\n`;
}

function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // Users choose names and URLs, and a spreadsheet would run what begins so as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
