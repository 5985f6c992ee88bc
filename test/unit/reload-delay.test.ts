import { expect, test } from 'vitest';
import { ReloadDelay } from '../../src-main/app/shell/reload-delay.ts';

test('a window that dies as soon as it is loaded does not take the machine for itself', () => {
  const delay = new ReloadDelay();
  let nowMs = 0;
  const waits = Array.from({ length: 9 }, () => {
    const waitMs = delay.next(nowMs);
    nowMs += waitMs + 100;
    return waitMs;
  });
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(delay.next(nowMs + 60_001)).toBe(250);
});
