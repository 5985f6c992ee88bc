import { once } from 'node:events';
import WebSocket from 'ws';

/** What is kept: objects, and the memory of buffers outside of V8's heap. */
interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

/**
 * What a process of Node keeps, asked by its inspector, which collects the garbage first.
 * @returns a function that says it, octets; `close` ends the asking
 */
export async function watchHeap(inspectorUrl: string): Promise<{ keptBytes(): Promise<number>; close(): void }> {
  const socket = new WebSocket(inspectorUrl, { perMessageDeflate: false });
  await once(socket, 'open');
  let lastId = 0;
  const ask = async (method: string): Promise<unknown> => {
    const id = (lastId += 1);
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const answer = JSON.parse(data.toString()) as { id?: number; result?: unknown; error?: { message: string } };
      if (answer.id !== id) continue;
      if (answer.error !== undefined) throw new Error(answer.error.message);
      return answer.result;
    }
  };
  return {
    async keptBytes() {
      await ask('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize } = (await ask('Runtime.getHeapUsage')) as HeapUsage;
      return usedSize + backingStorageSize;
    },
    close: () => socket.terminate(),
  };
}
