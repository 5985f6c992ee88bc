import type { UpdateCheck } from '../../../src-shared/updates/update-state.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Whether the feed is to be asked: once a day, after a failure once an hour, and when the clock was put back. Pure. */
export function isCheckDue(last: UpdateCheck | null, nowMs: number): boolean {
  if (last === null || last.atMs > nowMs) return true;
  return nowMs - last.atMs >= (last.outcome === 'failed' ? HOUR_MS : DAY_MS);
}
