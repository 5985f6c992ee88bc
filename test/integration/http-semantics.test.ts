import { once } from 'node:events';
import { createServer, type IncomingMessage, METHODS, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { askHttp2, connectHttp2 } from '../helpers/http2-client.ts';
import { KeepAliveUser } from '../helpers/keep-alive-user.ts';
import { RawTlsClient } from '../helpers/raw-tls-client.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
/** A tunnel is no method of an application, and the edge is no open proxy. */
const EVERY_METHOD = METHODS.filter((method) => method !== 'CONNECT');

let world: Http2World;
let backend: RawBackend;
let url: URL;
let webSocketServer: Server;
let webSockets: WebSocketServer;
let webSocketUrl: string;
const clients: RawTlsClient[] = [];

beforeAll(async () => {
  world = await startHttp2World();
  backend = await startRawBackend();
  url = new URL(await world.publish('semantics', backend.url));
  webSocketServer = createServer();
  webSockets = new WebSocketServer({ noServer: true });
  webSockets.on('headers', (headers) => headers.push('Set-Cookie: up=1; Path=/', 'set-cookie: two=2'));
  webSocketServer.on('upgrade', (request, socket, head) => {
    if (request.url === '/refused') {
      const head403 = 'HTTP/1.1 403 Forbidden\r\nX-Why: policy\r\nSet-Cookie: no=1\r\nContent-Length: 7\r\n\r\n';
      socket.end(`${head403}refused`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (socketOfUser) => {
      socketOfUser.on('message', (data, isBinary) => socketOfUser.send(data as Buffer, { binary: isBinary }));
      socketOfUser.on('close', (code, reason) => closed.push([code, reason.toString()]));
      if (request.url === '/close') socketOfUser.close(4002, 'enough');
    });
  });
  webSocketServer.listen(0, '127.0.0.1');
  await once(webSocketServer, 'listening');
  const internal = `http://127.0.0.1:${(webSocketServer.address() as AddressInfo).port}`;
  webSocketUrl = (await world.publish('sockets', internal)).replace('https', 'wss');
});

const closed: [number, string][] = [];

afterAll(async () => {
  for (const client of clients) client.close();
  for (const socket of webSockets.clients) socket.terminate();
  webSocketServer.close();
  await world?.close();
  await backend?.close();
});

/** Sends octets with `Connection: close` in them and gives all that comes. */
async function exchange(octets: string): Promise<string> {
  const client = await RawTlsClient.connect(Number(url.port), world.ca);
  clients.push(client);
  client.write(octets);
  await expect.poll(() => client.isClosed, PATIENCE).toBe(true);
  return client.received;
}

function request(line: string, lines: readonly string[] = [], rest = ''): string {
  return [`${line} HTTP/1.1`, `Host: ${url.host}`, 'Connection: close', ...lines, '', ''].join('\r\n') + rest;
}

/** What the backend writes at a path, one character an octet. */
function answerWith(path: string, octets: string): void {
  backend.answers[path] = (socket) => socket.write(octets, 'latin1');
}

describe('B50 what a method and a status mean, end to end', () => {
  test('B50 every method passes, those of WebDAV and others, with its body, over HTTP/1.1', async () => {
    const user = await KeepAliveUser.connect(url, world.ca);
    clients.push(user.client);
    const before = backend.requests.length;
    for (const method of EVERY_METHOD)
      expect([method, (await user.ask(method, '/any', null, 'body')).status]).toEqual([method, 200]);
    const seen = backend.requests.slice(before);
    expect(seen.map(({ method }) => method)).toEqual(EVERY_METHOD);
    expect(seen.map(({ body }) => body)).toEqual(EVERY_METHOD.map(() => 'body'));
  });

  test('B50 and over HTTP/2, one that nobody has heard of included', async () => {
    const session = await connectHttp2(url.href, world.ca);
    const methods = [...EVERY_METHOD, 'BREW'];
    const before = backend.requests.length;
    for (const method of methods) {
      const { status } = await askHttp2(session, { ':method': method, ':path': '/any' }, Buffer.from('body'));
      expect([method, status]).toEqual([method, 200]);
    }
    session.destroy();
    expect(backend.requests.slice(before).map(({ method, body }) => [method, body])).toEqual(
      methods.map((method) => [method, 'body']),
    );
  });

  test('B50 a query goes on as browsers send it: a backslash in it was refused', async () => {
    const path = '/query?file=C:\\temp\\b.txt&user=CONTOSO\\alice&c=\'`{|}^[]<>"%zz?/../';
    const user = await KeepAliveUser.connect(url, world.ca);
    clients.push(user.client);
    expect((await user.ask('GET', path)).status).toBe(200);
    const session = await connectHttp2(url.href, world.ca);
    expect((await askHttp2(session, { ':path': path })).status).toBe(200);
    session.destroy();
    expect(backend.requests.slice(-2).map((request) => request.path)).toEqual([path, path]);
  });

  test('B50 HEAD, 204 and 304 have no body, and HEAD keeps its length', async () => {
    answerWith('/head', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "a"\r\n\r\n');
    answerWith('/204', 'HTTP/1.1 204 No Content\r\nETag: "b"\r\n\r\n');
    answerWith('/304', 'HTTP/1.1 304 Not Modified\r\nETag: "c"\r\n\r\n');
    const head = await exchange(request('HEAD /head'));
    expect(head).toMatch(/^HTTP\/1\.1 200 [^]*Content-Length: 1000\r\n[^]*\r\n\r\n$/i);
    expect(await exchange(request('GET /204'))).toMatch(/^HTTP\/1\.1 204 [^]*ETag: "b"[^]*\r\n\r\n$/);
    expect(await exchange(request('GET /304', ['If-None-Match: "c"']))).toMatch(
      /^HTTP\/1\.1 304 [^]*ETag: "c"[^]*\r\n\r\n$/,
    );
  });

  test('B50 100-continue is said when the request is taken, and ends at the service', async () => {
    const client = await RawTlsClient.connect(Number(url.port), world.ca);
    clients.push(client);
    client.write(request('POST /expect', ['Expect: 100-continue', 'Content-Length: 4']));
    await expect.poll(() => client.received, PATIENCE).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.write('body');
    await expect.poll(() => client.isClosed, PATIENCE).toBe(true);
    expect(client.received).toMatch(/\r\n\r\nok$/);
    const seen = backend.requests.findLast(({ path }) => path === '/expect');
    expect([seen?.body, seen?.lines.some((line) => /^expect/i.test(line))]).toEqual(['body', false]);
  });

  test('B50 a 103 comes before its answer, its links translated', async () => {
    const hint = `HTTP/1.1 103 Early Hints\r\nLink: <${backend.url}/a.css>; rel=preload\r\n\r\n`;
    answerWith('/hint', `${hint}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
    expect(await exchange(request('GET /hint'))).toMatch(
      new RegExp(`^HTTP/1\\.1 103 [^]*link: <${url.href}a\\.css>; rel=preload\r\n\r\nHTTP/1\\.1 200 `, 'i'),
    );
  });

  test('B50 ranges pass, whole, in parts and unsatisfiable', async () => {
    const multipart =
      '--x\r\nContent-Range: bytes 0-0/9\r\n\r\na\r\n--x\r\nContent-Range: bytes 8-8/9\r\n\r\ni\r\n--x--\r\n';
    answerWith('/range', 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-3/9\r\nContent-Length: 2\r\n\r\ncd');
    answerWith(
      '/ranges',
      `HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=x\r\nContent-Length: ${multipart.length}\r\n\r\n${multipart}`,
    );
    answerWith(
      '/beyond',
      'HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */9\r\nContent-Length: 0\r\n\r\n',
    );
    const range = await exchange(request('GET /range', ['Range: bytes=2-3', 'If-Range: "a"']));
    expect(range).toMatch(/^HTTP\/1\.1 206 [^]*Content-Range: bytes 2-3\/9[^]*\r\n\r\ncd$/i);
    expect(backend.requests.findLast(({ path }) => path === '/range')?.lines).toEqual(
      expect.arrayContaining(['Range: bytes=2-3', 'If-Range: "a"']),
    );
    expect(await exchange(request('GET /ranges', ['Range: bytes=0-0,8-8']))).toContain(multipart);
    expect(await exchange(request('GET /beyond', ['Range: bytes=99-']))).toMatch(/^HTTP\/1\.1 416 [^]*bytes \*\/9/);
  });

  test('B50 chunks and trailers pass both ways', async () => {
    answerWith(
      '/chunks',
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\n!!!\r\n0\r\nX-Sum: 5\r\nSet-Cookie: a=b\r\n\r\n',
    );
    const chunks = '3\r\nabc\r\n2\r\nde\r\n0\r\nX-Own: 1\r\n\r\n';
    const answer = await exchange(request('POST /chunks', ['Trailer: X-Own', 'Transfer-Encoding: chunked'], chunks));
    expect(answer).toMatch(/Trailer: X-Sum[^]*\r\n\r\n(?:[\da-f]+\r\n[ok!]+\r\n)+0\r\nX-Sum: 5\r\n\r\n$/i);
    const seen = backend.requests.findLast(({ path }) => path === '/chunks');
    expect([seen?.body, seen?.trailers]).toEqual(['abcde', ['X-Own: 1']]);
  });

  test('B50 a user of HTTP/1.0 gets what that knows', async () => {
    answerWith('/old', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n');
    const answer = await exchange(`GET /old HTTP/1.0\r\nHost: ${url.host}\r\n\r\n`);
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(answer).toMatch(/\r\n\r\nok$/);
  });
});

describe('B53 WebSocket, end to end', () => {
  const open = (path: string): WebSocket =>
    new WebSocket(`${webSocketUrl}${path}`, { ca: world.ca, lookup: loopbackLookup });

  test('B53 the 101 keeps its cookies, messages and pings pass both ways, and so does the close code', async () => {
    const socket = open('echo');
    const upgraded = once(socket, 'upgrade');
    const opened = once(socket, 'open');
    const [{ headers }] = (await upgraded) as [{ headers: Record<string, string | string[]> }];
    expect(headers['set-cookie']).toEqual(['up=1; Path=/', 'two=2']);
    await opened;
    const pong = once(socket, 'pong');
    socket.ping('are you there');
    expect(String((await pong)[0])).toBe('are you there');
    const [served] = webSockets.clients;
    const ping = once(socket, 'ping');
    served?.ping('and you');
    expect(String((await ping)[0])).toBe('and you');
    const echo = once(socket, 'message');
    socket.send(Buffer.alloc(200_000, 7));
    expect(((await echo)[0] as Buffer).length).toBe(200_000);
    socket.close(4001, 'done');
    await once(socket, 'close');
    await expect.poll(() => closed, PATIENCE).toContainEqual([4001, 'done']);
  });

  test('B53 the code with which the backend closes reaches the user', async () => {
    const [code, reason] = (await once(open('close'), 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4002, 'enough']);
  });

  test("B53 a refused upgrade gives the backend's own status, headers and body", async () => {
    const socket = open('refused');
    socket.on('error', () => undefined);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([answer.statusCode, answer.headers['x-why'], answer.headers['set-cookie']]).toEqual([
      403,
      'policy',
      ['no=1'],
    ]);
    expect(String(await answer.setEncoding('utf8').toArray())).toBe('refused');
    socket.terminate();
  });
});
