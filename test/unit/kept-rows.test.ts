import { expect, test } from 'vitest';
import { EVERY_ID } from '../../src-service/store/unit-of-work.ts';
import { KeptRows } from '../../src-service/store/kept-rows.ts';

interface Row {
  readonly id: string;
  readonly owner: string;
}

/** A table whose reads end when the test says so. */
function makeTable(rows: readonly Row[]) {
  const table = new Map(rows.map((row) => [row.id, row]));
  const reads: string[][] = [];
  let gate: Promise<void> | null = null;
  const kept = new KeptRows<Row, { readonly row: Row }>({
    parse: (row) => ({ row }),
    readAll: async () => {
      reads.push(['all']);
      const found = [...table.values()].map((row) => ({ ...row }));
      await gate;
      return found;
    },
    readSome: async (ids) => {
      reads.push([...ids]);
      const found = ids.flatMap((id) => table.get(id) ?? []).map((row) => ({ ...row }));
      await gate;
      return found;
    },
  });
  const hold = (): ((failure?: string) => void) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    gate = promise;
    return (failure) => {
      gate = null;
      if (failure === undefined) resolve();
      else reject(new Error(failure));
    };
  };
  const idsOf = async (): Promise<string[]> => (await kept.list()).map(({ row }) => row.id);
  return { table, reads, kept, hold, idsOf };
}

test('only what was noted is read, what did not change stays the same object, and rows come by id', async () => {
  const { table, reads, kept, idsOf } = makeTable([
    { id: 'b', owner: 'x' },
    { id: 'c', owner: 'x' },
  ]);
  const before = await kept.list();
  expect(await kept.list()).toBe(before);
  table.set('a', { id: 'a', owner: 'y' });
  table.set('b', { id: 'b', owner: 'y' });
  table.delete('c');
  for (const id of ['a', 'c', 'unknown']) kept.note(id);
  expect(await idsOf()).toEqual(['a', 'b']);
  expect((await kept.list())[1]).toBe(before[0]);
  kept.note('b');
  expect((await kept.list())[1]).not.toBe(before[0]);
  kept.note(EVERY_ID);
  expect(await idsOf()).toEqual(['a', 'b']);
  expect(reads).toEqual([['all'], ['a', 'c', 'unknown'], ['b'], ['all']]);
});

test('what is noted while a reading is under way is read after it, by all who ask then', async () => {
  const { table, kept, hold, idsOf } = makeTable([{ id: 'a', owner: 'x' }]);
  await kept.list();
  table.set('b', { id: 'b', owner: 'x' });
  kept.note('b');
  const release = hold();
  const first = idsOf();
  table.delete('b');
  kept.note('b');
  const second = idsOf();
  release();
  expect([await first, await second]).toEqual([['a'], ['a']]);
});

test('a row that is being read while what it belongs to goes is looked at once more', async () => {
  const { table, kept, hold, idsOf } = makeTable([{ id: 'a', owner: 'x' }]);
  await kept.list();
  table.set('b', { id: 'b', owner: 'gone' });
  kept.note('b');
  const release = hold();
  const listed = idsOf();
  table.delete('b');
  kept.noteKnown(({ owner }) => owner === 'gone');
  release();
  expect(await listed).toEqual(['a']);
});

test('a reading that fails is made up for by the next', async () => {
  const { table, kept, hold, idsOf } = makeTable([{ id: 'a', owner: 'x' }]);
  await kept.list();
  table.set('b', { id: 'b', owner: 'x' });
  kept.note('b');
  const release = hold();
  const failing = kept.list();
  release('down');
  await expect(failing).rejects.toThrow('down');
  expect(await idsOf()).toEqual(['a', 'b']);
});
