import { expect, test } from 'vitest';
import { AbortableCalls } from '../../src-main/app/abortable-calls.ts';

const ID = '5c0e3ab2-0f3e-4a55-9d0c-0d8c0b3c9c11';

test('a window that died while it asked and asks again waits for the same, and has nothing made twice', async () => {
  const calls = new AbortableCalls();
  const { promise, resolve } = Promise.withResolvers<string>();
  let made = 0;
  const make = async (): Promise<string> => {
    made += 1;
    return promise;
  };
  const both = [calls.run(ID, make), calls.run(ID, make)];
  resolve('made');
  expect(await Promise.all(both)).toEqual(['made', 'made']);
  expect(made).toBe(1);
  expect(await calls.run(ID, async () => 'later')).toBe('later');
});

test('what is taken back is told so, also where it is asked for twice; what ended is asked for anew', async () => {
  const calls = new AbortableCalls();
  const untilAborted = (signal: AbortSignal): Promise<string> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('taken back'))));
  const both = [calls.run(ID, untilAborted), calls.run(ID, untilAborted)].map(async (call) => call.catch(String));
  calls.abort(ID);
  expect(await Promise.all(both)).toEqual(['Error: taken back', 'Error: taken back']);
  expect(await calls.run(ID, async () => 'anew')).toBe('anew');
  calls.abort(ID);
});
