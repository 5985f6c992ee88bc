import { describe, expect, test } from 'vitest';
import { ClientRates } from '../../src-service/edge/client-rates.ts';
import { RequestRate } from '../../src-service/edge/request-rate.ts';

/** How many of `asked` requests at one moment pass. */
function passing(rate: RequestRate, asked: number, nowMs: number): number {
  let count = 0;
  for (let index = 0; index < asked; index += 1) {
    if (!rate.allows(nowMs)) break;
    rate.take(nowMs);
    count += 1;
  }
  return count;
}

describe('B46 a rate', () => {
  test.each([1, 3, 7, 500, 750, 99_991])(
    'lets a second of requests through at once, then fills evenly (%i/s)',
    (perSecond) => {
      const rate = new RequestRate(perSecond);
      expect(passing(rate, perSecond + 5, 1000.25)).toBe(perSecond);
      expect(passing(rate, 1, 1000.25)).toBe(0);
      expect(passing(rate, perSecond, 1000.25 + 1000 / perSecond)).toBe(1);
      expect(passing(rate, perSecond + 5, 5000)).toBe(perSecond);
    },
  );

  test('lets through what it says in the long run', () => {
    const rate = new RequestRate(500);
    let count = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 0.5) count += passing(rate, 1, nowMs);
    // Ten seconds, and the bucket that was full at the beginning.
    expect(count).toBeGreaterThanOrEqual(5490);
    expect(count).toBeLessThanOrEqual(5501);
  });

  test('0 is no limit, and a change holds at once', () => {
    const rate = new RequestRate(0);
    expect(passing(rate, 10_000, 5)).toBe(10_000);
    rate.set(2);
    expect(passing(rate, 10, 5)).toBe(2);
    rate.set(0);
    expect(passing(rate, 10, 2000)).toBe(10);
  });
});

describe('B46 the rates of clients', () => {
  test('are apart, but for addresses of one /64', () => {
    const rates = new ClientRates(2);
    const take = (address: string): boolean => rates.take(address, 0);
    expect([take('192.0.2.1'), take('192.0.2.1'), take('192.0.2.1'), take('192.0.2.2')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect([take('2001:db8::1'), take('2001:db8:0:0:1::2'), take('2001:0db8::3')]).toEqual([true, true, false]);
    expect([take('2001:db8::4'), take('2001:db8:0:1::1')]).toEqual([false, true]);
  });

  test('may hold more at once than a second brings, and be asked without being counted', () => {
    const rates = new ClientRates(2, 5000);
    const takeMany = (nowMs: number): number =>
      Array.from({ length: 50 }, () => rates.take('192.0.2.1', nowMs)).filter((isTaken) => isTaken).length;
    expect([rates.allows('192.0.2.1', 0), takeMany(0), rates.allows('192.0.2.1', 0)]).toEqual([true, 10, false]);
    expect([takeMany(1000), takeMany(60_000), rates.allows('192.0.2.2', 60_000)]).toEqual([2, 10, true]);
    expect([rates.allows('192.0.2.2', 60_000), rates.allows('192.0.2.2', 60_000)]).toEqual([true, true]);
  });

  test('a flood from ever new addresses is forgotten, the last ones are known', () => {
    const rates = new ClientRates(1);
    for (let index = 0; index < 30_000; index += 1)
      rates.take(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 0);
    expect(rates.take('10.0.117.47', 0)).toBe(false);
    expect(rates.take('10.0.0.0', 0)).toBe(true);
  });
});
