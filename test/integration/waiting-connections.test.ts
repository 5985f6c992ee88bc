import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { UserConnections } from '../../src-service/edge/http1/user-connections.ts';
import { EDGE_LIMITS } from '../../src-service/edge/limits.ts';
import { echoRequest, refuseRequest } from '../helpers/echo-request.ts';

/** How long users' connections over HTTP/1.1 wait for a head, for the next request, for a body that nobody reads. */

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const GET = 'GET /a?b=c HTTP/1.1\r\nHost: a\r\nCookie: one=1\r\nX-Empty:\r\nX-Odd:  \t two words\t \r\n\r\n';
const LOOKS_FOR_HEAD = EDGE_LIMITS.headersTimeoutMs / EDGE_LIMITS.connectionsCheckMs;
const LOOKS_FOR_NEXT = EDGE_LIMITS.keepAliveTimeoutMs / EDGE_LIMITS.connectionsCheckMs;
let server: Server;
let connections: UserConnections;
let timedOut: Socket[] = [];
let accepted: Socket[] = [];
const clients: Socket[] = [];

beforeAll(async () => {
  // The test looks, and nobody else.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  connections = new UserConnections({
    areReadsShared: true,
    isLeftToNode: () => false,
    onRequest: (request, response) => {
      if (request.url === '/early') refuseRequest(response);
      else void echoRequest([], request, response);
    },
    onUsed: () => undefined,
    onHeadTimeout: (socket) => {
      timedOut.push(socket);
      socket.destroy();
    },
    leave: (socket) => socket.destroy(),
  });
  server = createServer((socket) => {
    accepted.push(socket);
    connections.accept(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

beforeEach(() => {
  timedOut = [];
  accepted = [];
});

afterAll(() => {
  for (const client of clients) client.destroy();
  connections.destroy();
  server.close();
  vi.useRealTimers();
});

async function openWith(octets: string): Promise<Socket> {
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  client.on('error', () => undefined);
  clients.push(client);
  await once(client, 'connect');
  if (octets !== '') client.write(octets);
  await expect.poll(() => accepted[0]?.bytesRead, PATIENCE).toBe(octets.length);
  return client;
}

function look(times: number): void {
  for (let index = 0; index < times; index += 1) connections.look();
}

test.each([
  ['nothing comes', ''],
  ['a head does not come to its end', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow'],
])('where %s the time for a head ends it', async (_what, octets) => {
  const client = await openWith(octets);
  look(LOOKS_FOR_HEAD);
  expect(timedOut).toEqual([]);
  look(1);
  expect(timedOut).toEqual(accepted);
  await once(client, 'close');
});

test('an octet now and then does not give more time', async () => {
  const client = await openWith('GET / HTTP/1.1\r\nHost: a\r\nX');
  look(LOOKS_FOR_HEAD);
  const { bytesRead } = accepted[0] as Socket;
  client.write('y');
  await expect.poll(() => accepted[0]?.bytesRead, PATIENCE).toBe(bytesRead + 1);
  look(1);
  expect(timedOut).toEqual(accepted);
});

test('behind an answer it is kept for the next request, then ended without a word', async () => {
  const client = await openWith(GET);
  expect(((await once(client, 'data')) as [Buffer])[0].toString()).toContain('Keep-Alive: timeout=65');
  look(LOOKS_FOR_NEXT);
  expect([timedOut, accepted[0]?.destroyed]).toEqual([[], false]);
  client.write(GET);
  await once(client, 'data');
  look(LOOKS_FOR_NEXT);
  expect(accepted[0]?.destroyed).toBe(false);
  look(1);
  expect([timedOut, accepted[0]?.destroyed]).toEqual([[], true]);
  await once(client, 'close');
});

test('a body that nobody reads behind its answer holds it while it comes, and no longer than that', async () => {
  const head = 'POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n';
  const client = await openWith(head);
  await once(client, 'data');
  look(LOOKS_FOR_NEXT);
  client.write('y');
  await expect.poll(() => accepted[0]?.bytesRead, PATIENCE).toBe(head.length + 1);
  look(LOOKS_FOR_NEXT);
  expect(accepted[0]?.destroyed).toBe(false);
  look(1);
  expect([timedOut, accepted[0]?.destroyed]).toEqual([[], true]);
});

test('one whose handshake ends as the service drains is ended', async () => {
  connections.drain();
  const client = await openWith('');
  await once(client, 'close');
  expect(accepted[0]?.destroyed).toBe(true);
});
