import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import WebSocket, { WebSocketServer } from 'ws';
import { DEFAULT_MUX_LIMITS } from '../src-shared/mux/mux-limits.ts';
import type { MuxStream, StreamHandler } from '../src-shared/mux/mux-stream.ts';
import { Mux } from '../src-shared/mux/mux.ts';
import { joinOctets } from '../src-shared/wire/octets.ts';

/**
 * What idle tunnels and idle streams cost: a service's end in this process and a connector's in another, over real WebSockets. A stream
 * is one whose request and response heads have passed, as an idle WebSocket of a user is. Prints KiB at each end; the
 * heap is counted after a collection, with what it holds outside of it.
 */
const TUNNELS = 200;
const STREAMS = 10_000;
const SETTLE_MS = 500;
const HEAD = new Uint8Array([1, 1, 65]);

interface Usage {
  readonly heapKib: number;
  readonly residentKib: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function usage(): Promise<Usage> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapKib: (heapUsed + external) / 1024, residentKib: rss / 1024 };
}

function makeMux(role: 'opener' | 'acceptor', webSocket: WebSocket, onOpen: (stream: MuxStream) => StreamHandler): Mux {
  const mux: Mux = new Mux({
    role,
    transport: {
      headroomBytes: 0,
      get bufferedBytes() {
        return webSocket.bufferedAmount;
      },
      send: (parts, totalBytes) => webSocket.send(joinOctets(parts, totalBytes), () => mux.onTransportDrain()),
      close: () => webSocket.close(),
    },
    limits: DEFAULT_MUX_LIMITS,
    host: {
      onOpen,
      onControl: () => undefined,
      onClose: (code) => {
        if (code !== 'TUNNEL_CLOSED') throw new Error(`The tunnel ended with ${code}.`);
      },
      onInternalError: (error) => {
        throw error;
      },
    },
    now: () => performance.now(),
    defer: setImmediate,
  });
  webSocket.on('message', (data: Buffer) => mux.receive(data));
  webSocket.on('close', () => mux.close('TUNNEL_CLOSED', 'The connection ended.'));
  mux.begin({
    streamWindowBytes: DEFAULT_MUX_LIMITS.streamWindowBytes,
    tunnelWindowBytes: DEFAULT_MUX_LIMITS.tunnelWindowBytes,
  });
  return mux;
}

function idle(onHead: () => void): StreamHandler {
  return {
    onHead,
    onTaken: () => undefined,
    onData: () => undefined,
    onEnd: () => undefined,
    onReset: () => undefined,
    onWritable: () => undefined,
  };
}

/** The connector's end: dials as many tunnels as it is told, and says what it uses when asked. */
function bePeer(port: number): void {
  const kept: Mux[] = [];
  process.on('message', (message: { readonly dial: number }) => {
    for (let index = 0; index < message.dial; index += 1) {
      const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
      const mux = makeMux('acceptor', webSocket, (stream) => {
        stream.taken();
        stream.writeHead(HEAD, { isInformational: false, endStream: false });
        return idle(() => undefined);
      });
      kept.push(mux);
    }
    if (message.dial === 0) void usage().then((measured) => process.send?.(measured));
  });
  process.on('disconnect', () => process.exit());
}

async function measure(): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const muxes: Mux[] = [];
  server.on('connection', (webSocket) =>
    muxes.push(
      makeMux('opener', webSocket, () => {
        throw new Error('A connector opens no streams.');
      }),
    ),
  );
  const peer = fork(fileURLToPath(import.meta.url), [String((server.address() as AddressInfo).port)]);
  const ends = async (): Promise<readonly [Usage, Usage]> => {
    const service = await usage();
    peer.send({ dial: 0 });
    const [connector] = (await once(peer, 'message')) as [Usage];
    return [service, connector];
  };
  const dial = async (count: number): Promise<void> => {
    const target = muxes.length + count;
    peer.send({ dial: count });
    while (muxes.length < target) await once(server, 'connection');
  };
  const open = async (mux: Mux, count: number): Promise<void> => {
    let answered = 0;
    const all = Promise.withResolvers<void>();
    for (let index = 0; index < count; index += 1) {
      mux.open(HEAD, false, () =>
        idle(() => {
          answered += 1;
          if (answered === count) all.resolve();
        }),
      );
    }
    await all.promise;
  };

  await dial(1);
  const [first] = muxes;
  if (first === undefined) throw new Error('No tunnel came up.');
  await open(first, 1);
  const before = await ends();
  await open(first, STREAMS - 1);
  const withStreams = await ends();
  await dial(TUNNELS);
  // A tunnel that stands has always sent something: its PINGs.
  for (const mux of muxes) mux.ping();
  const withTunnels = await ends();
  print(`${STREAMS} idle streams, KiB each`, STREAMS - 1, before, withStreams);
  print(`${TUNNELS} idle tunnels, KiB each`, TUNNELS, withStreams, withTunnels);
  peer.disconnect();
  server.close();
  for (const webSocket of server.clients) webSocket.terminate();
}

function print(what: string, count: number, before: readonly [Usage, Usage], after: readonly [Usage, Usage]): void {
  for (const [index, end] of (['service', 'connector'] as const).entries()) {
    const [from, to] = [before[index], after[index]];
    if (from === undefined || to === undefined) continue;
    const heap = ((to.heapKib - from.heapKib) / count).toFixed(2);
    const resident = ((to.residentKib - from.residentKib) / count).toFixed(2);
    console.log(`${what.padEnd(32)} ${end.padEnd(10)} heap ${heap.padStart(7)}   resident ${resident.padStart(7)}`);
  }
}

if (process.send === undefined) await measure();
else bePeer(Number(process.argv[2]));
