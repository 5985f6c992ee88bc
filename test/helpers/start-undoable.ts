import { expect } from 'vitest';
import { type TakenBack, UndoableCreation } from '../../src-main/app/undoable-creation.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** Options that tests of creations have in common. */
export const SAME = { idOf: (made: string) => made, nameOf: String, owner: () => 'admin', now: Date.now };
export const ALONE = { ...SAME, onTakenBack: () => undefined };

/** Writes what is told of what was taken back as lines. */
export function tellInto(log: string[], describe: (left: TakenBack) => string): (all: readonly TakenBack[]) => void {
  let before: readonly TakenBack[] = [];
  return (all) => {
    const told = all.filter(({ isTold }) => isTold);
    for (const left of told) {
      if (!before.some(({ error }) => error === left.error)) log.push(`left ${describe(left)}`);
    }
    if (told.length === 0 && before.length > 0) log.push('settled');
    before = told;
  };
}

/** A service that makes one thing per key, and loses answers when told to. */
export function startUndoable(undoWaitsMs: readonly number[] = [0, 0, 0]) {
  const made = new Map<string, string>();
  const log: string[] = [];
  const tell = tellInto(log, ({ displayName, error }) => `${displayName}: ${String(error)}`);
  let takenBack: readonly TakenBack[] = [];
  let [losses, failures, nowMs, owner] = [0, 0, 0, 'admin'];
  let gate: Promise<void> = Promise.resolve();
  const creation = new UndoableCreation<{ readonly name: string }, string>({
    make: async ({ name }, key) => {
      const thing = made.get(key) ?? `${name} ${made.size + 1}`;
      made.set(key, thing);
      log.push(`make ${thing}`);
      await gate;
      losses -= 1;
      if (losses >= 0) throw new PosternError('SERVICE_UNREACHABLE');
      return thing;
    },
    ...SAME,
    nameOf: ({ name }) => name,
    now: () => nowMs,
    owner: () => owner,
    undo: async (thing) => {
      log.push(`undo ${thing}`);
      failures -= 1;
      if (failures >= 0) throw new PosternError('SERVICE_UNREACHABLE');
    },
    onTakenBack: (all) => {
      takenBack = all;
      tell(all);
    },
    undoWaitsMs,
  });
  return {
    creation,
    log,
    takenBack: () => takenBack,
    loseAnswers: (count: number) => (losses = count),
    failToUndo: (count: number) => (failures = count),
    /** As the service does with keys after a day. */
    forgetKeys: () => {
      made.clear();
      nowMs += 86_400_000;
    },
    signInAs: (name: string) => (owner = name),
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return () => held.resolve();
    },
  };
}

export type StartedUndoable = ReturnType<typeof startUndoable>;

/** Takes a thing back in mid-call; with `losses` lost answers and `failures` refusals to remove it. */
export async function takeBackOne(
  { creation, log, hold, loseAnswers, failToUndo }: StartedUndoable,
  name: string,
  losses: number,
  failures: number,
): Promise<void> {
  loseAnswers(losses);
  failToUndo(failures);
  const before = log.length;
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name }, controller.signal);
  await expect.poll(() => log.length).toBeGreaterThan(before);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await creation.undone(10_000);
}
