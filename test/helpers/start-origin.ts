import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

const CHUNK_BYTES = 65_536;
const TICK_MS = 20;
const MAX_HEADER_BYTES = 1_048_576;

/** A real backend on loopback, with a route for each thing that a backend may do. */
export interface Origin {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Requests that arrived, oldest first. */
  readonly requests: readonly OriginRequest[];
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Resolves when a request to `path` was cut off by its client. */
  aborted(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface OriginRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

export interface OriginOptions {
  /** Serves https with this certificate. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/**
 * Starts an origin. Routes: `/echo` (what arrived, as JSON), `/mirror` (the body, streamed back), `/hash` (SHA-256 of the
 * body), `/bytes/N`, `/chunked/N`, `/status/N`, `/redirect?to=`, `/cookies`, `/header?name=&value=`, `/trailers`, `/many-headers/N`, `/big-header/BYTES`,
 * `/early-hints`, `/sse`, `/ticks/N` (N events that say when each was written), `/late/MS` (answers after so long), `/pause/MS` (pauses within the body), `/head-alone` (no body comes), `/silent`, `/reset`, `/cut`, `/once` (closes its connection after the answer), `/garbage`,
 * `/stall` (an endless body), WebSocket at `/ws`, a raw echo protocol at `/raw`, and a refused upgrade at `/ws-refused`.
 */
export async function startOrigin(options: OriginOptions = {}): Promise<Origin> {
  const requests: OriginRequest[] = [];
  const sockets = new Set<Socket>();
  const aborts = new Map<string, PromiseWithResolvers<void>>();
  const abortOf = (path: string): PromiseWithResolvers<void> => {
    const existing = aborts.get(path) ?? Promise.withResolvers<void>();
    aborts.set(path, existing);
    return existing;
  };
  const listener: RequestListener = (request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders });
    const url = new URL(request.url ?? '/', 'http://origin');
    response.on('close', () => {
      if (!response.writableFinished) abortOf(url.pathname).resolve();
    });
    // A body that is cut off has no answer.
    answer(url, request, response).catch(() => response.destroy());
  };
  const server =
    options.tls === undefined
      ? createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener)
      : createHttpsServer({ ...options.tls, maxHeaderSize: MAX_HEADER_BYTES }, listener);
  // It takes what comes, so that it is not what a test of our limits meets.
  server.maxHeadersCount = 0;
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders });
    switchProtocol(webSockets, request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    get openConnections() {
      return sockets.size;
    },
    aborted: async (path) => abortOf(path).promise,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      for (const webSocket of webSockets.clients) webSocket.terminate();
      await closed;
    },
  };
}

async function answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, route = '', argument = ''] = url.pathname.split('/');
  switch (route) {
    case 'mirror':
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' });
      request.pipe(response);
      return;
    case 'hash': {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      sendJson(response, { bytes, sha256: hash.digest('hex'), trailers: request.rawTrailers });
      return;
    }
    case 'bytes':
    case 'chunked':
      await sendBytes(response, Number(argument), route === 'chunked');
      return;
    case 'status':
      response.writeHead(Number(argument)).end(Number(argument) === 204 || Number(argument) === 304 ? '' : 'status');
      return;
    case 'redirect':
      response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end();
      return;
    case 'cookies':
      response
        .writeHead(200, [
          ['set-cookie', 'a=1; Path=/; HttpOnly'],
          ['X-Between', 'yes'],
          ['set-cookie', 'b=2; Domain=127.0.0.1; SameSite=None; Secure; Partitioned'],
        ] as unknown as string[])
        .end('cookies');
      return;
    case 'header':
      response
        .writeHead(200, { [url.searchParams.get('name') ?? 'x-none']: url.searchParams.get('value') ?? '' })
        .end('header');
      return;
    case 'many-headers':
      response.writeHead(
        200,
        Array.from({ length: Number(argument) }, (_, index) => [`x-${index}`, '1']) as unknown as string[],
      );
      response.end('many');
      return;
    case 'big-header':
      response.writeHead(200, { 'x-big': 'b'.repeat(Number(argument)) }).end('big');
      return;
    case 'trailers':
      response.writeHead(200, { trailer: 'x-checksum' });
      response.write('body');
      response.addTrailers({ 'x-checksum': 'abc' });
      response.end();
      return;
    case 'early-hints':
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      response.writeHead(200).end('late');
      return;
    case 'sse':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 0\n\n');
      return;
    case 'ticks':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      tick(response, Number(argument));
      return;
    case 'late':
      setTimeout(() => response.end('late'), Number(argument));
      return;
    case 'pause':
      response.writeHead(200);
      response.write('before ');
      setTimeout(() => response.end('after'), Number(argument));
      return;
    case 'head-alone':
      response.writeHead(200).flushHeaders();
      return;
    case 'stall':
      response.writeHead(200);
      fill(response);
      return;
    case 'silent':
      return;
    case 'once':
      response.writeHead(200, { 'content-length': '4', connection: 'close' }).end('once');
      return;
    case 'reset':
      request.socket.destroy();
      return;
    case 'cut':
      response.writeHead(200, { 'content-length': '1000' });
      response.write('short', () => request.socket.destroy());
      return;
    case 'garbage':
      request.socket.end('this is not HTTP\r\n\r\n');
      return;
    default: {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      sendJson(response, { method: request.method, url: request.url, headers: request.rawHeaders, body });
    }
  }
}

function switchProtocol(webSockets: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (request.url?.endsWith('/ws') === true) {
    webSockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      webSocket.on('message', (data, isBinary) => webSocket.send(data as Buffer, { binary: isBinary }));
    });
  } else if (request.url?.endsWith('/raw') === true) {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\nSet-Cookie: up=1\r\n\r\n',
    );
    socket.write(head);
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  } else {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nX-Why: policy\r\n\r\nrefuse');
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** The octets that `/bytes/N` and `/chunked/N` consist of, as one chunk repeats. */
export function originChunk(bytes: number): Buffer {
  const chunk = Buffer.allocUnsafe(bytes);
  for (let index = 0; index < bytes; index += 1) chunk[index] = (index * 31) & 0xff;
  return chunk;
}

async function sendBytes(response: ServerResponse, bytes: number, isChunked: boolean): Promise<void> {
  const chunk = originChunk(CHUNK_BYTES);
  response.writeHead(200, isChunked ? {} : { 'content-length': bytes });
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    if (response.destroyed) return;
    if (!response.write(chunk.subarray(0, Math.min(left, CHUNK_BYTES)))) {
      await drained(response);
    }
  }
  response.end();
}

/** Resolves when the response takes more, or when nobody reads it any more. */
async function drained(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve).once('close', resolve);
  await promise;
  response.off('drain', resolve).off('close', resolve);
}

/** Writes an event every 20 ms, each with the moment at which it was written, on this process's clock. */
function tick(response: ServerResponse, count: number): void {
  if (count === 0 || response.destroyed) {
    response.end();
    return;
  }
  response.write(`data: ${performance.now()}\n\n`);
  setTimeout(() => tick(response, count - 1), TICK_MS);
}

/** Writes for as long as somebody reads. */
function fill(response: ServerResponse): void {
  const chunk = originChunk(CHUNK_BYTES);
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}
