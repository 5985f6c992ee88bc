import { describe, expect, test } from 'vitest';
import { RefusalPauses, TooManyAttempts } from '../../src-service/api/refusal-pauses.ts';

/** Seconds of the pause that a client is in; 0 where it may try. */
function pauseOf(pauses: RefusalPauses, client: string, nowMs: number): number {
  try {
    pauses.admit(client, nowMs);
    return 0;
  } catch (error) {
    if (error instanceof TooManyAttempts) return error.retryAfterSeconds;
    throw error;
  }
}

describe('B61 bad enrolment tokens slow their client down', () => {
  test('B61 some are free, then each further one doubles the pause, up to five minutes', () => {
    const pauses = new RefusalPauses();
    const seen: number[] = [];
    let nowMs = 0;
    for (let count = 0; count < 15; count += 1) {
      pauses.refused('192.0.2.1', nowMs);
      const seconds = pauseOf(pauses, '192.0.2.1', nowMs);
      seen.push(seconds);
      nowMs += seconds * 1000;
      expect(pauseOf(pauses, '192.0.2.1', nowMs)).toBe(0);
    }
    expect(seen).toEqual([0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(pauseOf(pauses, '192.0.2.2', nowMs)).toBe(0);
  });

  test('B61 a client that rests begins anew, one that does not is not forgotten for a flood of others', () => {
    const pauses = new RefusalPauses();
    for (let count = 0; count < 8; count += 1) pauses.refused('192.0.2.1', 0);
    expect(pauseOf(pauses, '192.0.2.1', 0)).toBe(8);
    for (let index = 0; index < 9_000; index += 1) pauses.refused(`10.0.${index >> 8}.${index & 255}`, 0);
    expect(pauseOf(pauses, '192.0.2.1', 1000)).toBe(7);
    pauses.refused('192.0.2.1', 20 * 60_000);
    expect(pauseOf(pauses, '192.0.2.1', 20 * 60_000)).toBe(0);
  });
});
