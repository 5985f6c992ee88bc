import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ForwarderClient, makeApplication, StreamReset, valuesOf } from '../helpers/forwarder-client.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type Origin, originChunk, startOrigin } from '../helpers/start-origin.ts';

const MEBIBYTE = 1_048_576;

let origin: Origin;
let client: ForwarderClient;

beforeEach(async () => {
  origin = await startOrigin();
  client = new ForwarderClient([makeApplication({ internalUrl: `${origin.url}/` })]);
});

afterEach(async () => {
  await client.close();
  await origin.close();
});

/** The bytes of an origin's answer of this size. */
function expectedHash(bytes: number): string {
  const hash = createHash('sha256');
  const chunk = originChunk(65_536);
  for (let left = bytes; left > 0; left -= chunk.length) hash.update(chunk.subarray(0, Math.min(left, chunk.length)));
  return hash.digest('hex');
}

async function resetOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof StreamReset) return error.code;
    throw error;
  }
  return 'no reset';
}

describe('requests', () => {
  test('B24 B29 the backend sees its own Host, repeated headers in order, and no hop-by-hop ones', async () => {
    const headers = [
      'Accept',
      'a',
      'X-Two',
      '1',
      'Connection',
      'x-private, keep-alive',
      'X-Private',
      'p',
      'X-Two',
      '2',
    ];
    const { head, body } = await client.ask('/echo?q=%2F', { headers });
    const seen = JSON.parse(body.toString()) as { url: string; headers: string[] };
    expect(head.status).toBe(200);
    expect(seen.url).toBe('/echo?q=%2F');
    expect(valuesOf(seen.headers, 'host')).toEqual([`127.0.0.1:${origin.port}`]);
    expect(valuesOf(seen.headers, 'x-two')).toEqual(['1', '2']);
    expect(valuesOf(seen.headers, 'x-private')).toEqual([]);
    expect(valuesOf(head.headers, 'transfer-encoding')).toEqual([]);
  });

  test('B25 with translation off the backend sees the external Host', async () => {
    client.forwarder.configure([
      makeApplication({ internalUrl: `${origin.url}/`, isTranslateHostHeaderEnabled: false }),
    ]);
    const { body } = await client.ask('/echo');
    const seen = JSON.parse(body.toString()) as { headers: string[] };
    expect(valuesOf(seen.headers, 'host')).toEqual(['app.example.com']);
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'MKCOL', 'LOCK', 'REPORT', 'SEARCH'])(
    'B50 %s passes with a body and without',
    async (method) => {
      const bare = await client.ask('/echo', { method });
      expect(JSON.parse(bare.body.toString())).toMatchObject({ method, body: '' });
      const full = await client.ask('/echo', { method, headers: ['content-length', '5'] }, 'hello');
      expect(JSON.parse(full.body.toString())).toMatchObject({ method, body: 'hello' });
    },
  );

  test('B50 HEAD, 204 and 304 have no body', async () => {
    const head = await client.ask('/bytes/1000', { method: 'HEAD' });
    expect(valuesOf(head.head.headers, 'content-length')).toEqual(['1000']);
    expect(head.body).toHaveLength(0);
    expect((await client.ask('/status/204')).body).toHaveLength(0);
    expect((await client.ask('/status/304')).head.status).toBe(304);
  });

  test('B50 a 103 comes before its response', async () => {
    const { head, informational } = await client.ask('/early-hints');
    expect(informational.map(({ status }) => status)).toEqual([103]);
    expect(valuesOf(informational[0]?.headers ?? [], 'link')).toEqual(['</style.css>; rel=preload; as=style']);
    expect(head.status).toBe(200);
  });

  test('B50 trailers pass in both directions', async () => {
    const { trailers, body } = await client.ask('/trailers');
    expect(body.toString()).toBe('body');
    expect(trailers).toEqual(['x-checksum', 'abc']);

    const upload = client.open('/hash', { method: 'POST', headers: ['trailer', 'x-sum'] }, false);
    await upload.write(Buffer.from('abc'));
    upload.end(['x-sum', '42']);
    const answer = JSON.parse((await upload.response()).body.toString()) as { bytes: number; trailers: string[] };
    expect(answer).toMatchObject({ bytes: 3, trailers: ['x-sum', '42'] });
  });

  test.each([400, 404, 500, 503])('B47 the own %d of the backend passes unchanged', async (status) => {
    const { head, body } = await client.ask(`/status/${status}`);
    expect(head.status).toBe(status);
    expect(body.toString()).toBe('status');
  });

  test('B26 B27 redirects and cookies are translated on the way back', async () => {
    const { head } = await client.ask(`/redirect?to=${encodeURIComponent(`${origin.url}/next?a=b#c`)}`);
    expect(valuesOf(head.headers, 'location')).toEqual(['https://app.example.com/next?a=b#c']);
    const cookies = await client.ask('/cookies');
    expect(valuesOf(cookies.head.headers, 'set-cookie')).toEqual([
      'a=1; Path=/; HttpOnly',
      'b=2; Domain=app.example.com; SameSite=None; Secure; Partitioned',
    ]);
  });

  test('200 requests at once each get their own answer', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, async (_, index) => client.ask(`/echo?i=${index}`)));
    const urls = answers.map(({ body }) => (JSON.parse(body.toString()) as { url: string }).url);
    expect(urls).toEqual(Array.from({ length: 200 }, (_, index) => `/echo?i=${index}`));
  });

  test('a GET that meets a connection which the backend just closed is sent again, a POST is not', async () => {
    const backend = await startForgetfulServer();
    const single = new ForwarderClient([makeApplication({ internalUrl: `http://127.0.0.1:${backend.port}/` })], {
      maxConnections: 1,
    });
    try {
      expect((await single.ask('/one')).body.toString()).toBe('ok');
      expect((await single.ask('/two')).body.toString()).toBe('ok');
      expect(await resetOf(single.ask('/three', { method: 'POST' }, 'spent'))).toBe('BACKEND_RESET');
      expect(backend.seen).toEqual(['GET /one', 'GET /two', 'GET /two', 'POST /three']);
    } finally {
      await single.close();
      backend.close();
    }
  });
});

describe('bodies', () => {
  test('64 MiB down arrive whole', async () => {
    const exchange = client.open(`/bytes/${64 * MEBIBYTE}`);
    const hash = createHash('sha256');
    exchange.onChunk = (chunk) => hash.update(chunk);
    await exchange.ended;
    expect(exchange.receivedBytes).toBe(64 * MEBIBYTE);
    expect(hash.digest('hex')).toBe(expectedHash(64 * MEBIBYTE));
  });

  test.each([
    ['with a length', ['content-length', String(64 * MEBIBYTE)]],
    ['chunked', []],
  ])('64 MiB up %s arrive whole', async (_, headers) => {
    const exchange = client.open('/hash', { method: 'PUT', headers }, false);
    const chunk = originChunk(65_536);
    for (let sent = 0; sent < 64 * MEBIBYTE; sent += chunk.length) await exchange.write(chunk);
    exchange.end();
    const { body } = await exchange.response();
    expect(JSON.parse(body.toString())).toMatchObject({
      bytes: 64 * MEBIBYTE,
      sha256: expectedHash(64 * MEBIBYTE),
    });
  });

  test('B51 both directions flow at once', async () => {
    const exchange = client.open('/mirror', { method: 'POST' }, false);
    for (const word of ['one', 'two', 'three']) {
      const before = exchange.receivedBytes;
      await exchange.write(Buffer.from(word));
      await expect.poll(() => exchange.receivedBytes).toBe(before + word.length);
    }
    exchange.end();
    expect((await exchange.response()).body.toString()).toBe('onetwothree');
  });

  test('B51 a reader that stops holds up its own backend and nobody else', async () => {
    const slow = client.open('/stall');
    slow.isReading = false;
    await slow.head;
    await expect.poll(() => slow.receivedBytes).toBeGreaterThan(200_000);
    expect((await client.ask(`/bytes/${4 * MEBIBYTE}`)).body).toHaveLength(4 * MEBIBYTE);
    expect(slow.receivedBytes).toBeLessThanOrEqual(MEBIBYTE);
    slow.resumeReading();
    await expect.poll(() => slow.receivedBytes).toBeGreaterThan(2 * MEBIBYTE);
    slow.cancel();
    await origin.aborted('/stall');
  });

  test('an answer that comes before the whole body was sent does not hang', async () => {
    const exchange = client.open('/status/413', { method: 'POST' }, false);
    await exchange.write(Buffer.from('begin'));
    expect((await exchange.head).status).toBe(413);
    await exchange.ended;
    for (let sent = 0; sent < 2 * MEBIBYTE; sent += 65_536) await exchange.write(originChunk(65_536));
    exchange.end();
    await expect.poll(() => client.pair.opener.openStreams).toBe(0);
  });

  test('B52 events arrive as they are written', async () => {
    const exchange = client.open('/sse');
    await expect.poll(() => Buffer.concat(exchange.chunks).toString()).toBe('data: 0\n\n');
    exchange.cancel();
    await origin.aborted('/sse');
  });
});

describe('failures', () => {
  test('a user who goes away ends the request of the backend at once', async () => {
    const exchange = client.open('/silent');
    await expect.poll(() => client.recorder.recent().at(-1)?.timing.sentMs ?? null).not.toBeNull();
    exchange.cancel();
    await origin.aborted('/silent');
    await expect.poll(() => client.recorder.recent()[0]?.outcome).toBe('cancelled');
  });

  test('the end of the tunnel ends the requests of the backend', async () => {
    client.open('/silent');
    await expect.poll(() => client.recorder.recent().at(-1)?.timing.sentMs ?? null).not.toBeNull();
    client.pair.acceptor.close('TUNNEL_TIMEOUT', 'the service is gone');
    await origin.aborted('/silent');
  });

  test('B42 B44 each trouble of a backend has its code and its plain cause', async () => {
    const unused = await closedPort();
    client.forwarder.configure([
      makeApplication({ internalUrl: `${origin.url}/`, applicationServerTimeoutSeconds: 1 }),
      makeApplication({ id: 'refused', internalUrl: `http://127.0.0.1:${unused}/` }),
      makeApplication({ id: 'unresolved', internalUrl: 'http://no-such-host.invalid/' }),
      makeApplication({ id: 'plain', internalUrl: `https://127.0.0.1:${origin.port}/` }),
    ]);
    expect(await resetOf(client.ask('/', { applicationId: 'refused' }))).toBe('BACKEND_REFUSED');
    expect(await resetOf(client.ask('/', { applicationId: 'unresolved' }))).toBe('BACKEND_UNRESOLVED');
    expect(await resetOf(client.ask('/', { applicationId: 'plain' }))).toBe('BACKEND_TLS');
    expect(await resetOf(client.ask('/', { applicationId: 'nobody' }))).toBe('APPLICATION_UNKNOWN');
    expect(await resetOf(client.ask('/reset'))).toBe('BACKEND_RESET');
    expect(await resetOf(client.ask('/cut'))).toBe('BACKEND_RESET');
    expect(await resetOf(client.ask('/garbage'))).toBe('BACKEND_PROTOCOL');
    expect(await resetOf(client.ask('/silent'))).toBe('BACKEND_TIMEOUT');
    const causes = client.recorder.recent().map(({ errorCause }) => errorCause);
    expect(causes[0]).toContain(`Nothing listens at 127.0.0.1 port ${unused}`);
    expect(causes[0]).toContain('ECONNREFUSED');
    expect(causes[1]).toContain('no-such-host.invalid');
  });

  test('B63 a request that is there before its application waits for the configuration that has it, body and all', async () => {
    const app = makeApplication({ internalUrl: `${origin.url}/` });
    const asked = client.ask('/echo', { applicationId: 'late', method: 'POST' }, 'a body');
    const gone = client.open('/echo', { applicationId: 'late' });
    gone.cancel();
    client.forwarder.configure([app]);
    client.forwarder.configure([app, { ...app, id: 'late' }]);
    const answer = await asked;
    expect([answer.head.status, answer.body.toString()]).toEqual([200, expect.stringContaining('a body')]);
  });

  test('B42 who waits for a connection while streams hold them all is told so, and the next one gets through', async () => {
    const narrow = new ForwarderClient(
      [makeApplication({ internalUrl: `${origin.url}/`, applicationServerTimeoutSeconds: 1 })],
      { maxConnections: 1 },
    );
    const stream = narrow.open('/sse');
    await stream.head;
    expect(await resetOf(narrow.ask('/bytes/1'))).toBe('BACKEND_TIMEOUT');
    expect(narrow.recorder.recent()[1]?.errorCause).toContain('All connections to 127.0.0.1');
    stream.cancel();
    expect((await narrow.ask('/bytes/1')).head.status).toBe(200);
    await narrow.close();
  });

  test.each([false, true])(
    'B32 a head that fits passes, one that does not harms only its own request (own connection: %s)',
    async (isDirect) => {
      client.forwarder.configure([makeApplication({ internalUrl: `${origin.url}/` })]);
      const change = isDirect ? { headers: ['trailer', 'x-any'], method: 'POST' } : {};
      const body = isDirect ? 'x' : null;
      const other = client.open('/silent');
      expect((await client.ask('/many-headers/900', change, body)).head.headers.length).toBeGreaterThan(1800);
      expect((await client.ask('/big-header/100000', change, body)).head.status).toBe(200);
      expect(await resetOf(client.ask('/many-headers/1100', change, body))).toBe('BACKEND_PROTOCOL');
      expect(await resetOf(client.ask('/big-header/130800', change, body))).toBe('BACKEND_PROTOCOL');
      expect(await resetOf(client.ask('/big-header/200000', change, body))).toBe('BACKEND_PROTOCOL');
      expect(client.pair.events).toEqual([]);
      other.cancel();
      await origin.aborted('/silent');
    },
  );

  test('a target that HTTP cannot carry fails alone', async () => {
    expect(await resetOf(client.ask('/a b'))).toBe('STREAM_INTERNAL');
    expect((await client.ask('/echo')).head.status).toBe(200);
  });

  test('B2 what is outside the published folder never reaches the backend', async () => {
    client.forwarder.configure([
      makeApplication({ externalUrl: 'https://app.example.com/ext/', internalUrl: `${origin.url}/in/` }),
    ]);
    expect(await resetOf(client.ask('/other'))).toBe('APPLICATION_UNKNOWN');
    const { body } = await client.ask('/ext/page?x=1');
    expect(JSON.parse(body.toString())).toMatchObject({ url: '/in/page?x=1' });
    expect(origin.requests.map(({ url }) => url)).toEqual(['/in/page?x=1']);
  });

  test('*.localhost means this machine without asking a name server', async () => {
    client.forwarder.configure([makeApplication({ internalUrl: `http://intranet.postern.localhost:${origin.port}/` })]);
    expect((await client.ask('/echo')).head.status).toBe(200);
  });
});

describe('upgrades', () => {
  const UPGRADE = ['Connection', 'Upgrade', 'Upgrade', 'echo'];

  test('B53 bytes pass both ways, the 101 keeps its cookies, and both sides close', async () => {
    const exchange = client.open('/raw', { isUpgrade: true, headers: UPGRADE }, false);
    const head = await exchange.head;
    expect(head.status).toBe(101);
    expect(valuesOf(head.headers, 'upgrade')).toEqual(['echo']);
    expect(valuesOf(head.headers, 'set-cookie')).toEqual(['up=1']);
    await exchange.write(Buffer.from('ping'));
    await expect.poll(() => Buffer.concat(exchange.chunks).toString()).toBe('ping');
    exchange.end();
    await exchange.ended;
    await expect.poll(() => origin.openConnections).toBe(0);
    expect(client.recorder.recent()[0]).toMatchObject({ outcome: 'complete', isUpgrade: true, status: 101 });
  });

  test('4 MiB through an upgraded connection come back whole', async () => {
    const exchange = client.open('/raw', { isUpgrade: true, headers: UPGRADE }, false);
    await exchange.head;
    const hash = createHash('sha256');
    exchange.onChunk = (chunk) => hash.update(chunk);
    for (let sent = 0; sent < 4 * MEBIBYTE; sent += 65_536) await exchange.write(originChunk(65_536));
    exchange.end();
    await exchange.ended;
    expect(hash.digest('hex')).toBe(expectedHash(4 * MEBIBYTE));
  });

  test('B53 a refused upgrade gives the own answer of the backend', async () => {
    const exchange = client.open('/ws-refused', { isUpgrade: true, headers: UPGRADE }, false);
    const { head, body } = await exchange.response();
    expect(head.status).toBe(403);
    expect(valuesOf(head.headers, 'x-why')).toEqual(['policy']);
    expect(body.toString()).toBe('refuse');
  });

  test('a user who goes away closes the upgraded connection', async () => {
    const exchange = client.open('/raw', { isUpgrade: true, headers: UPGRADE }, false);
    await exchange.head;
    exchange.cancel();
    await expect.poll(() => origin.openConnections).toBe(0);
  });
});

test('B48 an untrusted certificate is refused and named, or accepted when the application says so', async () => {
  const secure = await startOrigin({ tls: await makeCertificate(['intranet.localhost'], ['127.0.0.1']) });
  const byName = `https://intranet.localhost:${secure.port}/`;
  client.forwarder.configure([
    makeApplication({ id: 'checked', internalUrl: `${secure.url}/` }),
    makeApplication({ internalUrl: `${secure.url}/`, isBackendCertificateValidationEnabled: false }),
    makeApplication({
      id: 'external-host',
      internalUrl: byName,
      isBackendCertificateValidationEnabled: false,
      isTranslateHostHeaderEnabled: false,
    }),
  ]);
  expect(await resetOf(client.ask('/', { applicationId: 'checked' }))).toBe('BACKEND_CERTIFICATE_SELF_SIGNED');
  expect(client.recorder.recent()[0]).toMatchObject({
    errorHop: 'tls',
    errorCause: expect.stringContaining('is self-signed') as string,
  });
  const upgrade = { isUpgrade: true, headers: ['Connection', 'Upgrade', 'Upgrade', 'echo'] };
  const refused = client.open('/raw', { ...upgrade, applicationId: 'checked' }, false);
  expect(await resetOf(refused.head)).toBe('BACKEND_CERTIFICATE_SELF_SIGNED');
  expect((await client.ask('/echo')).head.status).toBe(200);
  const accepted = client.open('/raw', upgrade, false);
  expect((await accepted.head).status).toBe(101);
  accepted.cancel();
  // Host is the external one, yet the same connection serves: the name of the TLS handshake is the backend's.
  for (const authority of ['one.example.com', 'two.example.com']) {
    const { body } = await client.ask('/echo', { applicationId: 'external-host', authority });
    expect(valuesOf((JSON.parse(body.toString()) as { headers: string[] }).headers, 'host')).toEqual([authority]);
  }
  await client.close();
  await secure.close();
});

test('a body that ends with its connection arrives whole, read slowly', async () => {
  const bytes = 3 * MEBIBYTE;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), originChunk(bytes)])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client.forwarder.configure([makeApplication({ internalUrl: `http://127.0.0.1:${port}/` })]);
  const exchange = client.open('/');
  exchange.isReading = false;
  await expect.poll(() => exchange.receivedBytes).toBeGreaterThan(200_000);
  exchange.resumeReading();
  expect((await exchange.response()).body.equals(originChunk(bytes))).toBe(true);
  server.close();
});

test('B72 a record tells user, times and sizes, and no secret', async () => {
  await client.ask('/echo?page=2&access_token=abc123&apiKey=k', { method: 'POST' }, 'hello');
  const [record] = client.recorder.recent();
  expect(record).toMatchObject({
    applicationName: 'Application',
    userName: 'Alice Ångström',
    method: 'POST',
    url: `${origin.url}/echo?page=2&access_token=[secret]&apiKey=[secret]`,
    status: 200,
    requestBytes: 5,
    outcome: 'complete',
    errorCode: null,
  });
  expect(record?.responseBytes).toBeGreaterThan(100);
  expect(record?.timing.totalMs).toBeGreaterThanOrEqual(record?.timing.firstByteMs ?? Infinity);
});

/** A server that answers the first request of each connection and drops the connection at the second. */
async function startForgetfulServer(): Promise<{ port: number; seen: string[]; close(): void }> {
  const seen: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    let count = 0;
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const [line] = data.toString().split(' HTTP/1.1');
      if (line === undefined || !/^(?:GET|POST) /.test(line)) return;
      seen.push(line);
      count += 1;
      if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      else socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, seen, close };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
