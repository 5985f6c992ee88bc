import { expect, test } from 'vitest';
import { untilAborted, within } from '../../src-main/connector/until-aborted.ts';

const NEVER_MS = 600_000;
const late = (): Error => new Error('late');
const never = async (): Promise<never> => new Promise(() => undefined);

test('work that is done in time is what comes of it', async () => {
  const { signal } = new AbortController();
  expect(await within(Promise.resolve('done'), NEVER_MS, signal, late)).toBe('done');
  await expect(within(Promise.reject(new Error('failed')), NEVER_MS, signal, late)).rejects.toThrow('failed');
});

test('the deadline and the signal end the wait, not the work', async () => {
  const controller = new AbortController();
  await expect(within(never(), 1, controller.signal, late)).rejects.toThrow('late');
  const waiting = within(never(), NEVER_MS, controller.signal, late);
  controller.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(untilAborted(never(), controller.signal, () => new Error('told so'))).rejects.toThrow('told so');
});

test('work that fails after a signal that had fired already is no failure that nobody handles', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const { promise, reject } = Promise.withResolvers<never>();
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(within(promise, NEVER_MS, signal, late)).rejects.toThrow('stopped');
  reject(new Error('too late for anybody'));
  await new Promise((resolve) => void setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
