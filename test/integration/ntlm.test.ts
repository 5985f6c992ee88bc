import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ForwarderClient, makeApplication } from '../helpers/forwarder-client.ts';
import { connectHttp2 } from '../helpers/http2-client.ts';
import { KeepAliveUser } from '../helpers/keep-alive-user.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type NtlmBackend, ntlmMessage, startNtlmBackend } from '../helpers/start-ntlm-backend.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const HTTP_1_1_REQUIRED = 13;
const run = promisify(execFile);

let world: Http2World;
let backend: NtlmBackend;
let url: URL;
const users: KeepAliveUser[] = [];

beforeAll(async () => {
  world = await startHttp2World();
  backend = await startNtlmBackend();
  url = new URL(await world.publish('ntlm', backend.url));
});

afterEach(() => {
  for (const { client } of users.splice(0)) client.close();
});

afterAll(async () => {
  await world?.close();
  await backend?.close();
});

async function connect(): Promise<KeepAliveUser> {
  const user = await KeepAliveUser.connect(url, world.ca);
  users.push(user);
  return user;
}

test('B29 NTLM of the backend: two users at once, each on a connection of their own', async () => {
  const [alice, bob, nobody] = [await connect(), await connect(), await connect()];
  const refused = { status: 401, body: 'who are you?' };
  expect(await Promise.all([alice.signIn('alice'), bob.signIn('bob')])).toEqual([
    [refused, refused, { status: 200, body: 'alice ' }],
    [refused, refused, { status: 200, body: 'bob ' }],
  ]);
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([
      alice.ask('POST', '/save', null, `from alice ${round}`),
      bob.ask('GET', '/'),
      nobody.ask('GET', '/'),
    ]);
    expect(answers).toEqual([
      { status: 200, body: `alice from alice ${round}` },
      { status: 200, body: 'bob ' },
      refused,
    ]);
  }
  const connectionsOf = (name: string): Set<number> =>
    new Set(backend.served.filter(({ user }) => user === name).map(({ request }) => request.connection));
  expect([connectionsOf('alice').size, connectionsOf('bob').size]).toEqual([1, 1]);
  expect(connectionsOf('alice')).not.toEqual(connectionsOf('bob'));
});

test('B29 a HEAD, a GET with a body and a long POST stay on the connection of their user', async () => {
  const alice = await connect();
  expect((await alice.signIn('alice', 'HEAD')).at(-1)?.status).toBe(200);
  expect((await alice.ask('HEAD', '/')).status).toBe(200);
  expect(await alice.ask('GET', '/', null, 'body')).toEqual({ status: 200, body: 'alice body' });
  const body = 'x'.repeat(500_000);
  expect((await alice.ask('POST', '/', null, body)).body).toHaveLength(body.length + 6);
  expect((await alice.ask('DELETE', '/')).status).toBe(200);
});

test("B29 the backend's connection ends when the user's does, and its id opens it to nobody", async () => {
  const alice = await connect();
  await alice.signIn('alice');
  const open = backend.openConnections;
  alice.client.close();
  await expect.poll(() => backend.openConnections, PATIENCE).toBe(open - 1);
  const other = await connect();
  expect((await other.ask('GET', '/')).status).toBe(401);
});

test('B29 another application on the same connection does not see who the user is', async () => {
  const second = new URL(await world.publish('second', backend.url));
  const alice = await connect();
  await alice.signIn('alice');
  alice.client.write(`GET / HTTP/1.1\r\nHost: ${second.host}\r\nConnection: close\r\n\r\n`);
  await expect.poll(() => alice.client.isClosed, PATIENCE).toBe(true);
  expect(alice.client.received).toMatch(/HTTP\/1\.1 401 [^]*who are you\?$/);
});

test('B29 credentials of a connection that no id comes with end the connection that they were sent by', async () => {
  const client = new ForwarderClient([makeApplication({ internalUrl: `${backend.url}/` })]);
  const before = backend.requests.length;
  for (const headers of [[], ['Authorization', ntlmMessage(1)], [], ['authorization', 'negotiate abc'], []]) {
    expect((await client.ask('/', { headers })).head.status).toBe(401);
  }
  const [plain, first, ...rest] = backend.requests.slice(before);
  expect([first?.lines, rest[1]?.lines]).toEqual([
    expect.arrayContaining(['connection: close']),
    expect.arrayContaining(['connection: close']),
  ]);
  expect(rest.map(({ connection }) => connection)).not.toContain(first?.connection);
  expect(rest[2]?.connection).not.toBe(rest[1]?.connection);
  expect(plain?.lines).toContain('connection: keep-alive');
  await client.close();
});

test('B54 a backend that wants HTTP/1.1 of a request that came by HTTP/2 gets it so, and is remembered', async () => {
  const { cert, key } = world.certificate;
  const versions: string[] = [];
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    if (request.httpVersionMajor === 1) response.end('by HTTP/1.1');
    else request.stream.close(HTTP_1_1_REQUIRED);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const internalUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = new ForwarderClient([makeApplication({ internalUrl, isBackendCertificateValidationEnabled: false })]);
  for (const body of [null, 'a form', null]) {
    const method = body === null ? 'GET' : 'POST';
    expect((await client.ask('/', { method }, body)).body.toString()).toBe('by HTTP/1.1');
  }
  expect(versions).toEqual(['2.0', '1.1', '1.1', '1.1']);
  await client.close();
  server.close();
});

test('B54 over HTTP/2 a challenge of NTLM asks the client to come by HTTP/1.1', async () => {
  const session = await connectHttp2(url.href, world.ca);
  const stream = session.request({ ':path': '/' });
  stream.on('error', () => undefined);
  await new Promise((resolve) => stream.on('close', resolve));
  expect(stream.rstCode).toBe(HTTP_1_1_REQUIRED);
  session.destroy();
});

test('B29 B54 curl signs in by NTLM, over HTTP/1.1 and from HTTP/2 down, and sends a POST', async (context) => {
  const version = await run('curl', ['--version']).then(
    ({ stdout }) => stdout,
    () => '',
  );
  if (!/\bNTLM\b/.test(version)) return context.skip('no curl with NTLM here');
  const folder = mkdtempSync(join(tmpdir(), 'postern-ntlm-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, world.ca);
  const curl = async (...options: string[]): Promise<string> => {
    const resolve = `${url.hostname}:${url.port}:127.0.0.1`;
    const { stdout } = await run('curl', ['-sS', '--cacert', ca, '--resolve', resolve, ...options, url.href, url.href]);
    return stdout;
  };
  try {
    expect(await curl('--http1.1', '--ntlm', '-u', 'alice:x')).toBe('alice alice ');
    expect(await curl('--http1.1', '--ntlm', '-u', 'bob:x', '-d', 'a form')).toBe('bob a formbob a form');
    if (/\bHTTP2\b/.test(version)) expect(await curl('--http2', '--anyauth', '-u', 'carol:x')).toBe('carol carol ');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
