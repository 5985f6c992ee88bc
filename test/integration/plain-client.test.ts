import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as endOfTick } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackendPoolLimits } from '../../src-main/connector/backend-pools.ts';
import { ForwarderClient, makeApplication, type TunnelExchange } from '../helpers/forwarder-client.ts';

let server: Server;
let client: ForwarderClient;
let connections: Socket[];
/** By path: what the backend answers. */
let answers: Record<string, (socket: Socket) => void>;

beforeEach(async () => {
  connections = [];
  answers = {};
  server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (octets: Buffer) => {
      const path = octets.toString('latin1').split(' ')[1] ?? '';
      (answers[path] ?? ok)(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = makeClient();
});

afterEach(async () => {
  await client.close();
  for (const socket of connections) socket.destroy();
  server.close();
});

function makeClient(limits: Partial<BackendPoolLimits> = {}): ForwarderClient {
  const internalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return new ForwarderClient([makeApplication({ internalUrl })], { http1Client: 'plain', ...limits });
}

function ok(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
}

async function bodyOf(path: string): Promise<string> {
  return (await client.ask(path)).body.toString();
}

test('one after the other over one connection, beside each other over as many as are needed', async () => {
  for (let count = 0; count < 5; count += 1) expect(await bodyOf('/')).toBe('ok');
  expect(connections).toHaveLength(1);
  await Promise.all([bodyOf('/a'), bodyOf('/b'), bodyOf('/c')]);
  expect(connections.length).toBeLessThanOrEqual(4);
});

test('a backend whose answers are unusual is asked by undici from then on, without anybody noticing', async () => {
  answers['/odd'] = (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nodd');
  expect(await bodyOf('/')).toBe('ok');
  expect(await bodyOf('/odd')).toBe('odd');
  expect(await bodyOf('/odd')).toBe('odd');
  const upload = await client.ask('/', { method: 'POST' }, 'hello');
  expect(upload.body.toString()).toBe('ok');
});

test('what a backend says unasked ends its connection and is nobody’s answer', async () => {
  expect(await bodyOf('/')).toBe('ok');
  const [first] = connections as [Socket];
  first.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
  await once(first, 'close');
  expect(await bodyOf('/')).toBe('ok');
  expect(connections).toHaveLength(2);
});

test('100 that nobody asked for is passed over, 101 is no answer', async () => {
  answers['/continue'] = (socket) => {
    socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    ok(socket);
  };
  expect(await bodyOf('/continue')).toBe('ok');
  answers['/switch'] = (socket) => socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n\x81\x00');
  await expect(bodyOf('/switch')).rejects.toThrow('BACKEND_RESET');
  expect(await bodyOf('/continue')).toBe('ok');
});

test('a backend that hangs up in the middle of an answer fails it, and the next request is answered', async () => {
  answers['/half'] = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
  answers['/chunk'] = (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf');
  await expect(bodyOf('/half')).rejects.toThrow('BACKEND_RESET');
  await expect(bodyOf('/chunk')).rejects.toThrow('BACKEND_RESET');
  expect(await bodyOf('/')).toBe('ok');
});

test('a backend that hangs up while a body is on its way fails it at once', async () => {
  answers['/half'] = (socket) => socket.end();
  const upload = client.open('/half', { method: 'POST' }, false);
  await upload.write(Buffer.alloc(1000));
  await expect(upload.response()).rejects.toThrow('BACKEND_RESET');
});

test('a body that is long in coming does not end with the rest of the connection that carries it', async () => {
  await client.close();
  client = makeClient({ keepAliveMs: 300 });
  // Answered when its body has come, which names no path.
  answers['/late'] = () => undefined;
  await Promise.all([bodyOf('/a'), bodyOf('/b')]);
  const [first, second] = connections as [Socket, Socket];
  const upload = client.open('/late', { method: 'POST', headers: ['content-length', '5'] }, false);
  // The other one rests no longer than it may; what comes after it neither.
  await Promise.race([once(first, 'close'), once(second, 'close')]);
  expect(await bodyOf('/c')).toBe('ok');
  await once(connections.at(-1) as Socket, 'close');
  await upload.write(Buffer.from('hello'));
  upload.end();
  expect((await upload.response()).body.toString()).toBe('ok');
});

test('bodies that never come held every connection to a backend, and nobody else came through', async () => {
  await client.close();
  client = makeClient({ maxConnections: 3, slowBodyMs: 600 });
  for (const path of ['/upload', '']) answers[path] = () => undefined;
  const ends: string[] = [];
  const open = (name: string): TunnelExchange => {
    const upload = client.open('/upload', { method: 'POST', headers: ['content-length', '10000000'] }, false);
    upload.head.catch((error: unknown) => ends.push(`${name} ${String(error)}`));
    return upload;
  };
  const slow = [open('slow'), open('slow')];
  const steady = open('steady');
  for (const upload of slow) await upload.write(Buffer.from('a'));
  const sending = setInterval(() => void steady.write(Buffer.alloc(1000)), 50);
  await expect.poll(() => connections.length).toBe(3);
  expect(await Promise.all([bodyOf('/a'), bodyOf('/b')])).toEqual(['ok', 'ok']);
  clearInterval(sending);
  expect(ends[0]).toContain('slow Error: BACKEND_BUSY');
  expect(ends.filter((end) => end.startsWith('steady'))).toEqual([]);
  for (const upload of [...slow, steady]) upload.cancel();
});

test('a backend that hangs up on an idle connection costs nobody a request', async () => {
  for (let count = 0; count < 20; count += 1) {
    expect(await bodyOf('/')).toBe('ok');
    connections.at(-1)?.end();
  }
});

test('a backend that says for how long it keeps connections is not asked later than that', async () => {
  answers['/brief'] = (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\nok');
  expect(await bodyOf('/brief')).toBe('ok');
  expect(await bodyOf('/brief')).toBe('ok');
  expect(connections).toHaveLength(2);
});

function usedMib(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1_048_576;
}

test.each(['plain', 'undici'] as const)(
  'B42 a backend that hangs gathers neither requests that were given up nor more than may wait (%s)',
  async (http1Client) => {
    await client.close();
    client = makeClient({ http1Client, maxConnections: 4, maxWaiting: 200 });
    const hung: Socket[] = [];
    answers['/hang'] = (socket) => void hung.push(socket);
    const first = Array.from({ length: 4 }, () => client.open('/hang'));
    await expect.poll(() => hung.length).toBe(4);
    const weight = ['x-weight', 'x'.repeat(20_000)];
    const beforeMib = usedMib();
    for (let round = 0; round < 50; round += 1) {
      const gone = Array.from({ length: 100 }, () => client.open('/', { headers: weight }));
      await endOfTick();
      await endOfTick();
      for (const exchange of gone) exchange.cancel();
      await endOfTick();
    }
    // All 5,000 together would be 100 MiB.
    expect(usedMib() - beforeMib).toBeLessThan(30);

    if (http1Client === 'plain') {
      const waiting = Array.from({ length: 200 }, () => client.open('/'));
      await endOfTick();
      await expect(bodyOf('/')).rejects.toThrow('BACKEND_BUSY');
      waiting.pop()?.cancel();
      const last = bodyOf('/');
      for (const socket of hung) ok(socket);
      for (const exchange of [...first, ...waiting]) expect((await exchange.response()).body.toString()).toBe('ok');
      expect(await last).toBe('ok');
    } else {
      // undici lets nobody leave its line before the end.
      await expect(bodyOf('/')).rejects.toThrow('BACKEND_BUSY');
      for (const socket of hung) ok(socket);
      await Promise.all(first.map((exchange) => exchange.response()));
    }
    expect(await bodyOf('/')).toBe('ok');
  },
);
