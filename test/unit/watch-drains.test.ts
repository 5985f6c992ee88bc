import { expect, test, vi } from 'vitest';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import { watchDrains } from '../../src-main/app/watch-drains.ts';
import type { AppState, DrainOrigin } from '../../src-shared/ipc/app-state.ts';

test('who drains this connector is asked again after a failure, once in a while', async () => {
  vi.useFakeTimers();
  try {
    const state = new AppStateStore({
      engine: { isDraining: true, connectorId: 'c1' },
      account: { userName: 'alice' },
      signIn: { isRequired: false },
      drainOrigin: null,
    } as unknown as AppState);
    const origin: DrainOrigin = { by: 'Bob', atMs: 1 };
    const answers = [async () => Promise.reject(new Error('unreachable')), async () => Promise.resolve(origin)];
    const findOrigin = vi.fn<() => Promise<DrainOrigin | null>>(async () => (answers.shift() ?? (async () => null))());
    watchDrains({ state, findOrigin });
    const change = async (): Promise<void> => {
      state.set({ isPaused: false });
      await vi.advanceTimersByTimeAsync(1000);
    };
    await change();
    await change();
    expect(findOrigin).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    await change();
    await change();
    expect(findOrigin).toHaveBeenCalledTimes(2);
    expect(state.current.drainOrigin).toEqual(origin);
  } finally {
    vi.useRealTimers();
  }
});
