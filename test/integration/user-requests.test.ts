import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EdgeHandler, type EdgeListener, makeEdgeListener } from '../../src-service/edge/edge-listener.ts';
import { keptOctets, readIntoShared } from '../../src-service/edge/http1/shared-reads.ts';
import { EDGE_LIMITS } from '../../src-service/edge/limits.ts';
import { makeResponseWriter } from '../../src-service/relay/make-response-writer.ts';
import type { UserRequest, UserResponse } from '../../src-service/relay/user-http.ts';
import { DATE, echoRequest, refuseRequest, type SeenRequest } from '../helpers/echo-request.ts';
import { makeTestLog } from '../helpers/test-log.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

interface Listening {
  readonly port: number;
  readonly listener: EdgeListener;
  readonly seen: SeenRequest[];
  /** What the handler does with a request; reads it and tells what it was, where nothing else is said. */
  handle: (request: UserRequest, response: UserResponse) => void;
  onUpgrade: (socket: Duplex, head: Buffer) => void;
}

const listenings: Listening[] = [];
const clients: Socket[] = [];

/** Of the suite that runs now. */
let areReadsShared = true;

async function listen(areRequestsOwn: boolean): Promise<Listening> {
  const listener = makeEdgeListener({
    listen: { host: '127.0.0.1', port: 0 },
    certificates: null,
    log: makeTestLog(),
    areRequestsOwn,
    areReadsShared,
  });
  const { port } = await listener.listen();
  const listening: Listening = {
    port,
    listener,
    seen: [],
    handle: (...both) => void echoRequest(listening.seen, ...both),
    onUpgrade: (socket, head) => socket.end(`upgraded ${head.toString('latin1')}`),
  };
  const handler: EdgeHandler = {
    isLeftToNode: (url) => url.startsWith('/node'),
    handleRequest: (request, response) => listening.handle(request, response),
    handleUpgrade: (_request, socket, head) => listening.onUpgrade(socket, head),
    handleMalformed: (socket, { code }) => socket.end(`malformed ${code}`),
  };
  listener.serve(handler);
  listenings.push(listening);
  return listening;
}

function open(port: number): Socket {
  const client = connect({ port, host: '127.0.0.1', noDelay: true });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

/** Sends pieces, each in a turn of the event loop of its own, and reads until the service ends the connection. */
async function exchange(port: number, pieces: readonly string[]): Promise<string> {
  const client = open(port);
  const said = text(client.setEncoding('latin1'));
  for (const piece of pieces) {
    client.write(piece, 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return said.finally(() => client.destroy());
}

let own: Listening;
let node: Listening;

beforeAll(async () => {
  node = await listen(false);
});

beforeEach(() => {
  own.seen.length = 0;
  node.seen.length = 0;
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await Promise.all(listenings.map(({ listener }) => listener.close({ graceMs: 0 })));
});

const BODY = 'x'.repeat(50);
const GET = 'GET /a?b=c HTTP/1.1\r\nHost: a\r\nCookie: one=1\r\nX-Empty:\r\nX-Odd:  \t two words\t \r\n\r\n';
const POST = `POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const CHUNKED = 'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n';
const IN_CHUNKS = 'GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n';
const REQUESTS = [GET, POST, CHUNKED, IN_CHUNKS, 'HEAD /d HTTP/1.1\r\nHost: a\r\n\r\n', GET.replace('/a', '/node')];

describe.each([
  ['into memory that all connections share', true],
  ['into memory of each read', false],
])('requests that the service reads itself, %s', (_where, isShared) => {
  beforeAll(async () => {
    areReadsShared = isShared;
    own = await listen(true);
  });

  test('ordinary ones are, and of a connection all up to the first that is not', async () => {
    await exchange(own.port, [GET, POST, CHUNKED, GET, LAST]);
    expect(own.seen.map(({ url, isOwn }) => [url, isOwn])).toEqual([
      ['/a?b=c', true],
      ['/b', true],
      ['/c', false],
      ['/a?b=c', false],
      ['/last', false],
    ]);
    expect(own.seen[1]).toMatchObject({ method: 'POST', body: BODY });
    expect(own.seen[2]).toMatchObject({ body: 'hello', trailers: ['X-Sum', '5'] });
  });

  test('what was said is the same, octet for octet, however it comes in and whoever reads it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...REQUESTS), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(1000), { maxLength: 12 }),
        async (requests, cuts) => {
          const octets = requests.join('') + LAST;
          const places = [0, ...cuts.map((cut) => cut % octets.length), octets.length].toSorted((a, b) => a - b);
          const pieces = places.slice(1).map((place, index) => octets.slice(places[index], place));
          own.seen.length = 0;
          node.seen.length = 0;
          const [byOwn, byNode] = await Promise.all([exchange(own.port, pieces), exchange(node.port, [octets])]);
          expect(byOwn).toBe(byNode);
          // node:http begins with pipelined ones before the first is answered, so that a body may end behind them.
          const known = (each: SeenRequest): string => JSON.stringify({ ...each, isOwn: undefined });
          expect(own.seen.map(known).toSorted()).toEqual(node.seen.map(known).toSorted());
        },
      ),
      { numRuns: 150 },
    );
  });

  test('one is under way at a time, whether or not anybody reads the bodies before it, and answers come in order', async () => {
    const listening = await listen(true);
    let running = 0;
    let most = 0;
    listening.handle = ({ url = '' }, response) => {
      running += 1;
      most = Math.max(most, running);
      response.on('close', () => (running -= 1));
      // The first answers last, if they can.
      setTimeout(
        () => {
          const writer = makeResponseWriter(response);
          writer.writeHead(200, [...DATE, 'Content-Length', String(url.length)]);
          writer.write(Buffer.from(url));
          writer.end([], url.startsWith('/unread'));
        },
        Number(url.split('/')[2]),
      );
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ delayMs: fc.constantFrom(0, 1, 6), bodyBytes: fc.constantFrom(0, 1, 70, 20_000) }), {
          minLength: 2,
          maxLength: 5,
        }),
        fc.array(fc.nat(1000), { maxLength: 4 }),
        async (asked, cuts) => {
          const urls = asked.map(({ delayMs, bodyBytes }, index) =>
            bodyBytes === 0 ? `/get/${delayMs}/${index}` : `/unread/${delayMs}/${index}`,
          );
          const octets = asked.map(({ bodyBytes }, index) =>
            bodyBytes === 0
              ? `GET ${urls[index]} HTTP/1.1\r\nHost: a\r\n\r\n`
              : `POST ${urls[index]} HTTP/1.1\r\nHost: a\r\nContent-Length: ${bodyBytes}\r\n\r\n${'x'.repeat(bodyBytes)}`,
          );
          const all = octets.join('') + LAST.replace('/last', '/get/0/last');
          const places = [0, ...cuts.map((cut) => cut % all.length), all.length].toSorted((x, y) => x - y);
          const said = await exchange(
            listening.port,
            places.slice(1).map((place, index) => all.slice(places[index], place)),
          );
          expect(said.match(/\/(?:get|unread)\/\d\/(?:\d|last)/g)).toEqual([...urls, '/get/0/last']);
          await expect.poll(() => running, PATIENCE).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
    expect(most).toBe(1);
  });

  test('a user who leaves behind a body that nobody read leaves no request that never ends', async () => {
    const listening = await listen(true);
    let begun = 0;
    let closed = 0;
    listening.handle = (request, response) => {
      begun += 1;
      response.on('close', () => (closed += 1));
      if (request.method === 'POST') refuseRequest(response);
    };
    const client = open(listening.port);
    client.write(`POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${GET}${GET}`);
    await expect.poll(() => begun, PATIENCE).toBe(2);
    client.destroy();
    await expect.poll(() => closed, PATIENCE).toBe(2);
    expect(begun).toBe(2);
  });

  test('pipelined ones are answered in order, one after the other, and what waits is bounded', async () => {
    const waiting: (() => void)[] = [];
    const urls: (string | undefined)[] = [];
    const listening = await listen(true);
    let socket: Socket | null = null;
    listening.handle = (request, response) => {
      ({ socket } = request);
      urls.push(request.url);
      waiting.push(() => void echoRequest(listening.seen, request, response));
    };
    const client = open(listening.port);
    const said = text(client.setEncoding('latin1'));
    const flood = Array.from({ length: 40_000 }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`).join('');
    client.write(flood);
    await expect.poll(() => socket?.isPaused(), PATIENCE).toBe(true);
    const readBytes = (socket as Socket | null)?.bytesRead ?? 0;
    expect(readBytes).toBeLessThan(EDGE_LIMITS.maxReadAheadBytes + 256 * 1024);
    expect(urls).toEqual(['/0']);
    waiting.shift()?.();
    await expect.poll(() => urls, PATIENCE).toEqual(['/0', '/1']);
    client.destroy();
    await said.catch(() => undefined);
  });

  test('of requests that are pipelined faster than they are answered 64 KiB more were held for each answer', async () => {
    const listening = await listen(true);
    let readBytes = 0;
    let answered = 0;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    listening.handle = ({ socket }, response) => {
      setImmediate(() => {
        const writer = makeResponseWriter(response);
        writer.writeHead(200, [...DATE, 'Content-Length', '0']);
        writer.end([], false);
        readBytes = socket.bytesRead;
        answered += 1;
        if (answered === 100) resolve();
      });
    };
    const client = open(listening.port);
    client.resume().write(GET.repeat((4 * 1024 * 1024) / GET.length));
    await enough;
    client.destroy();
    expect(readBytes).toBeLessThan(100 * GET.length + EDGE_LIMITS.maxReadAheadBytes + 256 * 1024);
  });

  test('a body waits for who reads it, and is taken no faster', async () => {
    const listening = await listen(true);
    let request: UserRequest | null = null;
    let response: UserResponse | null = null;
    listening.handle = (...both) => ([request, response] = both);
    const client = open(listening.port);
    const bytes = 3_000_000;
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
    client.write(Buffer.alloc(bytes, 'b'));
    await expect.poll(() => request?.socket.isPaused(), PATIENCE).toBe(true);
    const asked = request as unknown as UserRequest;
    expect(asked.socket.bytesRead).toBeLessThan(512 * 1024);
    expect(asked.complete).toBe(false);
    let readBytes = 0;
    asked.on('data', (chunk) => {
      readBytes += chunk.length;
      asked.pause();
      setImmediate(() => asked.resume());
    });
    let isEnded = false;
    asked.on('end', () => (isEnded = true));
    await expect.poll(() => isEnded, PATIENCE).toBe(true);
    expect([readBytes, asked.complete]).toEqual([bytes, true]);
    const writer = makeResponseWriter(response as unknown as UserResponse);
    writer.writeHead(204, []);
    writer.end([], false);
    expect(((await once(client, 'data')) as [Buffer])[0].toString()).toMatch(/^HTTP\/1\.1 204 /);
  });

  test('the rest of a body that nobody reads is dropped behind the answer, and the next request served', async () => {
    const listening = await listen(true);
    listening.handle = (request, response) => {
      if (request.method === 'POST') refuseRequest(response);
      else void echoRequest(listening.seen, request, response);
    };
    const length = 200_000;
    const head = `POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
    const said = await exchange(listening.port, [head, 'y'.repeat(1000), 'y'.repeat(length - 1000), GET, LAST]);
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(listening.seen.map(({ url }) => url)).toEqual(['/a?b=c', '/last']);
  });

  test.each([
    ['before the answer', ''],
    ['in the middle of the answer', 'begun'],
  ])('a user who goes away %s is noticed', async (_when, begun) => {
    const listening = await listen(true);
    let response: UserResponse | null = null;
    let isClosed = false;
    listening.handle = (_request, given) => {
      response = given;
      given.on('close', () => (isClosed = true));
      if (begun === '') return;
      const writer = makeResponseWriter(given);
      writer.writeHead(200, []);
      writer.write(Buffer.from(begun));
    };
    const client = open(listening.port);
    client.write(GET);
    if (begun !== '') await once(client, 'data');
    await expect.poll(() => response, PATIENCE).not.toBeNull();
    client.destroy();
    await expect.poll(() => isClosed, PATIENCE).toBe(true);
    const left = response as unknown as UserResponse;
    expect([left.writableFinished, left.destroyed]).toEqual([false, true]);
    const writer = makeResponseWriter(left);
    writer.write(Buffer.from('more'));
    writer.end([], false);
  });

  test('a body that is cut off fails for its reader', async () => {
    const listening = await listen(true);
    const failures: unknown[] = [];
    listening.handle = (request) => {
      request.on('data', () => undefined);
      request.on('error', (error) => failures.push(error));
    };
    const client = open(listening.port);
    client.end('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345');
    await expect.poll(() => failures, PATIENCE).toHaveLength(1);
  });

  test.each([
    ['longer', 'Content-Length: 3', '123456'],
    ['shorter', 'Content-Length: 9', '123456'],
  ])('a response that is %s than its length says ends the connection', async (_how, _length, body) => {
    const listening = await listen(true);
    const length = _length.split(' ')[1] ?? '';
    listening.handle = (_request, response) => {
      const writer = makeResponseWriter(response);
      writer.writeHead(200, ['Content-Length', length]);
      writer.write(Buffer.from(body));
      writer.end([], false);
    };
    const client = open(listening.port);
    client.write(GET + GET);
    expect((await text(client)).match(/HTTP\/1\.1/g) ?? []).toHaveLength(0);
  });

  test('what two users send in pieces is not mixed', async () => {
    const pieces = (letter: string): string[] => {
      const body = letter.repeat(40_000);
      const head = `POST /${letter.repeat(200)} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
      const octets = `${head}${body}${CHUNKED.replaceAll('hello', letter.repeat(5))}${LAST}`;
      return Array.from({ length: 60 }, (_, index) =>
        octets.slice((index * octets.length) / 60, ((index + 1) * octets.length) / 60),
      );
    };
    const letters = ['q', 'r', 's', 't'];
    await Promise.all(letters.map((letter) => exchange(own.port, pieces(letter))));
    const bodies = own.seen.map(({ body }) => body).filter((body) => body !== '');
    expect(bodies.toSorted()).toEqual(
      letters.flatMap((letter) => [letter.repeat(40_000), letter.repeat(5)]).toSorted(),
    );
  });

  test.each([
    ['whose head has begun', 'GET /a HT', 0],
    ['who was answered', GET, 1],
    ['whose requests node:http reads', CHUNKED, 1],
    ['whose requests node:http has begun to read', `${CHUNKED}POST /c HT`, 1],
  ])('a user %s and who resets the connection ends nothing else', async (_who, octets, answers) => {
    const client = open(own.port);
    client.write(octets);
    await expect.poll(() => own.seen, PATIENCE).toHaveLength(answers);
    if (answers > 0) await once(client, 'data');
    client.resetAndDestroy();
    expect(await exchange(own.port, [CHUNKED, LAST])).toContain('POST /c 5 hello');
  });

  test('a user who resets the connection behind a switch of protocols ends nothing else', async () => {
    const listening = await listen(true);
    let socket: Duplex | null = null;
    listening.onUpgrade = (switched) => (socket = switched);
    const client = open(listening.port);
    client.write('GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await expect.poll(() => socket, PATIENCE).not.toBeNull();
    const switched = socket as unknown as Duplex;
    const heard = once(switched, 'data');
    client.write('frames');
    expect(String(((await heard) as [Buffer])[0])).toBe('frames');
    client.resetAndDestroy();
    await once(switched, 'close').catch(() => undefined);
    expect(switched.destroyed).toBe(true);
  });

  test('an offer to switch protocols comes to node:http with what was sent behind it', async () => {
    const upgrade = 'GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes';
    expect(await exchange(own.port, [GET, upgrade])).toMatch(/upgraded frames$/);
    expect(await exchange(own.port, [upgrade])).toBe('upgraded frames');
  });

  test.each([
    ['a head that comes octet by octet', GET.split(''), 'GET /a?b=c'],
    ['a head of 60 KiB', [GET.replace('one=1', 'x'.repeat(60_000))], 'GET /a?b=c'],
    ['a head of 100 KiB', [GET.replace('one=1', 'x'.repeat(100_000))], 'GET /a?b=c'],
    ['a head of 200 KiB', [GET.replace('one=1', 'x'.repeat(200_000))], 'malformed EDGE_HEADERS_TOO_LARGE'],
    ['no HTTP', ['\x16\x03\x01\x02\x00'], 'malformed EDGE_BAD_REQUEST'],
    ['a bad head behind a good one', [GET.replace('Host', 'Ho st')], 'malformed EDGE_BAD_REQUEST'],
  ])('%s is answered as node:http answers it', async (_what, pieces, expected) => {
    for (const { port } of [own, node]) expect(await exchange(port, [...pieces, LAST])).toContain(expected);
  });

  test('a drain ends idle connections, and others with the answer under way on them', async () => {
    const listening = await listen(true);
    const waiting: (() => void)[] = [];
    listening.handle = (request, response) =>
      void waiting.push(() => void echoRequest(listening.seen, request, response));
    const [idle, busy] = [open(listening.port), open(listening.port)];
    await once(idle, 'connect');
    busy.write(GET);
    await expect.poll(() => waiting, PATIENCE).toHaveLength(1);
    const [idleSaid, busySaid] = [text(idle), text(busy)];
    const drained = listening.listener.drain({ graceMs: 20_000 });
    expect(await idleSaid).toBe('');
    waiting[0]?.();
    expect(await busySaid).toMatch(/Connection: close[^]*GET \/a/);
    await drained;
  });
});

test('the Node that this runs with reads accepted connections into memory that they share', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = open((server.address() as AddressInfo).port);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const { promise: heard, resolve } = Promise.withResolvers<Buffer>();
  const isShared = readIntoShared(socket, (octets) => {
    const kept = keptOctets(octets);
    octets.fill('x');
    resolve(kept);
    return true;
  });
  expect(isShared).toBe(true);
  client.write('octets');
  const kept = await heard;
  expect(kept.toString()).toBe('octets');
  // What is nobody else's is not copied again for each request that is pipelined.
  expect(keptOctets(kept)).toBe(kept);
  client.destroy();
  server.close();
});
