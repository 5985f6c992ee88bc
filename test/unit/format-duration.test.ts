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
