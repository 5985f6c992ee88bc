import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { type TLSSocket, connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { sendAnswer } from '../../src-service/edge/answer.ts';
import { type EdgeListenerOptions, makeEdgeListener } from '../../src-service/edge/edge-listener.ts';
import { DEFAULT_RELAY_TIMES, RELAY_LIMITS } from '../../src-service/relay/relay-limits.ts';
import type { RelayHost } from '../../src-service/relay/relay-types.ts';
import { TunnelEndpoint } from '../../src-service/relay/tunnel-endpoint.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import { FRAME_TYPES, TUNNEL_PATH, TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { makeFrame } from '../helpers/make-frame.ts';
import { startRelayHarness } from '../helpers/relay-harness.ts';

const STRANGER = '127.0.0.2';
const HONEST = '127.0.0.1';
const MAX_UNUSED = 8;
const MAX_CONNECTIONS = 100;
const UPGRADE = [
  `GET ${TUNNEL_PATH} HTTP/1.1`,
  'Host: tunnel',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
  `Sec-WebSocket-Protocol: ${TUNNEL_SUBPROTOCOL}`,
  '\r\n',
].join('\r\n');

const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

async function dial(port: number, localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  socket.on('error', () => undefined);
  stack.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Opens a WebSocket for a tunnel and says no more. */
async function openSilentTunnel(port: number, localAddress: string): Promise<Socket> {
  const socket = await dial(port, localAddress);
  socket.write(UPGRADE);
  await once(socket, 'data');
  return socket;
}

test('strangers who open tunnels and say nothing do not keep a connector out', async () => {
  const harness = await startRelayHarness('http://127.0.0.1:9');
  stack.push(() => harness.close());
  const port = Number(new URL(harness.url).port);
  const slow = await openSilentTunnel(port, HONEST);
  slow.resume();
  const strangers: Socket[] = [];
  for (let opened = 0; opened < RELAY_LIMITS.maxSilentTunnels + 8; opened += 1) {
    strangers.push((await openSilentTunnel(port, STRANGER)).resume());
  }
  const engine = await harness.startConnector();
  expect(engine.state.health).toBe('ok');
  const left = strangers.filter(({ destroyed }) => !destroyed).length;
  expect(left).toBeLessThan(RELAY_LIMITS.maxSilentTunnels);
  expect(left).toBeGreaterThan(RELAY_LIMITS.maxSilentTunnels / 2);
  expect(slow.destroyed).toBe(false);
});

/** A HELLO as a connector's WebSocket carries it, masked with zeros. */
function makeHello(): Buffer {
  const hello = {
    proof: 'a',
    features: [],
    settings: { streamWindowBytes: 65_536, tunnelWindowBytes: 65_536 },
    connectorVersion: '0.0.0',
    machineName: 'a',
    tunnelIndex: 0,
    epoch: 1,
  };
  const frame = makeFrame(FRAME_TYPES.HELLO, 0, Buffer.from(JSON.stringify(hello)));
  const header = Buffer.from([0x82, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(frame.length, 2);
  return Buffer.concat([header, frame]);
}

test('connectors that wait and then say who they are all at once are looked at in bounded number', async () => {
  let looking = 0;
  const admit = async (): Promise<never> => {
    looking += 1;
    return new Promise(() => undefined);
  };
  const host = { tunnelAudience: 'a', serviceVersion: '0', admit } as unknown as RelayHost;
  const log = pino({ level: 'silent' });
  // On a busy machine the first ones would be given up before the last ones have come.
  const times = { ...DEFAULT_RELAY_TIMES, helloDeadlineMs: 60_000 };
  const context = { host, log, times, limits: DEFAULT_MUX_LIMITS, random: Math.random };
  const endpoint = new TunnelEndpoint(context, { onAdmitted: () => undefined, onEnded: () => undefined });
  const server = createServer().on('upgrade', (...upgrade) => endpoint.accept(...upgrade));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stack.push(() => {
    endpoint.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  const half = RELAY_LIMITS.maxClaimingTunnels / 2 + 50;
  for (let round = 0; round < 2; round += 1) {
    const silent = [];
    for (let opened = 0; opened < half; opened += 1) silent.push((await openSilentTunnel(port, HONEST)).resume());
    for (const socket of silent) socket.write(makeHello());
    sockets.push(...silent);
    await expect
      .poll(() => looking)
      .toBeGreaterThanOrEqual(Math.min((round + 1) * half, RELAY_LIMITS.maxClaimingTunnels));
  }
  await expect.poll(() => sockets.filter(({ readableEnded }) => readableEnded).length).toBe(100);
  expect(looking).toBe(RELAY_LIMITS.maxClaimingTunnels);
});

/** More than a connection's buffers hold. */
const LARGE = 'x'.repeat(6 * 1_048_576);

interface Flooded {
  readonly port: number;
  readonly ca: string;
}

/** A listener of TLS whose answer to everything is 204. */
async function startListener(
  areRequestsOwn: boolean,
  options: Pick<EdgeListenerOptions, 'maxConnections' | 'isProxy'> = {},
): Promise<Flooded> {
  const { cert, key } = await makeCertificate(['localhost'], []);
  const listener = makeEdgeListener({
    listen: { host: '127.0.0.1', port: 0 },
    certificates: {
      fallback: { cert, key },
      onFallbackChange: () => () => undefined,
      contextFor: () => undefined,
      challenges: null,
    },
    log: pino({ level: 'silent' }),
    areRequestsOwn,
    maxUnusedConnections: MAX_UNUSED,
    ...options,
  });
  listener.serve({
    isLeftToNode: (url) => url === '/left',
    handleRequest: (request, response) => {
      const answer = (status: number, body = ''): void => sendAnswer(response, { status, headers: [], body }, false);
      if (request.url === '/upload') request.on('data', () => undefined);
      else if (request.url === '/large') answer(200, LARGE);
      else answer(204);
    },
    handleUpgrade: (_request, socket) => socket.destroy(),
    handleMalformed: (socket) => socket.destroy(),
  });
  const { port } = await listener.listen();
  stack.push(() => listener.close({ graceMs: 0 }));
  return { port, ca: cert };
}

async function dialTls({ port, ca }: Flooded, localAddress: string, protocol = 'http/1.1'): Promise<TLSSocket> {
  const plain = await dial(port, localAddress);
  const socket = connectTls({ socket: plain, servername: 'localhost', ca, ALPNProtocols: [protocol] });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

async function ask(socket: TLSSocket, path = '/'): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString('latin1').slice(9, 12);
}

/** What strangers do, and how. */
const FLOODS: readonly (readonly [string, (flooded: Flooded) => Promise<Socket>])[] = [
  ['say nothing', async ({ port }) => dial(port, STRANGER)],
  ['make TLS and ask nothing', async (flooded) => dialTls(flooded, STRANGER)],
  [
    'ask for half a thing',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      socket.write('GET / HT');
      return socket;
    },
  ],
];

test.each(FLOODS.flatMap(([what, open]) => [true, false].map((areRequestsOwn) => ({ what, open, areRequestsOwn }))))(
  'connections of strangers who $what go for those of others (our own HTTP/1.1: $areRequestsOwn)',
  async ({ open, areRequestsOwn }) => {
    const flooded = await startListener(areRequestsOwn);
    const user = await dialTls(flooded, HONEST);
    expect(await ask(user)).toBe('204');
    const session = connectHttp2('https://localhost', {
      createConnection: () =>
        connectTls({
          host: '127.0.0.1',
          port: flooded.port,
          servername: 'localhost',
          ca: flooded.ca,
          ALPNProtocols: ['h2'],
        }),
    });
    stack.push(() => session.destroy());
    const askHttp2 = async (): Promise<unknown> => {
      const [headers] = (await once(session.request({ ':path': '/' }), 'response')) as [Record<string, unknown>];
      return headers[':status'];
    };
    expect(await askHttp2()).toBe(204);
    const early = await dialTls(flooded, HONEST);

    const strangers: Socket[] = [];
    for (let opened = 0; opened < 3 * MAX_UNUSED; opened += 1) strangers.push((await open(flooded)).resume());
    await expect.poll(() => strangers.filter(({ destroyed }) => !destroyed).length).toBe(MAX_UNUSED - 1);

    expect([await ask(user), await askHttp2(), await ask(early)]).toEqual(['204', 204, '204']);
    expect(await ask(await dialTls(flooded, HONEST))).toBe('204');
  },
);

/** Asks one thing over HTTP/2 on a connection of its own. @returns its end */
async function askHttp2Once(flooded: Flooded, localAddress: string): Promise<Socket> {
  const socket = await dialTls(flooded, localAddress, 'h2');
  const session = connectHttp2('https://localhost', { createConnection: () => socket });
  session.on('error', () => undefined);
  stack.push(() => session.destroy());
  await once(session.request({ ':path': '/' }), 'response');
  return socket;
}

/** Asks one more thing over HTTP/2, whose answer fits in no window of the client, or whose body never comes. */
async function keepHttp2Waiting(flooded: Flooded, request: OutgoingHttpHeaders, endStream: boolean): Promise<Socket> {
  const socket = await dialTls(flooded, STRANGER, 'h2');
  const settings = { initialWindowSize: 0 };
  const session = connectHttp2('https://localhost', { createConnection: () => socket, settings });
  session.on('error', () => undefined);
  stack.push(() => session.destroy());
  const stream = session.request(request, { endStream });
  stream.on('error', () => undefined);
  if (endStream) await once(stream, 'response');
  else {
    stream.write('beginning');
    await once(session, 'localSettings');
  }
  return socket;
}

/** What strangers do once, before they rest. */
const RESTS: readonly (readonly [string, (flooded: Flooded) => Promise<Socket>])[] = [
  [
    'HTTP/1.1',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      await ask(socket);
      return socket;
    },
  ],
  [
    'HTTP/1.1, with the beginning of a second request',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      await ask(socket);
      socket.write('GET / HT');
      return socket;
    },
  ],
  [
    'HTTP/1.1 as node:http reads it',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      await ask(socket, '/left');
      return socket;
    },
  ],
  ['HTTP/2', async (flooded) => askHttp2Once(flooded, STRANGER)],
  [
    'HTTP/1.1, with a body that does not come',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      socket.write('POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nbegin');
      return socket;
    },
  ],
  [
    'HTTP/1.1 as node:http reads it, with chunks that do not come',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      socket.write('POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n');
      return socket;
    },
  ],
  [
    'HTTP/1.1, with answers that are not taken',
    async (flooded) => {
      const socket = await dialTls(flooded, STRANGER);
      socket.pause().write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return socket;
    },
  ],
  [
    'HTTP/2, with a body that does not come',
    async (flooded) => keepHttp2Waiting(flooded, { ':method': 'POST', ':path': '/upload' }, false),
  ],
  [
    'HTTP/2, with an answer that is not taken',
    async (flooded) => keepHttp2Waiting(flooded, { ':path': '/large' }, true),
  ],
];

test.each(RESTS)('a listener full of strangers who asked once, by %s, lets users in', async (_, rest) => {
  const flooded = await startListener(true, { maxConnections: MAX_CONNECTIONS });
  const users = [await dialTls(flooded, HONEST), await dialTls(flooded, HONEST)] as const;
  for (const user of users) expect(await ask(user)).toBe('204');
  const strangers: Socket[] = [];
  for (let opened = 0; opened < 1.5 * MAX_CONNECTIONS; opened += 1) {
    const socket = await rest(flooded);
    strangers.push(socket.isPaused() ? socket : socket.resume());
  }
  expect(await ask(await dialTls(flooded, HONEST))).toBe('204');
  for (const user of users) expect(await ask(user)).toBe('204');
  expect(strangers.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(MAX_CONNECTIONS / 2);
});

test('connections of a trusted proxy that rest go only where there are no others', async () => {
  const isProxy = (address: string): boolean => address === HONEST;
  const flooded = await startListener(true, { maxConnections: MAX_CONNECTIONS, isProxy });
  const open = async (localAddress: string, count: number): Promise<readonly Socket[]> => {
    const sockets: Socket[] = [];
    for (let opened = 0; opened < count; opened += 1) {
      const socket = await dialTls(flooded, localAddress);
      expect(await ask(socket)).toBe('204');
      sockets.push(socket.resume());
    }
    return sockets;
  };
  const left = (sockets: readonly Socket[]): number => sockets.filter(({ destroyed }) => !destroyed).length;
  const early = await open(HONEST, 60);
  const strangers = await open(STRANGER, 100);
  expect([left(early), left(strangers) < 40]).toEqual([60, true]);
  await open(HONEST, 150);
  expect([left(early), left(strangers)]).toEqual([0, 0]);
});

test('whoever came and went leaves room', async () => {
  const flooded = await startListener(true);
  const early = await dial(flooded.port, HONEST);
  for (let round = 0; round < 3 * MAX_UNUSED; round += 1) {
    const socket = await (round % 2 === 0 ? dialTls(flooded, HONEST) : dial(flooded.port, HONEST));
    socket.destroy();
    await once(socket, 'close');
  }
  expect(early.destroyed).toBe(false);
  const secure = connectTls({ socket: early, servername: 'localhost', ca: flooded.ca });
  await once(secure, 'secureConnect');
  expect(await ask(secure)).toBe('204');
});
