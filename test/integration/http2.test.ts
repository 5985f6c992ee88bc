import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { valuesOf } from '../helpers/forwarder-client.ts';
import { askHttp2, connectHttp2, readAnswer } from '../helpers/http2-client.ts';
import { until } from '../helpers/relay-harness.ts';
import { type Http2Origin, startHttp2Origin } from '../helpers/start-http2-origin.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

let world: Http2World;
let http1: Origin;
let clear: Http2Origin;
let secure: Http2Origin;
const urls: Record<string, string> = {};
const users: ClientHttp2Session[] = [];

beforeAll(async () => {
  world = await startHttp2World();
  [http1, clear, secure] = await Promise.all([
    startOrigin(),
    startHttp2Origin(),
    startHttp2Origin({ tls: world.certificate }),
  ]);
  urls.http1 = await world.publish('one', http1.url);
  urls.clear = await world.publish('clear', clear.url, { backendHttpVersion: 'http2' });
  urls.secure = await world.publish('secure', secure.url);
});

afterAll(async () => {
  for (const user of users) user.destroy();
  await world.close();
  await Promise.all([http1.close(), clear.close(), secure.close()]);
});

async function userOf(name: string): Promise<ClientHttp2Session> {
  const user = await connectHttp2(urls[name] ?? '', world.ca);
  users.push(user);
  return user;
}

describe('B54 HTTP/2 to the user, HTTP/1.1 to the backend', () => {
  test('B54 request and response keep their meaning, in the shape of each version', async () => {
    const user = await userOf('http1');
    const answer = await askHttp2(
      user,
      { ':method': 'PUT', ':path': '/echo?x=1', 'x-mine': ['1', '2'], cookie: ['a=1', 'b=2'] as never },
      Buffer.from('hello'),
    );
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ method: 'PUT', url: '/echo?x=1', body: 'hello' });
    const raw = http1.requests.at(-1)?.rawHeaders ?? [];
    expect(raw.filter((name) => name.startsWith(':'))).toEqual([]);
    expect(valuesOf(raw, 'cookie')).toEqual(['a=1; b=2']);
    expect(valuesOf(raw, 'x-forwarded-proto')).toEqual(['https']);
    expect(valuesOf(raw, 'te')).toEqual([]);
  });

  test('B54 repeated response headers stay apart and no header of the connection comes', async () => {
    const user = await userOf('http1');
    const { rawHeaders } = await askHttp2(user, { ':path': '/cookies' });
    expect(valuesOf(rawHeaders, 'set-cookie')).toHaveLength(2);
    expect(valuesOf(rawHeaders, 'date')).toHaveLength(1);
    for (const name of ['connection', 'keep-alive', 'transfer-encoding'])
      expect(valuesOf(rawHeaders, name)).toEqual([]);
  });

  test('B50 early hints, trailers, HEAD, 204 and 304 pass', async () => {
    const user = await userOf('http1');
    expect((await askHttp2(user, { ':path': '/early-hints' })).informational[0]?.slice(0, 2)).toEqual([
      ':status',
      '103',
    ]);
    expect((await askHttp2(user, { ':path': '/trailers' })).trailers.length).toBeGreaterThan(0);
    expect((await askHttp2(user, { ':method': 'HEAD', ':path': '/bytes/5' })).isHeadOnly).toBe(true);
    for (const status of [204, 304]) {
      expect(await askHttp2(user, { ':path': `/status/${status}` })).toMatchObject({ status, isHeadOnly: true });
    }
  });

  test('B51 a body without Content-Length arrives whole, with its trailers; one with Expect is asked for', async () => {
    const user = await userOf('http1');
    const body = Array.from({ length: 64 }, () => randomBytes(65_536));
    const answer = await askHttp2(user, { ':method': 'POST', ':path': '/hash' }, body, { 'x-sum': 'ok' });
    const sha256 = createHash('sha256').update(Buffer.concat(body)).digest('hex');
    expect(JSON.parse(answer.body.toString())).toMatchObject({ bytes: 64 * 65_536, sha256 });

    const waiting = user.request(
      { ':method': 'POST', ':path': '/mirror', expect: '100-continue' },
      { endStream: false },
    );
    waiting.on('continue', () => waiting.end('asked for'));
    expect((await readAnswer(waiting)).body.toString()).toBe('asked for');
  });

  test('B45 an error page comes over HTTP/2, and the rest of a long body is refused, not the connection', async () => {
    const user = await userOf('http1');
    const stream = user.request({ ':method': 'POST', ':path': '/%2e%2e/x', 'content-length': '1000000' });
    stream.write('begin');
    const answer = await readAnswer(stream);
    expect(answer.status).toBe(400);
    expect(valuesOf(answer.rawHeaders, 'x-postern-activity-id')).toHaveLength(1);
    expect((await askHttp2(user, { ':path': '/bytes/3' })).body.toString()).toHaveLength(3);
  });

  test('B54 a client that does not offer HTTP/2 is served HTTP/1.1', async () => {
    const request = httpsRequest(`${urls.http1}bytes/7`, { ca: world.ca, lookup: loopbackLookup, agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.httpVersion).toBe('1.1');
    response.resume();
    await once(response, 'end');
  });
});

describe.each(['clear', 'secure'])('B54 HTTP/2 to the backend (%s)', (name) => {
  const origin = (): Http2Origin => (name === 'clear' ? clear : secure);

  test('B54 headers keep order and number, te and Host are as HTTP/2 wants them', async () => {
    const user = await userOf(name);
    const answer = await askHttp2(user, { ':path': '/echo', te: 'trailers', 'X-Mine': ['1', '2'] });
    const raw = JSON.parse(answer.body.toString()) as string[];
    expect(valuesOf(raw, 'te')).toEqual(['trailers']);
    expect(valuesOf(raw, 'x-mine')).toEqual(['1', '2']);
    expect(valuesOf(raw, ':authority')).toEqual([new URL(origin().url).host]);
    expect(valuesOf(raw, 'host')).toEqual([]);
    expect(valuesOf(answer.rawHeaders, 'x-mine')).toEqual(['1', '2']);
    expect(valuesOf(answer.rawHeaders, 'set-cookie')).toHaveLength(2);
  });

  test('B50 trailers pass both ways, and an answer of trailers alone ends with its head', async () => {
    const user = await userOf(name);
    expect((await askHttp2(user, { ':path': '/trailers' })).trailers).toEqual(['x-sum', '1', 'x-sum', '2']);
    const mirrored = await askHttp2(user, { ':method': 'POST', ':path': '/mirror' }, Buffer.from('x'), {
      'x-sum': '9',
    });
    expect(mirrored.trailers).toEqual(['x-sum', '9']);
    const only = await askHttp2(user, { ':path': '/trailers-only' });
    expect(only.isHeadOnly).toBe(true);
    expect(valuesOf(only.rawHeaders, 'grpc-status')).toEqual(['5']);
    expect((await askHttp2(user, { ':path': '/hints' })).informational[0]?.slice(0, 2)).toEqual([':status', '103']);
  });

  test('B51 both directions stream at once', async () => {
    const user = await userOf(name);
    const stream = user.request({ ':method': 'POST', ':path': '/mirror' }, { endStream: false });
    for (const word of ['one', 'two', 'three']) {
      stream.write(word);
      const [chunk] = (await once(stream, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(word);
    }
    stream.end();
    stream.resume();
    await once(stream, 'close');
  });

  test('B51 large bodies arrive whole, both ways', async () => {
    const user = await userOf(name);
    const body = Array.from({ length: 128 }, () => randomBytes(65_536));
    const whole = Buffer.concat(body);
    const hash = createHash('sha256').update(whole).digest('hex');
    expect((await askHttp2(user, { ':method': 'POST', ':path': '/hash' }, body)).body.toString()).toBe(hash);
    const mirrored = await askHttp2(user, { ':method': 'POST', ':path': '/mirror' }, body);
    expect(mirrored.body.equals(whole)).toBe(true);
  });

  test('B54 a hundred streams at once', async () => {
    const user = await userOf(name);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => askHttp2(user, { ':path': `/bytes/${index * 100}` })),
    );
    expect(answers.map(({ body }) => body.length)).toEqual(Array.from({ length: 100 }, (_, index) => index * 100));
  });

  test('B54 a reset in the middle of an answer resets the user, one before it is a page', async () => {
    const user = await userOf(name);
    await expect(askHttp2(user, { ':path': '/cut' })).rejects.toThrow(/NGHTTP2_INTERNAL_ERROR/);
    expect((await askHttp2(user, { ':path': '/reset' })).status).toBe(502);
  });

  test('B54 an early answer stops the request', async () => {
    const user = await userOf(name);
    const stream = user.request({ ':method': 'POST', ':path': '/early' }, { endStream: false });
    stream.write(Buffer.alloc(1000));
    expect(await readAnswer(stream)).toMatchObject({ status: 413, body: Buffer.from('too much') });
  });

  test('B54 a user that resets a stream resets the backend', async () => {
    const user = await userOf(name);
    const stream = user.request({ ':path': '/stall' });
    await once(stream, 'data');
    stream.close(8);
    await until(() => origin().resets.some(({ path, code }) => path === '/stall' && code === 8));
  });

  test('B54 a user that goes before there is an answer resets the backend', async () => {
    const user = await userOf(name);
    const paths = ['/silent-a', '/silent-b', '/silent-c'] as const;
    const streams = paths.map((path) => user.request({ ':method': 'POST', ':path': path }, { endStream: false }));
    streams[0]?.end();
    streams[1]?.end('body');
    streams[2]?.write('more follows');
    // An answer to a later request shows that the earlier ones are at the backend.
    await askHttp2(user, { ':path': '/bytes/1' });
    for (const stream of streams) stream.close(8);
    await until(() => paths.every((path) => origin().resets.some((reset) => reset.path === path && reset.code === 8)));
  });

  test('B51 a reader that stands still stops its backend', async () => {
    const user = await userOf(name);
    const before = origin().stalledBytes;
    const stream: ClientHttp2Stream = user.request({ ':path': '/stall' });
    await once(stream, 'response');
    let last = -1;
    // Others pass meanwhile, each long enough for the stream to move if it could.
    for (let round = 0; round < 200 && origin().stalledBytes !== last; round++) {
      last = origin().stalledBytes;
      for (let index = 0; index < 10; index++) await askHttp2(user, { ':path': '/bytes/1000' });
    }
    expect(origin().stalledBytes).toBe(last);
    expect(last - before).toBeLessThan(8 * 1024 * 1024);
    stream.close(8);
  });

  test('B54 GOAWAY leads to a new connection, REFUSED_STREAM to a second try', async () => {
    const user = await userOf(name);
    expect((await askHttp2(user, { ':path': '/goaway' })).body.toString()).toBe('bye');
    const { connections } = origin();
    expect((await askHttp2(user, { ':path': '/bytes/1' })).status).toBe(200);
    expect(origin().connections).toBe(connections + 1);
    expect((await askHttp2(user, { ':path': '/refuse-once' })).body.toString()).toBe('at the second try');
  });
});

test('B54 HTTP/1.1 to the user and HTTP/2 to the backend', async () => {
  const request = httpsRequest(`${urls.secure}mirror`, {
    ca: world.ca,
    lookup: loopbackLookup,
    agent: false,
    method: 'POST',
    headers: { trailer: 'x-sum' },
  });
  request.write('hello');
  request.addTrailers({ 'x-sum': '3' });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('hello');
  expect(response.trailers).toEqual({ 'x-sum': '3' });
});

test('B54 headers above 64 KiB, as HTTP/1.1 has them, were reset by HTTP/2 at either end', async () => {
  const long = Array.from({ length: 4 }, (_, index) => `X-Long: ${String(index).repeat(25_000)}`);
  const backend = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.end(['HTTP/1.1 200 OK', ...long, 'Content-Length: 2', 'Connection: close', '', 'ok'].join('\r\n')),
    );
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  try {
    urls.long = await world.publish('long', `http://127.0.0.1:${(backend.address() as AddressInfo).port}`);
    const { status, rawHeaders } = await askHttp2(await userOf('long'), { ':path': '/' });
    expect([status, valuesOf(rawHeaders, 'x-long').map((value) => `X-Long: ${value}`)]).toEqual([200, long]);
  } finally {
    backend.close();
  }
  const sent = { 'x-one': 'y'.repeat(30_000), 'x-two': 'z'.repeat(35_200) };
  expect((await askHttp2(await userOf('clear'), { ':path': '/echo', ...sent })).status).toBe(200);
});

test('B54 repeated headers and trailers that HTTP/2 wants once harm nobody', async () => {
  const sloppy = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n' +
          'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\nETag: 1\r\nETag: 2\r\n\r\n',
      ),
    );
  });
  sloppy.listen(0, '127.0.0.1');
  await once(sloppy, 'listening');
  try {
    const { port } = sloppy.address() as AddressInfo;
    urls.sloppy = await world.publish('sloppy', `http://127.0.0.1:${port}`);
    const answer = await askHttp2(await userOf('sloppy'), { ':path': '/' });
    expect(answer).toMatchObject({ status: 200, body: Buffer.from('ok') });
    expect(valuesOf(answer.rawHeaders, 'content-type')).toEqual(['a/b']);
    expect(valuesOf(answer.rawHeaders, 'set-cookie')).toHaveLength(2);
  } finally {
    sloppy.close();
  }
});

test('B66 a service that stops says GOAWAY and lets running streams finish', async () => {
  const own = await startHttp2World();
  try {
    const url = await own.publish('drained', http1.url);
    const user = await connectHttp2(url, own.ca);
    const stream = user.request({ ':method': 'POST', ':path': '/mirror' }, { endStream: false });
    stream.write('before');
    await once(stream, 'response');
    const goaway = once(user, 'goaway');
    const drained = own.drain(10_000);
    await goaway;
    stream.end(' after');
    expect((await readAnswer(stream)).body.toString()).toBe('before after');
    await drained;
  } finally {
    await own.close();
  }
});

test('B54 a backend that does not speak HTTP/2 though the application says so gives 502', async () => {
  urls.wrong = await world.publish('wrong', http1.url, { backendHttpVersion: 'http2' });
  expect((await askHttp2(await userOf('wrong'), { ':path': '/echo' })).status).toBe(502);
});

test('B54 an https backend of HTTP/1.1 is found out by ALPN', async () => {
  const tlsOrigin = await startOrigin({ tls: world.certificate });
  try {
    urls.old = await world.publish('old', tlsOrigin.url);
    const user = await userOf('old');
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((body) => askHttp2(user, { ':method': 'POST', ':path': '/mirror' }, Buffer.from(body))),
    );
    expect(answers.map(({ body }) => body.toString())).toEqual(['a', 'b', 'c']);
  } finally {
    await tlsOrigin.close();
  }
});

test('B20 CORS rules hold over HTTP/2: the preflight, the response, and an error of the service', async () => {
  const page = 'https://page.example.com';
  const segment = {
    externalUrl: urls.http1?.replace('//one.', '//ruled.') ?? '',
    internalUrl: `${http1.url}/`,
    alternateUrl: null,
    corsConfigurations: [
      { resource: '/', allowedOrigins: [page], allowedHeaders: ['x-*'], allowedMethods: ['PUT'], maxAgeInSeconds: 60 },
    ],
  };
  urls.ruled = await world.publish('ruled', http1.url, { segmentsConfiguration: { applicationSegments: [segment] } });
  const user = await userOf('ruled');
  const permitted = ['access-control-allow-origin', 'access-control-allow-credentials'].map(
    (name) => (headers: readonly string[]) => valuesOf(headers, name).join(),
  );
  const preflight = await askHttp2(user, {
    ':method': 'OPTIONS',
    ':path': '/echo',
    origin: page,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-mine',
  });
  expect(preflight.status).toBe(204);
  expect(valuesOf(preflight.rawHeaders, 'access-control-allow-headers')).toEqual(['x-mine']);
  const answer = await askHttp2(user, { ':method': 'PUT', ':path': '/echo', origin: page }, Buffer.from('x'));
  expect(answer.status).toBe(200);
  const failed = await askHttp2(user, { ':method': 'PUT', ':path': '/reset', origin: page }, Buffer.from('x'));
  expect(failed.status).toBe(502);
  for (const { rawHeaders } of [preflight, answer, failed]) {
    expect(permitted.map((read) => read(rawHeaders))).toEqual([page, 'true']);
    expect(valuesOf(rawHeaders, 'vary').join(', ')).toContain('Origin');
  }
});
