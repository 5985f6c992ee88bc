import { formatClock, formatDateTime, formatDay, formatTime } from '../../ui/format.ts';
import type { TrendRange } from './trend-range.ts';

/** How moments of a range are written: on an axis, and by themselves. */
export function momentFormat(range: TrendRange): {
  readonly formatTime: (ms: number) => string;
  readonly formatMoment: (ms: number) => string;
} {
  switch (range) {
    case 'live':
      return { formatTime, formatMoment: formatTime };
    case 'hour':
      return { formatTime: formatClock, formatMoment: formatClock };
    case 'day':
      return { formatTime: formatClock, formatMoment: formatDateTime };
    case 'week':
    case 'month':
      return { formatTime: formatDay, formatMoment: formatDateTime };
  }
}
