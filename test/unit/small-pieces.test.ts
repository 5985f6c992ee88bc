import { IncomingMessage, ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BackendDialer } from '../../src-main/connector/backend-dialer.ts';
import { DEFAULT_BACKEND_POOL_LIMITS } from '../../src-main/connector/backend-pools.ts';
import { DirectExchange } from '../../src-main/connector/direct-exchange.ts';
import type { Exchange } from '../../src-main/connector/exchange.ts';
import type { ExchangeContext } from '../../src-main/connector/exchange-context.ts';
import { Forwarder } from '../../src-main/connector/forwarder.ts';
import { Http2Exchange } from '../../src-main/connector/http2-exchange.ts';
import { NegotiatedExchange } from '../../src-main/connector/negotiated-exchange.ts';
import { PlainBody } from '../../src-main/connector/plain-http/plain-body.ts';
import { PlainConnection } from '../../src-main/connector/plain-http/plain-connection.ts';
import { PlainRequest } from '../../src-main/connector/plain-http/plain-request.ts';
import { SwitchedConnection } from '../../src-main/connector/switched-connection.ts';
import { UndiciBody } from '../../src-main/connector/undici-body.ts';
import { UserResponseWriter } from '../../src-service/edge/http1/user-response.ts';
import { HttpExchange } from '../../src-service/relay/http-exchange.ts';
import type { RequestAttempts } from '../../src-service/relay/request-attempts.ts';
import type { ForwardedRequest, ForwardedUpgrade } from '../../src-service/relay/relay-types.ts';
import { SlowReaders } from '../../src-service/relay/slow-readers.ts';
import { UpgradeExchange } from '../../src-service/relay/upgrade-exchange.ts';
import type { UserResponse } from '../../src-service/relay/user-http.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { encodeRequestHead, encodeResponseHead, type RequestHead } from '../../src-shared/wire/head.ts';
import { WaitingOctets } from '../../src-shared/wire/waiting-octets.ts';
import { KeepingRecorder } from '../helpers/keeping-recorder.ts';
import { handlerWith } from '../helpers/mux-pair.ts';

const PIECES = 20_000;
const FIRST = Buffer.alloc(100_000, 'z');

/** A connection whose other end reads nothing until it is told to, and then counts what it was written. */
class StuckConnection extends Duplex {
  readonly pieces: Buffer[] = [];
  #isStuck = true;
  #go: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const go = (): void => {
      // A copy: what is written may be freed.
      this.pieces.push(Buffer.from(chunk));
      done();
    };
    if (this.#isStuck) this.#go = go;
    else setImmediate(go);
  }

  override _read(): void {}

  setNoDelay(): void {}

  setTimeout(): void {}

  /** What was written behind the first piece, without what frames it: capitals alone. */
  get letters(): string {
    const all = Buffer.concat(this.pieces).toString('latin1');
    return all.slice(all.lastIndexOf('z') + 1).replaceAll(/[^A-Z]/g, '');
  }

  release(): void {
    this.#isStuck = false;
    this.#go?.();
  }
}

/** A stream that is given what comes of it, and counts what was taken. */
class CountedStream {
  takenBytes = 0;
  consumed(bytes: number): void {
    this.takenBytes += bytes;
  }
  taken(): void {}
  give = (): boolean => true;
  end(): void {}
  reset(code: string, message: string): void {
    throw new Error(`${code} ${message}`);
  }
}

const entry = { requestBytes: 0, responseBytes: 0, sent: () => undefined };
const contextOf = (stream: CountedStream): ExchangeContext =>
  ({
    stream,
    entry,
    route: { place: {}, idleTimeoutMs: 0, headersTimeoutMs: 600_000, isSecure: false, tls: {} },
    head: { method: 'POST', headers: [], isUpgrade: false },
    headers: ['host', 'a', 'transfer-encoding', 'chunked'],
    target: '/',
    onFinished: () => undefined,
  }) as unknown as ExchangeContext;

const ways: readonly [
  string,
  (connection: StuckConnection, stream: CountedStream) => Pick<Exchange, 'onData' | 'onEnd'>,
][] = [
  [
    'to a backend that speaks another protocol now',
    (connection, stream) => new SwitchedConnection(contextOf(stream), connection as never),
  ],
  [
    'to a backend over a connection of its own',
    (connection, stream) =>
      new DirectExchange(contextOf(stream), { connectTimeoutMs: 600_000, maxHeaderBytes: 65_536 }, {
        open: async () => connection,
      } as unknown as BackendDialer),
  ],
  [
    'to a backend by HTTP/2',
    (connection, stream) => {
      const session = { request: () => Object.assign(connection, { pending: false, close: () => undefined }) };
      return new Http2Exchange(contextOf(stream), session as never, 'stream', () => null);
    },
  ],
  [
    'to a user who speaks another protocol now',
    (connection, stream) => {
      let handler: StreamHandler = handlerWith({});
      const mux = {
        open: (_block: Uint8Array, _end: boolean, handlerOf: (made: MuxStream) => StreamHandler) => {
          handler = handlerOf(stream as unknown as MuxStream);
        },
      };
      const attempts = { next: () => ({ mux }), over: () => undefined, answered: () => [] };
      const forwarded = { socket: connection, request: { method: 'GET', headers: {} }, bufferedBytes: '', head: HEAD };
      const times = { userStallMs: 600_000, crowdedStallMs: 600_000, userStallLookMs: 600_000 };
      new UpgradeExchange(
        { ...forwarded, responseHeaders: [] } as unknown as ForwardedUpgrade,
        attempts as unknown as RequestAttempts,
        new SlowReaders(times, 1e9, () => 0),
      ).start();
      handler.onHead(encodeResponseHead({ status: 101, headers: [] }), false);
      return handler;
    },
  ],
  [
    'to a user whose request the service read',
    (connection, stream) => {
      const socket = connection as unknown as Socket;
      const response = new UserResponseWriter(
        socket,
        { mayGoOn: true, writesAtOnce: false, onResponseOver: () => undefined },
        false,
      );
      connection.on('drain', () => response.onDrain());
      return answerTo(response, stream);
    },
  ],
  [
    'to a user whose request node:http read',
    (connection, stream) => {
      const response = new ServerResponse(Object.assign(new IncomingMessage(new Socket()), { httpVersionMajor: 1 }));
      response.useChunkedEncodingByDefault = true;
      response.assignSocket(connection as unknown as Socket);
      connection.on('drain', () => response.emit('drain'));
      return answerTo(response, stream);
    },
  ],
];

/** The relay's side of a response, whose head is out. */
function answerTo(response: UserResponse, stream: CountedStream): StreamHandler {
  let handler: StreamHandler = handlerWith({});
  const mux = {
    open: (_block: Uint8Array, _end: boolean, handlerOf: (made: MuxStream) => StreamHandler) => {
      handler = handlerOf(stream as unknown as MuxStream);
    },
  };
  const attempts = { next: () => ({ mux }), over: () => undefined, answered: () => [] };
  const request = { method: 'GET', headers: {} };
  const forwarded = { request, response, head: { ...HEAD, isUpgrade: false }, responseHeaders: [] };
  const times = { userStallMs: 600_000, crowdedStallMs: 600_000, userStallLookMs: 600_000 };
  new HttpExchange(
    forwarded as unknown as ForwardedRequest,
    attempts as unknown as RequestAttempts,
    new SlowReaders(times, 1e9, () => 0),
  ).start();
  handler.onHead(encodeResponseHead({ status: 200, headers: [] }), false);
  return handler;
}

const HEAD: RequestHead = {
  method: 'GET',
  target: '/',
  scheme: 'https',
  authority: 'a',
  applicationId: 'a',
  activityId: '3d6f0a52-6f0e-4f4e-9c3a-0d8f4b1d6a10',
  remoteAddress: '192.0.2.1',
  userId: 'a',
  userName: 'a',
  isUpgrade: true,
  headers: [],
};

test.each(ways)('a window of single octets %s waits in a few blocks, and comes in order', async (_, make) => {
  const connection = new StuckConnection();
  const stream = new CountedStream();
  const exchange = make(connection, stream);
  // An own connection is made in the ticks that follow.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  exchange.onData(Buffer.from(FIRST));
  const sent = Buffer.from(Array.from({ length: PIECES }, (_value, index) => 65 + (index % 26)));
  for (let index = 0; index < PIECES; index += 1) exchange.onData(sent.subarray(index, index + 1));
  expect(stream.takenBytes).toBe(0);
  connection.release();
  await expect.poll(() => stream.takenBytes, { timeout: 20_000 }).toBe(FIRST.length + PIECES);
  exchange.onEnd([]);
  await expect.poll(() => connection.letters.length, { timeout: 20_000 }).toBe(PIECES);
  expect(connection.letters).toBe(sent.toString('latin1'));
  expect(connection.pieces.length).toBeLessThan(100);
});

test.each(ways)('so it does %s that has room for it by the count of octets', async (_, make) => {
  const connection = new StuckConnection();
  const stream = new CountedStream();
  const exchange = make(connection, stream);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  const sent = Buffer.from(Array.from({ length: PIECES }, (_value, index) => 65 + (index % 26)));
  for (let index = 0; index < PIECES; index += 1) exchange.onData(sent.subarray(index, index + 1));
  expect(stream.takenBytes).toBeLessThan(2000);
  connection.release();
  await expect.poll(() => stream.takenBytes, { timeout: 20_000 }).toBe(PIECES);
  exchange.onEnd([]);
  await expect.poll(() => connection.letters.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(PIECES);
  expect(connection.letters.slice(-PIECES)).toBe(sent.toString('latin1'));
  expect(connection.pieces.length).toBeLessThan(5000);
});

test.each(ways)('nothing that goes %s is counted as taken while it waits', async (_, make) => {
  const connection = new StuckConnection();
  let mostWaiting = 0;
  class WatchedStream extends CountedStream {
    override consumed(bytes: number): void {
      super.consumed(bytes);
      const writtenBytes = connection.pieces.reduce((sum, { length }) => sum + length, 0);
      mostWaiting = Math.max(mostWaiting, this.takenBytes - writtenBytes);
    }
  }
  const stream = new WatchedStream();
  const exchange = make(connection, stream);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  // The second one is small, and more than there is room for: its write is done, and there is room, in the same tick.
  const sizes = [63_000, 4000, ...Array.from({ length: 10 }, () => 20_000)];
  for (const size of sizes) exchange.onData(Buffer.alloc(size));
  connection.release();
  await expect.poll(() => stream.takenBytes, { timeout: 20_000 }).toBe(267_000);
  expect(mostWaiting).toBeLessThanOrEqual(connection.writableHighWaterMark);
});

test('what waits is written before the end, though there is no room for it', async () => {
  const connection = new StuckConnection();
  const switched = new SwitchedConnection(contextOf(new CountedStream()), connection as never);
  for (const piece of [FIRST, 'a', 'b', 'c']) switched.onData(Buffer.from(piece));
  switched.onEnd();
  connection.release();
  await expect.poll(() => connection.writableFinished, { timeout: 20_000 }).toBe(true);
  expect(Buffer.concat(connection.pieces).toString()).toBe(`${FIRST.toString()}abc`);
});

test('a window of single octets to a user by HTTP/2 waits in a few blocks, and comes in order', async () => {
  const responses = Promise.withResolvers<Http2ServerResponse>();
  const server = createHttp2Server((_request, response) => responses.resolve(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.on('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const client = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 0 } });
  const asked = client.request();
  const received: Buffer[] = [];
  asked.on('data', (chunk: Buffer) => received.push(chunk));
  const response = await responses.promise;
  const stream = new CountedStream();
  const handler = answerTo(response, stream);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  const sent = Buffer.from(Array.from({ length: PIECES }, (_value, index) => 65 + (index % 26)));
  for (let index = 0; index < PIECES; index += 1) handler.onData(sent.subarray(index, index + 1));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  expect([stream.takenBytes, response.stream.writableLength].map((bytes) => bytes < 2000)).toEqual([true, true]);
  client.settings({ initialWindowSize: 1_000_000 });
  await expect.poll(() => stream.takenBytes, { timeout: 20_000 }).toBe(PIECES);
  handler.onEnd([]);
  await new Promise((resolve) => void asked.on('end', resolve));
  expect(Buffer.concat(received).equals(sent)).toBe(true);
  client.destroy();
  server.close();
});

test('a body of single octets waits in a few blocks for a connection, or for undici to read it', async () => {
  const plain = new PlainBody();
  const undici = new UndiciBody();
  for (const body of [plain, undici]) {
    for (let index = 0; index < 262_144; index += 1) body.push(new Uint8Array(1));
    expect(body.unsentBytes).toBe(262_144);
    body.push(null);
  }
  const written: number[] = [];
  plain.attach({ writeBody: ({ length }) => written.push(length) < 10, endBody: () => written.push(0) });
  // The connection said that it takes no more, and then that it does.
  expect([written.length, plain.unsentBytes > 0]).toEqual([10, true]);
  plain.flow();
  while (written.at(-1) !== 0) plain.flow();
  expect(written.length).toBeLessThan(40);
  let pieces = 0;
  let bytes = 0;
  for await (const piece of undici as AsyncIterable<Buffer>) {
    pieces += 1;
    bytes += piece.length;
  }
  expect(bytes).toBe(262_144);
  expect(pieces).toBeLessThan(20_000);
});

test('a body whose last small piece filled its connection goes on once there is room, not twice', async () => {
  const connection = new StuckConnection();
  const ignore = (): void => undefined;
  const owner = { onFree: ignore, onGone: ignore, onUnusual: ignore };
  const plain = new PlainConnection(connection as never, null, owner, {
    maxHeaderBytes: 65_536,
    keepAliveMs: 1000,
    slowBodyMs: 20_000,
  });
  let flows = 0;
  class CountedBody extends PlainBody {
    override flow(): void {
      flows += 1;
      super.flow();
    }
  }
  const body = new CountedBody();
  const request = {
    method: 'POST',
    path: '/',
    headers: ['Host', 'a', 'Content-Length', '67000'],
    endsConnection: null,
  };
  const listener = { onRequestStart: ignore, onBodySent: ignore, onResponseStart: ignore, onResponseData: ignore };
  plain.begin(
    new PlainRequest(
      { ...request, body, headersTimeoutMs: 600_000 },
      { ...listener, onResponseEnd: ignore, onResponseError: ignore },
    ),
  );
  body.push(Buffer.alloc(63_000));
  body.push(Buffer.alloc(4000));
  expect(flows).toBe(1);
  connection.release();
  await expect.poll(() => connection.writableLength).toBe(0);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  expect(flows).toBe(2);
  plain.end(new Error('The test is over.'));
});

test('what comes while a backend is asked what it speaks waits in a few blocks', async () => {
  const { promise, resolve } = Promise.withResolvers<never>();
  const pieces: Uint8Array[] = [];
  const exchange = new NegotiatedExchange(contextOf(new CountedStream()), promise, () => ({
    onData: (chunk) => pieces.push(chunk),
    onEnd: () => undefined,
    onWritable: () => undefined,
    onReset: () => undefined,
  }));
  for (let index = 0; index < 65_536; index += 1) exchange.onData(new Uint8Array([index % 256]));
  resolve(null as never);
  await expect.poll(() => pieces.length, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(pieces.length).toBeLessThan(32);
  expect(Buffer.concat(pieces).every((octet, index) => octet === index % 256)).toBe(true);
});

test('what comes before an application is known waits in a few blocks', async () => {
  const forwarder = new Forwarder(
    new KeepingRecorder(),
    DEFAULT_BACKEND_POOL_LIMITS,
    {} as BackendDialer,
    () => undefined,
  );
  const pieces: Uint8Array[] = [];
  const begin = Promise.withResolvers<() => void>();
  forwarder.mustWait = (_head, begun) => {
    begin.resolve(begun);
    return true;
  };
  forwarder.begin = () => ({
    onData: (chunk) => pieces.push(chunk),
    onEnd: () => undefined,
    onWritable: () => undefined,
    onReset: () => undefined,
  });
  const handler = forwarder.open(new CountedStream() as unknown as MuxStream, encodeRequestHead(HEAD));
  for (let index = 0; index < 65_536; index += 1) handler.onData(new Uint8Array([index % 256]));
  (await begin.promise)();
  expect(pieces.length).toBeLessThan(32);
  expect(Buffer.concat(pieces).every((octet, index) => octet === index % 256)).toBe(true);
});

test('whatever room there is, what waits comes in order and is counted once', () => {
  const steps = fc.array(fc.oneof(fc.uint8Array({ maxLength: 5000, size: 'max' }), fc.constant(null)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.boolean()), (given, rooms) => {
      const written: Uint8Array[] = [];
      const sent: Uint8Array[] = [];
      let takenBytes = 0;
      let waiting: WaitingOctets | null = null;
      const write = (piece: Uint8Array): boolean => {
        written.push(piece);
        return rooms.next().value;
      };
      for (const step of given) {
        if (step !== null) {
          sent.push(step);
          if (waiting !== null) waiting.add(step);
          else if (write(step)) takenBytes += step.length;
          else waiting = new WaitingOctets(step.length);
        } else if (waiting !== null) {
          takenBytes += waiting.drain(write);
          if (waiting.bytes === 0) waiting = null;
        }
      }
      waiting?.flush(write);
      expect(Buffer.concat(written).equals(Buffer.concat(sent))).toBe(true);
      expect(takenBytes + (waiting?.bytes ?? 0)).toBe(Buffer.concat(sent).length);
    }),
  );
});
