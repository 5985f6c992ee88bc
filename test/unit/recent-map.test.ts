import { expect, test } from 'vitest';
import { RecentMap } from '../../src-service/identity/recent-map.ts';

const entry = (): { isRecent: boolean } => ({ isRecent: false });

test('of a full map what was not used of late goes, and what is in use stays', () => {
  const map = new RecentMap<number, { isRecent: boolean }>(100);
  const inUse = [3, 50, 99];
  for (let key = 0; key < 1000; key += 1) {
    map.set(key, entry());
    for (const used of inUse) if (key >= used) expect(map.get(used)).toBeDefined();
    expect(map.size).toBeLessThanOrEqual(100);
  }
  expect([map.get(4), map.get(500)]).toEqual([undefined, undefined]);
  expect(map.get(999)).toBeDefined();
});

test('where all are in use one goes all the same', () => {
  const map = new RecentMap<number, { isRecent: boolean }>(50);
  for (let key = 0; key < 200; key += 1) {
    map.set(key, { isRecent: true });
    expect(map.size).toBe(Math.min(key + 1, 50));
  }
});
