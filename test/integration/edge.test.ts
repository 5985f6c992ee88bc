import { type Socket, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
const APP = 'raw.postern.localhost';

let provider: StartedProvider;
let edge: StartedEdge;

beforeAll(async () => {
  provider = await startProvider();
  edge = await startEdge({ provider });
  const passthru = { publishing: { externalAuthenticationType: 'passthru' as const } };
  await edge.publish(APP, passthru);
  await edge.publish('paths.postern.localhost/a/', passthru);
  await edge.publish('paths.postern.localhost/a/b/');
  await edge.publish('*.wild.postern.localhost', passthru);
  await edge.publish('*.deep.wild.postern.localhost', { publishing: { isOnPremPublishingEnabled: false } });
});

afterAll(async () => {
  await edge?.close();
  await provider?.close();
});

/** Sends octets as they are and reads until the service closes. `Connection: close` is the sender's to add. */
async function exchange(...pieces: (string | Buffer)[]): Promise<string> {
  const socket: Socket = connect(edge.port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  for (const piece of pieces) socket.write(piece, 'latin1');
  return text(socket);
}

function head(target: string, host = APP, method = 'GET', extra = ''): string {
  return `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${extra}\r\n`;
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

async function status(target: string, host?: string): Promise<number> {
  return statusOf(await exchange(head(target, host)));
}

describe('hosts', () => {
  test('a request with no Host, two, or an invalid one is refused', async () => {
    for (const lines of [
      '',
      'Host: a.example\r\nHost: a.example\r\n',
      'Host: a b\r\n',
      'Host:\r\n',
      'Host: a/../b\r\n',
    ]) {
      expect(statusOf(await exchange(`GET / HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`))).toBe(400);
    }
  });

  test('B3 a host on which nothing is published gets our 404 page, escaped', async () => {
    const answer = await exchange(
      head('/<script>alert(1)</script>', 'nothing.postern.localhost', 'GET', 'Accept: text/html\r\n'),
    );
    expect(statusOf(answer)).toBe(404);
    expect(answer).not.toContain('<script>alert');
    expect(answer).toContain('EDGE_NOT_FOUND');
  });

  test('B5 the exact host beats the wildcard, the longer wildcard the shorter', async () => {
    expect(await status('/', 'x.wild.postern.localhost')).toBe(LET_THROUGH);
    expect(await status('/', 'x.deep.wild.postern.localhost')).toBe(503);
    expect(await status('/', 'wild.postern.localhost')).toBe(404);
    await edge.publish('exact.deep.wild.postern.localhost', { publishing: { externalAuthenticationType: 'passthru' } });
    expect(await status('/', 'exact.deep.wild.postern.localhost')).toBe(LET_THROUGH);
    expect(await status('/', 'EXACT.deep.wild.postern.localhost:1')).toBe(LET_THROUGH);
  });
});

describe('targets', () => {
  test('B4 the longest path decides, in whatever spelling it comes', async () => {
    const host = 'paths.postern.localhost';
    expect(await status('/a/x', host)).toBe(LET_THROUGH);
    expect(await status('/a/b/x', host)).toBe(401);
    expect(await status('/%61/%62/x', host)).toBe(401);
    expect(await status('/ab', host)).toBe(404);
    expect(await status('/', host)).toBe(404);
  });

  test('B3 a target that servers read as another application is refused', async () => {
    const host = 'paths.postern.localhost';
    for (const target of ['/a//b/x', '/a%2fb/x', '/a/b;x/y', '/a%5cb/x', '/a/%2562/x', '/a/b%2f']) {
      expect([target, await status(target, host)]).toEqual([target, 400]);
    }
    for (const target of [
      '/a/../b',
      '/a/%2e%2e/c',
      '/a/..%2fc',
      '/a/%252e%252e/c',
      '/a\\..\\c',
      '//a/',
      'http://other/a/',
    ]) {
      expect([target, await status(target, host)]).toEqual([target, 400]);
    }
    expect(await status(`http://${host}/a/x`, host)).toBe(LET_THROUGH);
  });

  test('B2 a path without its last slash is shown the way', async () => {
    const answer = await exchange(head('/a?x=1', 'paths.postern.localhost'));
    expect(statusOf(answer)).toBe(302);
    expect(answer).toMatch(/\r\nLocation: \/a\/\?x=1\r\n/);
  });

  test('our own paths are never forwarded, in whatever spelling they come', async () => {
    for (const target of [
      '/.postern/x',
      '/.postern%2fx',
      '/%2epostern/x',
      '//.postern/x',
      '/.postern//x',
      '/.%70ostern/tunnel',
    ]) {
      expect([400, 404]).toContain(await status(target));
    }
  });
});

describe('the way of a request', () => {
  test('B8 maintenance answers before sign-in, with Retry-After', async () => {
    const answer = await exchange(head('/', 'x.deep.wild.postern.localhost', 'GET', 'Accept: text/html\r\n'));
    expect(statusOf(answer)).toBe(503);
    expect(answer).toMatch(/\r\nRetry-After: \d+\r\n/);
  });

  test('B9 robots.txt is ours on every host', async () => {
    for (const host of [APP, 'localhost']) {
      expect(await exchange(head('/robots.txt', host))).toContain('User-agent: *\nDisallow: /\n');
    }
  });

  test('B19 passthru sets no cookie and asks for nothing', async () => {
    const answer = await exchange(head('/', APP, 'GET', 'Accept: text/html\r\n'));
    expect(statusOf(answer)).toBe(LET_THROUGH);
    expect(answer.toLowerCase()).not.toContain('set-cookie');
  });

  test('B43 B45 no connector: 504 at once, as a page for people and a problem for programs, with one id', async () => {
    const page = await new SignInBrowser().get(`http://${APP}:${edge.port}/x?secret=1`);
    expect(page.status).toBe(504);
    expect(page.body).toContain('Gateway time-out');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    const id = page.headers['x-postern-activity-id'];
    expect(page.body).toContain(`>${String(id)}<`);
    const problem = await new SignInBrowser().get(`http://${APP}:${edge.port}/`, { accept: '*/*' });
    expect(problem.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(problem.body)).toMatchObject({ status: 504, code: 'EDGE_NO_CONNECTOR', hop: 'connector' });
    const line = edge.logLines.find((entry) => entry['msg'] === 'edge.request' && entry['activityId'] === id);
    expect(line).toMatchObject({
      method: 'GET',
      path: '/x',
      status: 504,
      errorCode: 'EDGE_NO_CONNECTOR',
      hop: 'connector',
    });
    expect(JSON.stringify(edge.logLines)).not.toContain('secret=1');
  });

  test('B53 an upgrade passes the same gate', async () => {
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n';
    const ask = (host: string, target = '/'): Promise<string> =>
      exchange(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`);
    expect(statusOf(await ask(APP))).toBe(LET_THROUGH);
    expect(statusOf(await ask('paths.postern.localhost', '/a/b/'))).toBe(401);
    expect(statusOf(await ask('nothing.postern.localhost'))).toBe(404);
    expect(statusOf(await ask(APP, '/.postern/tunnel'))).toBe(404);
    expect(statusOf(await ask('localhost', '/x'))).toBe(404);
  });

  test('an offer of h2c is ignored, not taken for an upgrade', async () => {
    const answer = await exchange(
      `GET / HTTP/1.1\r\nHost: ${APP}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(LET_THROUGH);
  });

  test('the API gets its paths on the own host alone', async () => {
    expect(await exchange(head('/graph/beta/applications', 'localhost'))).toMatch(/^HTTP\/1\.1 200 .*api/s);
    expect(await status('/graph/beta/applications')).toBe(LET_THROUGH);
    expect(await status('/graph/betamax', 'localhost')).toBe(404);
    expect(await exchange(head('/.well-known/postern', '127.0.0.1'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('a large body that nobody wants ends the connection after the answer', async () => {
    const answer = await exchange(
      head('/a/b/', 'paths.postern.localhost', 'POST', 'Content-Length: 99999999\r\n'),
      'x'.repeat(1000),
    );
    expect(statusOf(answer)).toBe(401);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
  });
});

describe('limits', () => {
  test('B32 64 KiB of headers and 200 of them pass, above the limit 431', async () => {
    const headers = (count: number, bytes: number): string =>
      Array.from({ length: count }, (_, index) => `X-H${index}: ${'v'.repeat(bytes)}\r\n`).join('');
    expect(statusOf(await exchange(head('/', APP, 'GET', headers(200, 310))))).toBe(LET_THROUGH);
    const answer = await exchange(head('/', APP, 'GET', headers(200, 600)));
    expect(statusOf(answer)).toBe(431);
    expect(answer).toContain('X-Postern-Activity-Id: ');
  });

  test('what is not HTTP gets 400 and the connection closed', async () => {
    for (const octets of [
      'nonsense\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      `GET / HTTP/1.1\r\nHost: ${APP}\r\nA B: c\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${APP}\r\nX: a\r\n folded\r\n\r\n`,
    ]) {
      expect(statusOf(await exchange(octets))).toBe(400);
    }
  });

  test('a request whose length can be read in two ways is refused, and its rest never served', async () => {
    for (const lines of [
      'Content-Length: 5\r\nContent-Length: 6\r\n',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
      'Content-Length: +5\r\n',
    ]) {
      const answer = await exchange(
        `POST / HTTP/1.1\r\nHost: ${APP}\r\n${lines}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${APP}\r\n\r\n`,
      );
      expect([lines, statusOf(answer)]).toEqual([lines, 400]);
      expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    }
  });
});
