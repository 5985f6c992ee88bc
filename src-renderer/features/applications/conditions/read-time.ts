/** A time of the day as people write it (`7`, `7:30`, `730`, `7.30`), as `07:30`. What is none stays as it is. */
export function readTime(typed: string): string {
  const [, hour, minute = '00'] = /^\s*(\d{1,2})\s*(?:[:.h]?\s*(\d{2}))?\s*$/.exec(typed) ?? [];
  return hour === undefined ? typed : `${hour.padStart(2, '0')}:${minute}`;
}
