import { expect, test, vi } from 'vitest';
import { UndoableCreation } from '../../src-main/app/undoable-creation.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

const NEVER = new AbortController().signal;
const lost = new PosternError('SERVICE_UNREACHABLE');

/** A service that makes one thing per key, and loses answers when told to. */
function start() {
  const made = new Map<string, string>();
  const log: string[] = [];
  let losses = 0;
  let gate: Promise<void> = Promise.resolve();
  const creation = new UndoableCreation<{ readonly name: string }, string>({
    make: async ({ name }, key) => {
      const thing = made.get(key) ?? `${name} ${made.size + 1}`;
      made.set(key, thing);
      log.push(`make ${thing}`);
      await gate;
      losses -= 1;
      if (losses >= 0) throw lost;
      return thing;
    },
    undo: async (thing) => void log.push(`undo ${thing}`),
    onLeft: (error) => void log.push(`left ${String(error)}`),
    undoWaitsMs: [0, 0, 0],
  });
  return {
    creation,
    log,
    loseAnswers: (count: number) => (losses = count),
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return () => held.resolve();
    },
  };
}

test('what is asked for again after a lost answer is made once; another request is another thing', async () => {
  const { creation, log, loseAnswers } = start();
  loseAnswers(2);
  await expect(creation.run({ name: 'a' }, NEVER)).rejects.toBe(lost);
  await expect(creation.run({ name: 'a' }, NEVER)).rejects.toBe(lost);
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 1');
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 2');
  expect(log).toEqual(['make a 1', 'make a 1', 'make a 1', 'make a 2']);
});

test('what is taken back in mid-call ends at once, and is removed when it comes to be', async () => {
  const { creation, log, hold } = start();
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await vi.waitFor(() => expect(log).toEqual(['make a 1']));
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  expect(log).toEqual(['make a 1']);
  const again = creation.run({ name: 'a' }, NEVER);
  release();
  expect(await again).toBe('a 2');
  expect(log).toEqual(['make a 1', 'undo a 1', 'make a 2']);
});

test('what was taken back and whose answer was lost is found again by its key, and removed', async () => {
  const { creation, log, hold, loseAnswers } = start();
  const release = hold();
  loseAnswers(2);
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await creation.undone();
  expect(log.slice(-2)).toEqual(['make a 1', 'undo a 1']);
  expect(log.some((line) => line.startsWith('left'))).toBe(false);
});

test('what can not be taken back is told, and is not made a second time', async () => {
  const { creation, log, loseAnswers, hold } = start();
  const release = hold();
  loseAnswers(3);
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await vi.waitFor(() => expect(log).toHaveLength(1));
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await creation.undone();
  expect(log.at(-1)).toMatch(/^left/);
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 1');
});

test('what belongs to it is done again after it failed, for the same thing', async () => {
  let finishes = 0;
  const made: string[] = [];
  const creation = new UndoableCreation<string, string>({
    make: async (name, key) => {
      if (!made.includes(key)) made.push(key);
      return `${name} ${made.length}`;
    },
    finish: async () => {
      finishes += 1;
      if (finishes === 1) throw new PosternError('API_INVALID');
    },
    undo: async () => undefined,
    onLeft: () => undefined,
  });
  await expect(creation.run('a', NEVER)).rejects.toMatchObject({ code: 'API_INVALID' });
  expect(await creation.run('a', NEVER)).toBe('a 1');
  expect(finishes).toBe(2);
});
