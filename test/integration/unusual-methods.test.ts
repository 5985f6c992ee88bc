import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { KeepAliveUser } from '../helpers/keep-alive-user.ts';
import { RawTlsClient } from '../helpers/raw-tls-client.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';
import { userRequestsOfTest } from '../helpers/user-requests.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const GIB = 1_073_741_824;

let world: Http2World;
let backend: RawBackend;
let url: URL;
const clients: RawTlsClient[] = [];

beforeAll(async () => {
  world = await startHttp2World();
  backend = await startRawBackend();
  url = new URL(await world.publish('methods', backend.url));
});

beforeEach((context) => {
  if (userRequestsOfTest() === 'node') context.skip('node:http knows its own list of methods');
});

afterAll(async () => {
  for (const client of clients) client.close();
  await world?.close();
  await backend?.close();
});

test('B50 clients of Configuration Manager, BITS and Exchange were refused for their methods', async () => {
  const user = await KeepAliveUser.connect(url, world.ca);
  clients.push(user.client);
  const before = backend.requests.length;
  const sent = [
    ['CCM_POST', 'an inventory'],
    ['BITS_POST', ''],
    ['BPROPFIND', '<propfind/>'],
    ['X-MS-ENUMATTS', ''],
    ['VERSION-CONTROL', ''],
    ['GET', ''],
  ] as const;
  for (const [method, body] of sent) expect((await user.ask(method, '/any', null, body)).status).toBe(200);
  const seen = backend.requests.slice(before);
  expect(seen.map(({ method, body }) => [method, body])).toEqual(sent);
  // BITS begins an upload with no octets, and IIS wants to hear so.
  expect(seen[1]?.lines).toContain('content-length: 0');
});

test('B50 RPC over HTTP: two channels of 1 GiB that are never filled, each octet on its way at once', async () => {
  backend.answers['/rpc'] = (socket, { method }) => {
    if (method === 'RPC_OUT_DATA') socket.write(`HTTP/1.1 200 Success\r\nContent-Length: ${GIB}\r\n\r\nfirst`);
  };
  const [incoming, outgoing] = [await connect(), await connect()];
  outgoing.write(`RPC_OUT_DATA /rpc HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 4\r\n\r\nopen`);
  await expect.poll(() => outgoing.received, PATIENCE).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nfirst$/);
  incoming.write(`RPC_IN_DATA /rpc HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: ${GIB}\r\n\r\n`);
  for (const word of ['one', 'two', 'three']) {
    incoming.write(word);
    await expect.poll(() => backend.octets.endsWith(word), PATIENCE).toBe(true);
  }
  const open = backend.openConnections;
  incoming.close();
  outgoing.close();
  await expect.poll(() => backend.openConnections, PATIENCE).toBe(open - 2);
});

test('B50 Remote Desktop Gateway: a channel in chunks, and one that switches protocols', async () => {
  const incoming = await connect();
  incoming.write(`RDG_IN_DATA /rdg HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 0\r\n\r\n`);
  await expect.poll(() => incoming.received, PATIENCE).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
  incoming.write(`RDG_IN_DATA /rdg HTTP/1.1\r\nHost: ${url.host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  for (const word of ['one', 'two', 'three']) {
    incoming.write(`${word.length}\r\n${word}\r\n`);
    await expect.poll(() => backend.octets.endsWith(`${word}\r\n`), PATIENCE).toBe(true);
  }
  incoming.write('0\r\n\r\n');
  await expect
    .poll(() => backend.requests.at(-1), PATIENCE)
    .toMatchObject({ method: 'RDG_IN_DATA', body: 'onetwothree' });

  backend.answers['/switch'] = (socket, { method }) => {
    socket.write(`HTTP/1.1 101 ${method}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello`);
  };
  const outgoing = await connect();
  const offer = 'Connection: Upgrade\r\nUpgrade: websocket';
  outgoing.write(`RDG_OUT_DATA /switch HTTP/1.1\r\nHost: ${url.host}\r\n${offer}\r\n\r\n`);
  await expect.poll(() => outgoing.received, PATIENCE).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\nhello$/);
  expect(backend.requests.at(-1)?.method).toBe('RDG_OUT_DATA');
});

test('B50 a method in lower case, of other octets or too long stays refused, and so does CONNECT', async () => {
  for (const method of ['get', 'G(T', 'A'.repeat(25), 'CONNECT']) {
    const client = await connect();
    client.write(`${method} /any HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    await expect.poll(() => client.isClosed, PATIENCE).toBe(true);
    expect(client.received).toMatch(/^(?:HTTP\/1\.1 40[05] |$)/);
  }
});

async function connect(): Promise<RawTlsClient> {
  const client = await RawTlsClient.connect(Number(url.port), world.ca);
  clients.push(client);
  return client;
}
