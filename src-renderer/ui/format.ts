/** Numbers and times as the pages show them. */

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const DATE_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const NUMBER = new Intl.NumberFormat('en-GB');

/** `14:03:27.512` */
export function formatTimeOfDay(ms: number): string {
  return `${TIME.format(ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`;
}

/** `3 Dec 2026` */
export function formatDate(ms: number): string {
  return DATE.format(ms);
}

/** `3 Dec 2026, 14:03` */
export function formatDateTime(ms: number): string {
  return DATE_TIME.format(ms);
}

export function formatCount(count: number): string {
  return NUMBER.format(count);
}

/** `0.4 ms`, `12 ms`, `1.24 s`, `3 min 20 s` */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
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
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}
