import { expect, test } from 'vitest';
import { formatDuration } from '../../src-renderer/ui/format.ts';

test('an axis begins at 0 ms, not below 1 ms', () => {
  expect([0, 0.42, 12.4, 1240, 200_000].map(formatDuration)).toEqual([
    '0 ms',
    '0.4 ms',
    '12 ms',
    '1.24 s',
    '3 min 20 s',
  ]);
});

test('a duration just below a whole minute was 1 min 60 s, and one just below a second 1000 ms', () => {
  expect([999.6, 59_994, 59_997, 119_600].map(formatDuration)).toEqual(['1.00 s', '59.99 s', '1 min 0 s', '2 min 0 s']);
});
