import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { expect, test } from 'vitest';
import { type Handlers, serveCalls } from '../../src-main/ipc/serve.ts';
import { callChannel } from '../../src-shared/ipc/channels.ts';
import { CALLS, type CallName, type Envelope } from '../../src-shared/ipc/contract.ts';

const ORIGIN = 'app://ui';
const NAMES = Object.keys(CALLS) as CallName[];

/** Electron's side of the channels, and whoever calls by them. */
function serve() {
  const listeners = new Map<string, (event: IpcMainInvokeEvent, argument: unknown) => Promise<Envelope<unknown>>>();
  const mainFrame = { origin: ORIGIN };
  const contents = { mainFrame } as unknown as WebContents;
  const called: string[] = [];
  let trusted: WebContents | null = contents;
  serveCalls({
    ipcMain: { handle: (channel: string, listener: never) => listeners.set(channel, listener) } as unknown as IpcMain,
    trustedContents: () => trusted,
    trustedOrigin: ORIGIN,
    language: () => 'en',
    onUnexpected: () => undefined,
    handlers: Object.fromEntries(NAMES.map((name) => [name, () => void called.push(name)])) as unknown as Handlers,
  });
  const ask = async (sender: unknown, senderFrame: unknown): Promise<Set<string | undefined>> => {
    const codes = NAMES.map(async (name) => {
      const answer = await listeners.get(callChannel(name))?.({ sender, senderFrame } as IpcMainInvokeEvent, {});
      return answer?.ok === false ? answer.error.code : undefined;
    });
    return new Set(await Promise.all(codes));
  };
  return { ask, called, contents, mainFrame, listeners, closeWindow: () => (trusted = null) };
}

test('every channel of the contract is served, and no other', () => {
  const { listeners } = serve();
  expect([...listeners.keys()].toSorted()).toEqual(NAMES.map(callChannel).toSorted());
});

test('no channel answers another frame, another window, another origin, a frame that is gone, or anybody once the window is', async () => {
  const { ask, called, contents, mainFrame, closeWindow } = serve();
  const refused = new Set(['API_FORBIDDEN']);
  expect(await ask(contents, { origin: ORIGIN })).toEqual(refused);
  expect(await ask({ mainFrame }, mainFrame)).toEqual(refused);
  expect(await ask(contents, null)).toEqual(refused);
  mainFrame.origin = 'https://example.com';
  expect(await ask(contents, mainFrame)).toEqual(refused);
  mainFrame.origin = ORIGIN;
  expect(await ask(contents, mainFrame)).not.toContain('API_FORBIDDEN');
  called.length = 0;
  closeWindow();
  expect(await ask(contents, mainFrame)).toEqual(refused);
  expect(called).toEqual([]);
});
