import { type Language, LOCALES } from '../../src-shared/text/language.ts';

/** Numbers and times as the pages show them. */

interface Formats {
  readonly timeOfDay: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
  readonly clock: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly dateTime: Intl.DateTimeFormat;
  readonly zone: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly share: Intl.NumberFormat;
  readonly ago: Intl.RelativeTimeFormat;
  /** With a fixed number of decimals, from none to two. */
  readonly decimals: readonly Intl.NumberFormat[];
}

let formats = makeFormats('en');

function makeFormats(language: Language): Formats {
  const locale = LOCALES[language];
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return {
    timeOfDay: new Intl.DateTimeFormat(locale, { ...time, fractionalSecondDigits: 3 }),
    time: new Intl.DateTimeFormat(locale, time),
    clock: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
    day: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
    date: new Intl.DateTimeFormat(locale, day),
    dateTime: new Intl.DateTimeFormat(locale, { ...day, hour: '2-digit', minute: '2-digit' }),
    zone: new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }),
    number: new Intl.NumberFormat(locale),
    share: new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 }),
    ago: new Intl.RelativeTimeFormat(locale, { style: 'short' }),
    decimals: [0, 1, 2].map(
      (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    ),
  };
}

/** Numbers and times are written in this language from now on. */
export function formatIn(language: Language): void {
  formats = makeFormats(language);
}

/** `14:03:27.512`, `14:03:27,512` */
export function formatTimeOfDay(ms: number): string {
  return formats.timeOfDay.format(ms);
}

/** `14:03:27` */
export function formatTime(ms: number): string {
  return formats.time.format(ms);
}

/** `14:03` */
export function formatClock(ms: number): string {
  return formats.clock.format(ms);
}

/** `3 Dec` */
export function formatDay(ms: number): string {
  return formats.day.format(ms);
}

/** `3 Dec 2026` */
export function formatDate(ms: number): string {
  return formats.date.format(ms);
}

/** `3 Dec 2026, 14:03` */
export function formatDateTime(ms: number): string {
  return formats.dateTime.format(ms);
}

/** `CET`: by which the hour that comes twice can be told, where clocks are put back. */
export function formatZone(ms: number): string {
  return formats.zone.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `12 sec ago`, `3 min ago`, `5 days ago`; nothing is in the future, whatever two clocks say. */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - ms) / 1000));
  if (seconds < 60) return formats.ago.format(-seconds, 'second');
  if (seconds < 3600) return formats.ago.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return formats.ago.format(-Math.floor(seconds / 3600), 'hour');
  return formats.ago.format(-Math.floor(seconds / 86_400), 'day');
}

export function formatCount(count: number): string {
  return formats.number.format(count);
}

/** `< 0.01`, `0.03`, `1.2`, `1,240`: as many digits as say something. */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.01) return `< ${fixed(0.01, 2)}`;
  if (rate === 0 || rate >= 10) return formats.number.format(Math.round(rate));
  return fixed(rate, rate >= 1 ? 1 : 2);
}

/** `0.3 %` of a share from 0 to 1 */
export function formatShare(share: number): string {
  return formats.share.format(share);
}

/** `0 ms`, `0.4 ms`, `12 ms`, `1.24 s`, `3 min 20 s` */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${fixed(ms, 1)} ms`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 10) < 6000) return `${fixed(ms / 1000, 2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `512 B`, `1.5 KiB`, `100 MiB` */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${formats.number.format(Number(value.toFixed(digits)))} ${units[unit]}`;
}

function fixed(value: number, digits: number): string {
  return formats.decimals[digits]?.format(value) ?? value.toFixed(digits);
}
