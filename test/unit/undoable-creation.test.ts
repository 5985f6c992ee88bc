import { expect, test } from 'vitest';
import { UndoableCreation } from '../../src-main/app/undoable-creation.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { ALONE, SAME, startUndoable, takeBackOne, tellInto } from '../helpers/start-undoable.ts';

const NEVER = new AbortController().signal;

test('what is asked for again after a lost answer is made once; another request is another thing', async () => {
  const { creation, log, loseAnswers } = startUndoable();
  loseAnswers(2);
  await expect(creation.run({ name: 'a' }, NEVER)).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  await expect(creation.run({ name: 'a' }, NEVER)).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 1');
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 2');
  expect(log).toEqual(['make a 1', 'make a 1', 'make a 1', 'make a 2']);
});

test('what is taken back in mid-call ends at once, and is removed when it comes to be', async () => {
  const { creation, log, hold } = startUndoable();
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await expect.poll(() => log).toEqual(['make a 1']);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  expect(log).toEqual(['make a 1']);
  const again = creation.run({ name: 'a' }, NEVER);
  release();
  expect(await again).toBe('a 2');
  expect(log).toEqual(['make a 1', 'undo a 1', 'make a 2']);
});

test('what was taken back and whose answer was lost is found again by its key, and removed', async () => {
  const { creation, log, hold, loseAnswers } = startUndoable();
  const release = hold();
  loseAnswers(2);
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await creation.undone(10_000);
  expect(log.slice(-3)).toEqual(['make a 1', 'undo a 1', 'settled']);
});

test('what can not be taken back is told, and is not made a second time', async () => {
  const { creation, log, loseAnswers, hold } = startUndoable();
  const release = hold();
  loseAnswers(3);
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await expect.poll(() => log).toHaveLength(1);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await creation.undone(10_000);
  expect(log.at(-1)).toMatch(/^left/);
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 1');
});

test('what was left is removed when that is tried again, and is left no more once it is wanted after all', async () => {
  const { creation, log, loseAnswers, hold } = startUndoable();
  const takeBack = async (): Promise<void> => {
    loseAnswers(3);
    log.length = 0;
    const release = hold();
    const controller = new AbortController();
    const running = creation.run({ name: 'a' }, controller.signal);
    await expect.poll(() => log).toHaveLength(1);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
    release();
    await creation.undone(10_000);
    expect(log.filter((line) => line.startsWith('left a:'))).toHaveLength(2);
    log.length = 0;
  };
  creation.retryUndo();
  await takeBack();
  creation.retryUndo();
  await creation.undone(10_000);
  expect(log).toEqual(['make a 1', 'undo a 1', 'settled']);
  await takeBack();
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 2');
  expect(log).toEqual(['make a 2', 'settled']);
  await takeBack();
  creation.leave();
  log.length = 0;
  creation.retryUndo();
  await creation.undone(10_000);
  expect(log).toEqual([]);
});

test('what a person leaves be is not removed by an attempt that was still to come', async () => {
  const { creation, log, loseAnswers, hold } = startUndoable([0, 0, 3_600_000]);
  loseAnswers(3);
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await expect.poll(() => log).toHaveLength(1);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await expect.poll(() => log.some((line) => line.startsWith('left a:'))).toBe(true);
  log.length = 0;
  creation.leave();
  await creation.undone(10_000);
  expect(log).toEqual(['settled']);
});

test('who will not wait for the next attempt to remove something has it made at once', async () => {
  const { creation, log, loseAnswers, hold } = startUndoable([0, 0, 3_600_000]);
  loseAnswers(2);
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await expect.poll(() => log).toHaveLength(1);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await expect.poll(() => log.at(-1)).toMatch(/^left a:/);
  creation.retryUndo();
  await expect.poll(() => log.slice(-2)).toEqual(['undo a 1', 'settled']);
});

test('what was made anew was removed by "try again" of what had been taken back by the same key', async () => {
  const undoable = startUndoable();
  const { creation, log, hold } = undoable;
  await takeBackOne(undoable, 'a', 3, 0);
  log.length = 0;
  const release = hold();
  const running = creation.run({ name: 'a' }, NEVER);
  await expect.poll(() => log).toEqual(['make a 1']);
  creation.retryUndo();
  await creation.undone(10_000);
  release();
  expect(await running).toBe('a 1');
  expect(log).toEqual(['make a 1', 'settled']);
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
    ...ALONE,
  });
  await expect(creation.run('a', NEVER)).rejects.toMatchObject({ code: 'API_INVALID' });
  expect(await creation.run('a', NEVER)).toBe('a 1');
  expect(finishes).toBe(2);
});

/** Makes 'thing' where `makes` says so, and takes it back as `undos` says, one after the other. */
async function takeBack(options: { readonly makes?: readonly ErrorCode[]; readonly undos?: readonly ErrorCode[] }) {
  const log: string[] = [];
  const [makes, undos] = [[...(options.makes ?? [])], [...(options.undos ?? [])]];
  const held = Promise.withResolvers<void>();
  const creation = new UndoableCreation<string, string>({
    make: async () => {
      log.push('make');
      await held.promise;
      const code = makes.shift();
      if (code !== undefined) throw new PosternError(code);
      return 'thing';
    },
    undo: async () => {
      log.push('undo');
      const code = undos.shift();
      if (code !== undefined) throw new PosternError(code);
    },
    ...SAME,
    onTakenBack: tellInto(log, ({ error }) => (error as PosternError).code),
    undoWaitsMs: [0, 0, 0],
  });
  const controller = new AbortController();
  const running = creation.run('thing', controller.signal);
  await expect.poll(() => log).toEqual(['make']);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  held.resolve();
  await creation.undone(10_000);
  return log;
}

const PASSING = [
  'ADMIN_SIGNIN_REQUIRED',
  'API_UNAUTHENTICATED',
  'API_RATE_LIMITED',
  'API_FORBIDDEN',
  'EDGE_INTERNAL',
  'SERVICE_UNREACHABLE',
] as const;

test.each(PASSING)(
  'taking back that fails with %s is tried again, and told where it does not succeed',
  async (code) => {
    expect(await takeBack({ undos: [code] })).toEqual(['make', 'undo', 'undo']);
    expect(await takeBack({ undos: [code, code, code] })).toEqual([
      'make',
      'undo',
      'undo',
      `left ${code}`,
      'undo',
      `left ${code}`,
    ]);
  },
);

test.each(PASSING)('a thing whose answer was lost is not given up because asking again fails with %s', async (code) => {
  const made = await takeBack({ makes: ['SERVICE_UNREACHABLE', code] });
  expect(made).toEqual(['make', 'make', `left ${code}`, 'make', 'undo', 'settled']);
  const lostForGood = await takeBack({ makes: ['SERVICE_UNREACHABLE', code, code] });
  expect(lostForGood).toEqual(['make', 'make', `left ${code}`, 'make', `left ${code}`]);
});

test('what was refused, or was removed by somebody else, needs no taking back', async () => {
  expect(await takeBack({ makes: ['API_CONFLICT'] })).toEqual(['make']);
  expect(await takeBack({ undos: ['API_NOT_FOUND'] })).toEqual(['make', 'undo']);
});

test.each(PASSING)('a try after %s is for the same thing, and after a refusal for another', async (code) => {
  const keys: string[] = [];
  const codes: ErrorCode[] = ['SERVICE_UNREACHABLE', code, 'API_INVALID'];
  const creation = new UndoableCreation<string, string>({
    make: async (_name, key) => {
      keys.push(key);
      const failure = codes.shift();
      if (failure !== undefined) throw new PosternError(failure);
      return 'thing';
    },
    undo: async () => undefined,
    ...ALONE,
  });
  for (const failure of [...codes]) await expect(creation.run('a', NEVER)).rejects.toMatchObject({ code: failure });
  await creation.run('a', NEVER);
  expect(keys.map((key) => key === keys[0])).toEqual([true, true, true, false]);
});

test('waits for what is being taken back no longer than it is told to', async () => {
  const { creation, log, hold } = startUndoable();
  hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  await creation.undone(1);
  expect(log.some((line) => line.startsWith('undo'))).toBe(false);
});

test('what belongs to it is told that it was taken back', async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const creation = new UndoableCreation<string, string>({
    make: async (name) => name,
    finish: async (_made, _request, signal) => {
      begun.resolve(signal);
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    },
    undo: async () => undefined,
    ...ALONE,
  });
  const controller = new AbortController();
  const running = creation.run('a', controller.signal);
  await begun.promise;
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  expect((await begun.promise).aborted).toBe(true);
  await creation.undone(10_000);
});
