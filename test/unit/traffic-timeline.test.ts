import { expect, test } from 'vitest';
import { readPhases } from '../../src-renderer/features/traffic/read-phases.ts';

test('the timeline of a request that failed or was given up adds up to its end', () => {
  const spans = (sentMs: number | null, firstByteMs: number | null, totalMs: number | null): (readonly number[])[] =>
    readPhases({ sentMs, firstByteMs, totalMs }, { connectAndSend: '', wait: '', receive: '' }).map(
      ({ beginMs, endMs }) => [beginMs, endMs],
    );
  expect(spans(1, 5, 9)).toEqual([
    [0, 1],
    [1, 5],
    [5, 9],
  ]);
  expect(spans(null, null, 7)).toEqual([[0, 7]]);
  expect(spans(1, null, 7)).toEqual([
    [0, 1],
    [1, 7],
  ]);
  expect(spans(1, 5, null)).toEqual([
    [0, 1],
    [1, 5],
  ]);
  expect(spans(null, null, null)).toEqual([]);
});
