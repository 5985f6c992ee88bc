import { expect, test } from 'vitest';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { shareStructure } from '../../src-shared/ipc/share-structure.ts';

test('what is equal stays the same object, however deep it lies beside what has changed', () => {
  const before = {
    engine: { tunnels: [{ open: 1 }, { open: 2 }], applications: [{ id: 'a' }] },
    service: { url: 'x' },
  };
  const after = { engine: { tunnels: [{ open: 1 }, { open: 3 }], applications: [{ id: 'a' }] }, service: { url: 'x' } };
  const shared = shareStructure(before, after);
  expect(shared).toStrictEqual(after);
  expect(shared.service).toBe(before.service);
  expect(shared.engine.applications).toBe(before.engine.applications);
  expect(shared.engine.tunnels[0]).toBe(before.engine.tunnels[0]);
  expect(shared.engine.tunnels[1]).not.toBe(before.engine.tunnels[1]);
  expect(shareStructure(before, structuredClone(before))).toBe(before);
});

test.each([
  [null, { a: 1 }],
  [{ a: 1 }, null],
  [[], {}],
  [{ 0: 'a' }, ['a']],
  [['a', 'b'], ['a']],
  [['a'], ['a', undefined]],
  [{ a: 1, b: undefined }, { a: 1 }],
  [{ a: undefined }, { b: undefined }],
  [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
  [{ a: Number.NaN }, { a: 1 }],
])('%j and %j are not taken for the same', (before, after) => {
  const shared = shareStructure(before, after);
  expect(shared).toStrictEqual(after);
  expect(shared).not.toBe(before);
});

test('the state of the app was told three times a second though nothing had changed', () => {
  const watch = { listed: [], ok: 1, failing: 0, unknown: 0 };
  const store = new AppStateStore({ applicationWatch: watch, isPaused: false } as unknown as AppState);
  const told: AppState[] = [];
  store.onChange((state) => told.push(state));
  store.set({ applicationWatch: structuredClone(watch) });
  expect(told).toEqual([]);
  store.set({ isPaused: true });
  expect(told).toMatchObject([{ isPaused: true }]);
  expect(told[0]?.applicationWatch).toBe(watch);
});
