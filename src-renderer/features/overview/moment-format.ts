import { formatClock, formatDateTime, formatDay, formatTime, formatZone } from '../../ui/format.ts';
import type { TrendRange } from './trend-range.ts';

const HOUR_MS = 3_600_000;

/** How moments of a range are written: on an axis, and by themselves. */
export function momentFormat(range: TrendRange): {
  readonly formatTime: (ms: number) => string;
  readonly formatMoment: (ms: number) => string;
} {
  switch (range) {
    case 'live':
      return { formatTime, formatMoment: formatTime };
    case 'hour':
      return { formatTime: formatClock, formatMoment: onceOnly(formatClock) };
    case 'day':
      return { formatTime: formatClock, formatMoment: onceOnly(formatDateTime) };
    case 'week':
    case 'month':
      return { formatTime: formatDay, formatMoment: onceOnly(formatDateTime) };
  }
}

/** In the night in which clocks are put back an hour comes twice: the zone tells one from the other. */
function onceOnly(format: (ms: number) => string): (ms: number) => string {
  return (ms) => {
    const text = format(ms);
    const comesTwice = text === format(ms - HOUR_MS) || text === format(ms + HOUR_MS);
    return comesTwice ? `${text} ${formatZone(ms)}` : text;
  };
}
