import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WEB_SOCKET_PATH } from '../origin.ts';
import type { Target } from '../peer.ts';
import { usageOf } from '../process-tree.ts';

/** How many open at once: more would overrun some peer's backlog. */
const OPENING_AT_ONCE = 64;
const OPEN_WITHIN_MS = 20_000;
/** Time for what opening them left behind to be collected, ms. */
const SETTLE_MS = 1000;

/** Opens WebSockets that say nothing. @returns what one of them costs both ends in resident memory, KiB */
export async function measureWebSockets(target: Target, count: number, pids: readonly number[]): Promise<number> {
  await sleep(SETTLE_MS);
  const before = usageOf(pids);
  const sockets: Socket[] = [];
  try {
    const openShare = async (): Promise<void> => {
      while (sockets.length < count) {
        const { promise, socket } = open(target);
        sockets.push(socket);
        await promise;
      }
    };
    await Promise.all(Array.from({ length: Math.min(OPENING_AT_ONCE, count) }, openShare));
    await sleep(SETTLE_MS);
    return (usageOf(pids).residentKib - before.residentKib) / count;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function open({ port, headers }: Target): { readonly promise: Promise<void>; readonly socket: Socket } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ port, host: '127.0.0.1' });
  const origin = `http://${headers['Host'] ?? ''}`;
  const lines = Object.entries({
    ...headers,
    Origin: origin,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.setTimeout(OPEN_WITHIN_MS, () => reject(new Error('A WebSocket did not open in time.')));
  socket.on('error', reject);
  socket.once('data', (data: Buffer) => {
    socket.setTimeout(0);
    const head = data.toString('latin1');
    if (head.startsWith('HTTP/1.1 101 ')) resolve();
    else reject(new Error(`A WebSocket was refused: ${head.slice(0, 300)}`));
  });
  socket.write(`GET ${WEB_SOCKET_PATH} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return { promise, socket };
}
