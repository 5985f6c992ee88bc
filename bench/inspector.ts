import { once } from 'node:events';
import WebSocket from 'ws';

/** Speaks to a process of Node, or to the main process of Electron, by the inspector that it was started with. */
export interface Inspector {
  /** Fails where the process says no, and after a minute without an answer. */
  ask(method: string, parameters?: object): Promise<unknown>;
  close(): void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A collection of a large heap takes seconds; a process that is gone never answers. */
const MAX_WAIT_MS = 60_000;

export async function connectInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open', { signal: AbortSignal.timeout(MAX_WAIT_MS) });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  socket.on('message', (data: Buffer) => {
    const { id, result, error } = JSON.parse(data.toString()) as Answer;
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error.message));
  });
  let lastId = 0;
  return {
    async ask(method, parameters = {}) {
      const id = (lastId += 1);
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      const timer = setTimeout(() => answer.reject(new Error(`No answer to ${method}.`)), MAX_WAIT_MS);
      try {
        socket.send(JSON.stringify({ id, method, params: parameters }));
        return await answer.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    close: () => socket.terminate(),
  };
}
