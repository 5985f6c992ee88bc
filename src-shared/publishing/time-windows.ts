import { DAYS_OF_WEEK, type TimeWindow } from './conditional-access.ts';

const MINUTE_MS = 60_000;

/**
 * Whether a time lies in one of the windows, by the clocks of their time zones. The answer for a minute is kept: windows begin
 * and end with one, whatever the zone, and so does daylight saving time.
 */
export function compileTimeWindows(windows: readonly TimeWindow[]): (nowMs: number) => boolean {
  const compiled = windows.map(compileTimeWindow);
  let known = { minute: Number.NaN, isInside: false };
  return (nowMs) => {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (known.minute !== minute) {
      known = { minute, isInside: compiled.some((isInside) => isInside(minute * MINUTE_MS)) };
    }
    return known.isInside;
  };
}

function compileTimeWindow({ daysOfWeek, startTime, endTime, timeZone }: TimeWindow): (nowMs: number) => boolean {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const days = new Set<number>(daysOfWeek.map((day) => DAYS_OF_WEEK.indexOf(day)));
  const start = minutesOf(startTime);
  const end = minutesOf(endTime);
  return (nowMs) => {
    const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
    const day = DAYS_OF_WEEK.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
    const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
    if (start < end) return days.has(day) && minute >= start && minute < end;
    // Past midnight a window is still that of the day on which it began.
    return minute >= start ? days.has(day) : minute < end && days.has((day + 6) % 7);
  };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
