import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WEB_SOCKET_PATH } from '../origin.ts';
import { connectTo } from '../connect-to.ts';
import type { Target } from '../peer.ts';

/** How many open at once: more would overrun some peer's backlog. */
const OPENING_AT_ONCE = 64;
const OPEN_WITHIN_MS = 20_000;
/**
 * Opens WebSockets that say nothing.
 * @param restMs before each weighing, for what opening them left behind to be collected
 * @returns what one of them adds to what is weighed
 */
export async function measureWebSockets<Weight extends string>(
  target: Target,
  { count, restMs }: { readonly count: number; readonly restMs: number },
  weigh: () => Promise<Readonly<Record<Weight, number>>>,
): Promise<[Weight, number][]> {
  await sleep(restMs);
  const before = await weigh();
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
    await sleep(restMs);
    const after = await weigh();
    return (Object.keys(after) as Weight[]).map((weight) => [weight, (after[weight] - before[weight]) / count]);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function open(target: Target): { readonly promise: Promise<void>; readonly socket: Socket } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { headers, caFile } = target;
  const socket = connectTo(target);
  const origin = `${caFile === undefined ? 'http' : 'https'}://${headers['Host'] ?? ''}`;
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
