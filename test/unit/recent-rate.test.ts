import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentRate } from '../../src-service/relay/recent-rate.ts';

test('a rate is the mean of the last ten whole seconds', () => {
  const rate = new RecentRate();
  for (let second = 100; second < 105; second += 1) {
    for (let index = 0; index < 20; index += 1) rate.count(second * 1000 + index);
  }
  expect(rate.perSecond(104_999)).toBe(8);
  expect(rate.perSecond(105_000)).toBe(10);
  expect(rate.perSecond(110_000)).toBe(10);
  expect(rate.perSecond(111_000)).toBe(8);
  expect(rate.perSecond(116_000)).toBe(0);
  expect(rate.perSecond(10_000_000)).toBe(0);
});

test('a rate agrees with counting what fell into the span, however long the gaps', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(15_000), { maxLength: 60 }), (gapsMs) => {
      const rate = new RecentRate();
      const times: number[] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        times.push(nowMs);
        rate.count(nowMs);
        const second = Math.floor(nowMs / 1000);
        const expected = times.filter((each) => {
          const own = Math.floor(each / 1000);
          return own < second && own >= second - 10;
        });
        expect(rate.perSecond(nowMs)).toBeCloseTo(expected.length / 10);
      }
    }),
  );
});
