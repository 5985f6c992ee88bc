import { type ConnectionSteps, stepsOf } from '../../../src-shared/connector/connection-opening.ts';
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
  ['isConnectionReused', ({ connection }) => (connection === null ? null : String(connection === 'reused'))],
  ['dnsMs', (record) => openingOf(record)?.dnsMs ?? null],
  ['connectMs', (record) => openingOf(record)?.connectMs ?? null],
  ['tlsMs', (record) => openingOf(record)?.tlsMs ?? null],
  ['errorCode', (record) => record.errorCode],
  ['errorHop', (record) => record.errorHop],
  ['errorCause', (record) => record.errorCause],
];

/** RFC 4180, with a line of titles. Without the mark before them Excel takes UTF-8 for the code page of the machine. */
export const CSV_HEAD = `\u{feff}${COLUMNS.map(([title]) => title).join(',')}\r\n`;

export function toCsvLine(record: TrafficRecord): string {
  return `${COLUMNS.map(([, read]) => field(read(record))).join(',')}\r\n`;
}

/**
 * Users choose names and URLs, and a spreadsheet would run what begins so as a formula: at the beginning of a field, and at that of what is a
 * field where the semicolon or the tab parts them, as in German.
 */
const FORMULA = /(?<=^|[;\t\r\n"])[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/g;

function openingOf({ connection }: TrafficRecord): ConnectionSteps | null {
  return connection === null || connection === 'reused' ? null : stepsOf(connection);
}

function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // At NUL readers end a field, or refuse the file.
  const text = value.replaceAll('\0', '\u{fffd}').replaceAll(FORMULA, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
