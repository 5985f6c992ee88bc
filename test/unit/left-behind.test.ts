import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import { LeftBehindList } from '../../src-main/app/left-behind.ts';
import { MAX_TAKEN_BACK, SettingsStore } from '../../src-main/app/settings-store.ts';
import { UndoableCreation } from '../../src-main/app/undoable-creation.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type AppState, NOTHING_LEFT } from '../../src-shared/ipc/app-state.ts';
import { SAME, startUndoable, takeBackOne } from '../helpers/start-undoable.ts';

/** What was taken back and is at the service all the same. */

const NEVER = new AbortController().signal;
const folder = mkdtempSync(path.join(tmpdir(), 'postern-left-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is known to be there is removed by its id, and not made a second time once the service has forgotten the key', async () => {
  const started = startUndoable();
  const { creation, log, forgetKeys } = started;
  await takeBackOne(started, 'a', 0, 3);
  expect(log.slice(-2)).toEqual(['undo a 1', 'left a: PosternError: The service could not be reached.']);
  forgetKeys();
  log.length = 0;
  creation.retryUndo();
  await creation.undone(10_000);
  expect(log).toEqual(['undo a 1', 'settled']);
});

test.each(['a day later', 'by another administrator'])(
  'what is not known to be there is not asked for %s: that would make it, and remove that one',
  async (when) => {
    const started = startUndoable();
    const { creation, log, forgetKeys, signInAs, takenBack } = started;
    await takeBackOne(started, 'a', 3, 0);
    if (when === 'a day later') forgetKeys();
    else signInAs('another');
    log.length = 0;
    creation.retryUndo();
    await creation.undone(10_000);
    expect(log.filter((line) => !line.startsWith('left'))).toEqual([]);
    expect(String(takenBack()[0]?.error)).toMatch(/can’t be found out any more/);
    expect(await creation.run({ name: 'a' }, NEVER)).toBe(when === 'a day later' ? 'a 1' : 'a 2');
  },
);

test('who has one tried again while another is being taken back has that done at once', async () => {
  const started = startUndoable([0, 0, 0]);
  const { creation, log, hold, takenBack } = started;
  await takeBackOne(started, 'a', 0, 3);
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'b' }, controller.signal);
  await expect.poll(() => log.at(-1)).toBe('make b 2');
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  log.length = 0;
  creation.retryUndo();
  expect(takenBack()[0]).toMatchObject({ displayName: 'a', isTrying: true });
  await expect.poll(() => log).toEqual(['undo a 1', 'settled']);
  release();
  await creation.undone(10_000);
  expect(log).toEqual(['undo a 1', 'settled', 'undo b 2']);
});

test('of two that were left each is told, and the first is removed first', async () => {
  const started = startUndoable();
  const { creation, log, takenBack } = started;
  await takeBackOne(started, 'a', 0, 3);
  await takeBackOne(started, 'b', 0, 3);
  expect(takenBack().map(({ id, isTold }) => [id, isTold])).toEqual([
    ['a 1', true],
    ['b 2', true],
  ]);
  log.length = 0;
  creation.retryUndo();
  await creation.undone(10_000);
  creation.leave();
  expect(log).toEqual(['undo a 1', 'settled']);
  expect(takenBack()).toEqual([]);
});

test('what an earlier start of the app has left is removed by its id', async () => {
  const { creation, log, takenBack } = startUndoable();
  creation.restore([{ id: 'a 1', displayName: 'a' }]);
  expect(takenBack()).toEqual([{ id: 'a 1', displayName: 'a', isTold: true, error: null, isTrying: false }]);
  log.length = 0;
  creation.retryUndo();
  await creation.undone(10_000);
  expect(log).toEqual(['undo a 1', 'settled']);
});

test('nothing of one service is asked of the next', async () => {
  const started = startUndoable([0, 0, 3_600_000]);
  const { creation, log, hold, loseAnswers, takenBack } = started;
  loseAnswers(3);
  const release = hold();
  const controller = new AbortController();
  const running = creation.run({ name: 'a' }, controller.signal);
  await expect.poll(() => log).toHaveLength(1);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
  release();
  await expect.poll(() => log.at(-1)).toMatch(/^left a:/);
  log.length = 0;
  loseAnswers(0);
  creation.forget();
  await creation.undone(10_000);
  expect(log).toEqual(['settled']);
  expect(takenBack()).toEqual([]);
  expect(await creation.run({ name: 'a' }, NEVER)).toBe('a 2');
});

/** As one start of the app, whose service removes nothing while `isDown`. */
function startList(service: { isDown: boolean; readonly things: Set<string>; readonly held?: Promise<void> }) {
  const settings = new SettingsStore(folder);
  const state = new AppStateStore({ leftBehind: NOTHING_LEFT, language: 'en' } as unknown as AppState);
  const make = (kind: 'application' | 'connector') =>
    new UndoableCreation<string, string>({
      ...SAME,
      make: async (name) => {
        service.things.add(name);
        return name;
      },
      // So that there is a moment to take it back in.
      finish: async (_made, _request, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      undo: async (id) => {
        await service.held;
        if (service.isDown) throw new PosternError('SERVICE_UNREACHABLE');
        service.things.delete(id);
      },
      onTakenBack: (all) => list.show(kind, all),
      undoWaitsMs: [0, 0],
    });
  const creations = { application: make('application'), connector: make('connector') };
  const list = new LeftBehindList({
    state,
    settings,
    log: { warn: () => undefined },
    creations: () => creations,
  });
  list.restore();
  const takeBack = async (kind: 'application' | 'connector', name: string): Promise<void> => {
    const controller = new AbortController();
    const running = creations[kind].run(name, controller.signal);
    await expect.poll(() => service.things.has(name)).toBe(true);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'ACTION_CANCELLED' });
    await list.undone(10_000);
  };
  return { list, settings, takeBack, shown: () => state.current.leftBehind };
}

test('what was left behind is told at the next start of the app as well, until it is gone', async () => {
  const service = { isDown: true, things: new Set<string>() };
  const first = startList(service);
  await first.takeBack('application', 'one');
  await first.takeBack('connector', 'two');
  expect(first.shown()).toMatchObject({
    application: { displayName: 'one', problem: 'The service could not be reached.', isTrying: false },
    connector: { displayName: 'two' },
  });
  const second = startList(service);
  expect(second.shown()).toEqual({
    application: { displayName: 'one', problem: '', isTrying: false },
    connector: { displayName: 'two', problem: '', isTrying: false },
  });
  service.isDown = false;
  second.list.tryAgain('application');
  expect(second.shown().application?.isTrying).toBe(true);
  await second.list.undone(10_000);
  expect(second.shown()).toMatchObject({ application: null, connector: { displayName: 'two' } });
  expect([...service.things]).toEqual(['two']);
  second.list.leave('connector');
  expect(startList(service).shown()).toEqual(NOTHING_LEFT);
});

test('what is being taken back as the app is killed is told at its next start', async () => {
  const held = Promise.withResolvers<void>();
  const service = { isDown: false, things: new Set<string>(), held: held.promise };
  const { takeBack, shown } = startList(service);
  const takingBack = takeBack('application', 'one');
  await expect.poll(() => new SettingsStore(folder).current.takenBack.application).toHaveLength(1);
  expect(shown().application).toBeNull();
  const second = startList(service);
  expect(second.shown().application).toMatchObject({ displayName: 'one' });
  second.list.forget();
  held.resolve();
  await takingBack;
});

test('going to another service forgets what was left at the one before; and no more is kept than the settings may hold', async () => {
  const service = { isDown: true, things: new Set<string>() };
  const { list, settings, takeBack, shown } = startList(service);
  for (let count = 0; count <= MAX_TAKEN_BACK; count += 1) await takeBack('connector', `connector ${count}`);
  const kept = settings.current.takenBack.connector;
  expect(kept).toHaveLength(MAX_TAKEN_BACK);
  expect(kept.at(-1)?.displayName).toBe(`connector ${MAX_TAKEN_BACK}`);
  expect(new SettingsStore(folder).current.takenBack.connector).toEqual(kept);
  list.forget();
  expect(shown()).toEqual(NOTHING_LEFT);
  expect(startList(service).shown()).toEqual(NOTHING_LEFT);
});

test('a disk that keeps nothing does not hold up what is taken back', async () => {
  const service = { isDown: true, things: new Set<string>() };
  const { list, takeBack, shown } = startList(service);
  rmSync(folder, { recursive: true });
  await takeBack('application', 'one');
  expect(shown().application?.problem).toBe('The service could not be reached.');
  service.isDown = false;
  list.tryAgain('application');
  await list.undone(10_000);
  expect(shown().application).toBeNull();
  expect(service.things.size).toBe(0);
});
