import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamTable } from '../../src-shared/mux/stream-table.ts';

/** Ids that lie together, far apart, and at the ends of what there is. */
const idArb = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 0xffff_ffff }), fc.constant(1 << 20));
const stepArb = fc.record({ id: idArb, isDeletion: fc.boolean() });

test('a table of streams holds what a Map would, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(stepArb, { maxLength: 400 }), (steps) => {
      const table = new StreamTable<object>();
      const map = new Map<number, object>();
      for (const { id, isDeletion } of steps) {
        const value = { id };
        if (isDeletion) {
          table.delete(id);
          map.delete(id);
        } else {
          table.set(id, value);
          map.set(id, value);
        }
        expect(table.get(id)).toBe(map.get(id));
      }
      expect(table.size).toBe(map.size);
      for (const [id, value] of map) expect(table.get(id)).toBe(value);
      expect(new Set(table.values())).toEqual(new Set(map.values()));
    }),
  );
});

test('a table of streams grows to 10,000 and gives their memory back, in the order of streams', () => {
  const table = new StreamTable<number>();
  for (let id = 1; id <= 100_000; id += 1) {
    table.set(id, id);
    if (id > 10_000) table.delete(id - 10_000);
    expect(table.size).toBe(Math.min(id, 10_000));
  }
  expect(table.get(90_000)).toBeUndefined();
  expect(table.get(90_001)).toBe(90_001);
  for (let id = 90_001; id <= 100_000; id += 1) table.delete(id);
  expect(table.values()).toEqual([]);
  expect(table.get(0)).toBeUndefined();
  table.delete(0);
  expect(table.size).toBe(0);
});

test('what came and went is gone with the next small collection, which of a Map it is not', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' | 'major' }) => void;
  // Little enough for V8 to have hardly a reason to look at its whole heap by itself meanwhile, which frees all.
  const octetsOfEach = 256;
  /** How many of 50,000 values are still in memory, of which 64 belong to streams under way. */
  const keptBy = (table: Pick<StreamTable<object>, 'set' | 'delete'>): number => {
    let id = 0;
    const pass = (count: number): void => {
      for (const end = id + count; id < end;) {
        id += 1;
        table.set(id, new Uint8Array(octetsOfEach));
        if (id > 64) table.delete(id - 64);
      }
    };
    // The table grows old, as all does that is there when the whole heap is looked at.
    pass(100);
    collect({ type: 'major' });
    collect({ type: 'major' });
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 50; round += 1) {
      pass(1000);
      collect({ type: 'minor' });
    }
    collect({ type: 'minor' });
    collect({ type: 'minor' });
    return (process.memoryUsage().arrayBuffers - before) / octetsOfEach;
  };
  expect(keptBy(new StreamTable())).toBeLessThan(1000);
  const ofMaps = Array.from({ length: 5 }, () => keptBy(new Map()));
  expect(Math.max(...ofMaps)).toBeGreaterThan(2000);
});
