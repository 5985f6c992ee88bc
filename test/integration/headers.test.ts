import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawTlsClient } from '../helpers/raw-tls-client.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type RawBackend, type RawRequest, startRawBackend } from '../helpers/start-raw-backend.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };

let world: Http2World;
let backend: RawBackend;
const clients: RawTlsClient[] = [];
/** The application with its Host translated, one without, and one in a folder on both sides. */
let translated: URL;
let plain: URL;
let folder: URL;

beforeAll(async () => {
  world = await startHttp2World();
  backend = await startRawBackend();
  translated = new URL(await world.publish('headers', backend.url));
  plain = new URL(await world.publish('plain', backend.url, { isTranslateHostHeaderEnabled: false }));
  const externalUrl = `${translated.origin.replace('headers', 'folder')}/out/`;
  await world.publish('folder', `${backend.url}/in`, { externalUrl });
  folder = new URL(externalUrl);
});

afterAll(async () => {
  for (const client of clients) client.close();
  await world?.close();
  await backend?.close();
});

interface Exchange {
  readonly seen: RawRequest | undefined;
  readonly status: number;
  /** `name: value` lines of the answer. */
  readonly lines: readonly string[];
}

/** Sends a request whose header lines are these, in this order. */
async function send(application: URL, requestLine: string, lines: readonly string[] = []): Promise<Exchange> {
  const client = await RawTlsClient.connect(Number(application.port), world.ca);
  clients.push(client);
  const before = backend.requests.length;
  client.write(
    [`${requestLine} HTTP/1.1`, `Host: ${application.host}`, 'Connection: close', ...lines, '', ''].join('\r\n'),
  );
  await expect.poll(() => client.isClosed, PATIENCE).toBe(true);
  const [statusLine = '', ...answer] = (client.received.split('\r\n\r\n').at(0) ?? '').split('\r\n');
  return { seen: backend.requests[before], status: Number(statusLine.split(' ')[1]), lines: answer };
}

/** What the backend answers `path` with. */
function answerWith(path: string, lines: readonly string[]): void {
  const head = ['HTTP/1.1 200 OK', 'Content-Length: 2', ...lines].join('\r\n');
  backend.answers[path] = (socket) => socket.write(`${head}\r\n\r\nok`, 'latin1');
}

function valuesOf(lines: readonly string[] = [], name: string): string[] {
  return lines
    .filter((line) => line.toLowerCase().startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trim());
}

test('B24 B25 Host is the internal one with its port, or the external one with its port', async () => {
  expect(valuesOf((await send(translated, 'GET /')).seen?.lines, 'host')).toEqual([new URL(backend.url).host]);
  expect(valuesOf((await send(plain, 'GET /')).seen?.lines, 'host')).toEqual([plain.host]);
});

test('B26 addresses that point into what is published become external, all others stay', async () => {
  const internal = backend.url;
  answerWith('/in/links', [
    `Location: ${internal}/in/a?b=${internal}/in/#c`,
    `Content-Location: ${internal}/in/`,
    `Refresh: 5; url="${internal}/in/d"`,
    `Link: <${internal}/in/e>; rel=preload; title="<${internal}/in/>", </in/f>; rel=next`,
    'Link: <https://elsewhere.example/g>; rel="x y"',
    `X-Own: ${internal}/in/`,
  ]);
  const { lines } = await send(folder, 'GET /out/links');
  expect(lines).toEqual(
    expect.arrayContaining([
      `Location: ${folder.href}a?b=${internal}/in/#c`,
      `Content-Location: ${folder.href}`,
      `Refresh: 5; url="${folder.href}d"`,
      `Link: <${folder.href}e>; rel=preload; title="<${internal}/in/>", </in/f>; rel=next`,
      'Link: <https://elsewhere.example/g>; rel="x y"',
      `X-Own: ${internal}/in/`,
    ]),
  );
});

test('B27 cookies keep every byte but Domain and Path, however odd they are', async () => {
  const kept = [
    'a=1; SameSite=lAx; Secure;HttpOnly ; Partitioned; Priority=High; Max-Age=5',
    '',
    ';',
    '=',
    'b="x;y"; Path=/;;',
    '\xe9=\xff',
  ];
  answerWith(
    '/in/cookies',
    [...kept, 'c=3; Path=/in/deep; Domain=127.0.0.1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'].map(
      (each) => `Set-Cookie: ${each}`,
    ),
  );
  const { lines } = await send(folder, 'GET /out/cookies');
  expect(valuesOf(lines, 'set-cookie')).toEqual([
    ...kept,
    `c=3; Path=/out/deep; Domain=${folder.hostname}; Expires=Wed, 21 Oct 2026 07:28:00 GMT`,
  ]);
});

test('B28 the backend hears who asks and where, and nothing of what the client claims', async () => {
  const { seen } = await send(translated, 'GET /', [
    'X-Forwarded-For: 1.1.1.1', 'X-Forwarded-Host: evil', 'X-Forwarded-Proto: http', 'Forwarded: for=1.1.1.1', 'X_Forwarded_For: 1.1.1.1',
  ]); // prettier-ignore
  expect(valuesOf(seen?.lines, 'x-forwarded-for')).toEqual(['127.0.0.1']);
  expect(valuesOf(seen?.lines, 'x-forwarded-host')).toEqual([translated.host]);
  expect(valuesOf(seen?.lines, 'x-forwarded-proto')).toEqual(['https']);
  expect(valuesOf(seen?.lines, 'forwarded')).toEqual([`for=127.0.0.1;host="${translated.host}";proto=https`]);
  expect(seen?.lines.join()).not.toMatch(/1\.1\.1\.1|evil/);
});

test('B29 hop-by-hop headers never cross, and repeated ones keep order and number, both ways', async () => {
  const own = ['X-A: 1', 'x-b: 2', 'X-a: 3', 'X-A: ', 'Accept: a', 'Accept: b'];
  const hopByHop = [
    'Keep-Alive: timeout=5',
    'TE: trailers',
    'Proxy-Connection: x',
    'Proxy-Authorization: y',
    'Connection: X-Hop',
    'X-Hop: z',
  ];
  answerWith('/hops', [
    'X-A: 1',
    'x-b: 2',
    'Keep-Alive: timeout=50',
    'X-a: 3',
    'Proxy-Authenticate: y',
    'Connection: keep-alive, X-Hop',
    'X-Hop: z',
    'X-A:',
    'Vary: a',
    'Vary: b',
    'Alt-Svc: h3=":443"',
  ]);
  const { seen, lines } = await send(translated, 'GET /hops', [...own, ...hopByHop]);
  const isOwn = (line: string): boolean => /^(?:x-[abh]|accept|vary)/i.test(line);
  const spaced = (line: string): string => line.replace(/:$/, ': ');
  expect(seen?.lines.filter(isOwn).map(spaced)).toEqual(own);
  expect(lines.filter(isOwn).map(spaced)).toEqual(['X-A: 1', 'x-b: 2', 'X-a: 3', 'X-A: ', 'Vary: a', 'Vary: b']);
  for (const name of ['keep-alive', 'te', 'proxy-connection', 'proxy-authorization'])
    expect(valuesOf(seen?.lines, name)).toEqual([]);
  for (const name of ['proxy-authenticate', 'alt-svc']) expect(valuesOf(lines, name)).toEqual([]);
});

test('B30 names under which a backend learns who somebody is are never those of the client', async () => {
  const claims = [
    'X-Postern-User',
    'x_postern_user',
    'X.POSTERN.USER',
    'X-Postern-Jwt-Assertion',
    'X-Forwarded-User',
    'X_Forwarded-Email',
  ];
  const { seen } = await send(translated, 'GET /', [...claims.map((name) => `${name}: admin`), 'X-Mine: yes']);
  expect(seen?.lines.join()).not.toContain('admin');
  expect(seen?.lines).toContain('X-Mine: yes');
});

test('B33 one activity id goes both ways, whoever else names one, and a trace is continued', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  answerWith('/id', ['X-Postern-Activity-Id: forged']);
  const sent = ['X-Postern-Activity-Id: forged', `traceparent: ${traceparent}`, 'tracestate: a=1'];
  const { seen, lines } = await send(translated, 'GET /id', sent);
  const ids = valuesOf(lines, 'x-postern-activity-id');
  expect(ids).toEqual([expect.stringMatching(/^[\da-f]{8}-[\da-f-]{27}$/)]);
  expect(valuesOf(seen?.lines, 'x-postern-activity-id')).toEqual(ids);
  expect([valuesOf(seen?.lines, 'traceparent'), valuesOf(seen?.lines, 'tracestate')]).toEqual([[traceparent], ['a=1']]);
  const begun = valuesOf((await send(translated, 'GET /id')).seen?.lines, 'traceparent');
  expect(begun).toEqual([expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/)]);
});

test('B50 COPY and MOVE name the place as the backend knows it', async () => {
  for (const [destination, expected] of [
    [`${folder.href}new%20name`, `${backend.url}/in/new%20name`],
    ['/out/new', '/in/new'],
  ]) {
    const { seen } = await send(folder, 'MOVE /out/old', [
      `Destination: ${destination}`,
      `If: <${folder.href}old> (<urn:x>)`,
    ]);
    expect(valuesOf(seen?.lines, 'destination')).toEqual([expected]);
    expect(valuesOf(seen?.lines, 'if')).toEqual([`<${backend.url}/in/old> (<urn:x>)`]);
  }
});

test('B3 nothing is copied or moved out of its application', async () => {
  const before = backend.requests.length;
  for (const destination of [
    '/elsewhere',
    '/out/../elsewhere',
    '/out/%2e%2e/elsewhere',
    '//127.0.0.1/in/x',
    `${backend.url}/in/x`,
    translated.href,
    'x',
    '',
    `${folder.origin}/elsewhere`,
    `${folder.href}a\\..\\b`,
  ]) {
    // prettier-ignore
    expect((await send(folder, 'COPY /out/a', [`Destination: ${destination}`])).status).toBe(400);
  }
  expect((await send(folder, 'COPY /out/a', ['Destination: /out/b', 'Destination: /out/c'])).status).toBe(400);
  expect(backend.requests).toHaveLength(before);
});
