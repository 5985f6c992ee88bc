import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { QuitGuard } from '../../src-main/app/shell/quit-guard.ts';

function start(options: { readonly closeParts?: () => Promise<void> } = {}) {
  const events: string[] = [];
  const app = new EventEmitter();
  const questions: ((isSure: boolean) => void)[] = [];
  const quit = (): void => {
    let isPrevented = false;
    app.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    events.push(isPrevented ? 'prevented' : 'quit');
  };
  const guard = new QuitGuard({
    app: { on: app.on.bind(app), quit } as never,
    confirm: async () => new Promise((resolve) => questions.push(resolve)),
    closeParts: options.closeParts ?? (async () => void events.push('closed')),
  });
  return { guard, quit, events, questions };
}

test('who quits is asked once, and the app quits after its parts have ended', async () => {
  const { guard, quit, events, questions } = start();
  quit();
  quit();
  await guard.request();
  expect(questions).toHaveLength(1);
  questions[0]?.(false);
  await expect.poll(() => guard.isQuitting).toBe(false);
  const again = guard.request();
  await expect.poll(() => questions.length).toBe(2);
  questions[1]?.(true);
  await again;
  expect(events).toEqual(['prevented', 'prevented', 'closed', 'quit']);
});

test('the operating system waits for no answer, and a question that stands does no more', async () => {
  const { guard, quit, events, questions } = start();
  quit();
  await guard.quitAtOnce();
  questions[0]?.(false);
  await guard.quitAtOnce();
  expect(guard.isQuitting).toBe(true);
  expect(events).toEqual(['prevented', 'closed', 'quit']);
});

test('an app whose parts do not end well quits all the same', async () => {
  const { guard, events } = start({ closeParts: async () => Promise.reject(new Error('no disk')) });
  await guard.quitAtOnce();
  expect(events).toEqual(['quit']);
});
