import { type IncomingMessage, type Server, type ServerOptions, type ServerResponse, createServer } from 'node:http';
import { type Server as TlsServer, createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import type { Logger } from 'pino';
import { type PosternErrorOptions, PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { ACME_TLS_PROTOCOL } from '../certificates/acme/challenge-names.ts';
import type { ListenerCertificates } from '../certificates/listener-certificates.ts';
import { MIN_TLS_VERSION } from '../certificates/served-certificate.ts';
import { type UserRequest, type UserResponse, isPlainResponse } from '../relay/user-http.ts';
import { UserConnections } from './http1/user-connections.ts';
import { type Http2Sessions, makeHttp2Sessions } from './http2-sessions.ts';
import { EDGE_LIMITS } from './limits.ts';
import { NodeConnections } from './node-connections.ts';
import { maySwitchProtocols } from './request-framing.ts';
import { RestingConnections } from './resting-connections.ts';
import { UnusedConnections } from './unused-connections.ts';

const DRAIN_POLL_MS = 25;
/** By preference. */
const PROTOCOLS = ['h2', 'http/1.1'] as const;

/** What answers the requests of a listener. */
export interface EdgeHandler {
  /** Whether requests for this target, in origin-form, must come by node:http or node:http2. */
  isLeftToNode(url: string): boolean;
  handleRequest(request: UserRequest, response: UserResponse): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, bufferedBytes: Buffer): void;
  /** A request that couldn't be read. The socket is open and nothing of a response was written to it. */
  handleMalformed(socket: Duplex, error: PosternError): void;
}

export interface EdgeListener {
  /** Begins to listen. Requests that come before `serve` get 503. */
  listen(): Promise<{ readonly port: number }>;
  serve(handler: EdgeHandler): void;
  /**
   * Takes no more connections and ends each with the answer under way on it. Resolves when no further request can come,
   * upgraded connections apart, or after `graceMs`.
   */
  drain(options: { readonly graceMs: number }): Promise<void>;
  /** Takes no more connections, lets running requests finish for up to `graceMs`, then ends what is left. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export interface EdgeListenerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** What TLS is spoken with, picked by server name; null: the listener speaks plain HTTP. */
  readonly certificates: ListenerCertificates | null;
  readonly log: Logger;
  /** Whether ordinary requests over HTTP/1.1 are read here (ADR 0044), or all by node:http. */
  readonly areRequestsOwn?: boolean;
  /** Whether the connections of those are read into memory that they share (ADR 0044); they are where it is absent. */
  readonly areReadsShared?: boolean;
  /** Whether an address is that of a trusted proxy; none is where absent. */
  readonly isProxy?: (address: string) => boolean;
  /** As in `EDGE_LIMITS`; a test has fewer. */
  readonly maxConnections?: number;
  readonly maxUnusedConnections?: number;
}

/**
 * The socket at which the Internet arrives: HTTP/1.1, and over TLS HTTP/2 for clients that offer it by ALPN (B54); strict
 * parsers, bounded in header size, number and time and in connections (`EDGE_LIMITS`, `HTTP2_EDGE_LIMITS`). Bodies have no
 * deadline: an upload may take hours.
 */
export function makeEdgeListener(listenerOptions: EdgeListenerOptions): EdgeListener {
  const { listen, certificates, log, areRequestsOwn = false, areReadsShared = true } = listenerOptions;
  const { maxUnusedConnections = EDGE_LIMITS.maxUnusedConnections } = listenerOptions;
  const { maxConnections = EDGE_LIMITS.maxConnections, isProxy = () => false } = listenerOptions;
  const options: ServerOptions & { shouldUpgradeCallback(request: IncomingMessage): boolean } = {
    maxHeaderSize: EDGE_LIMITS.maxParsedHeaderBytes,
    headersTimeout: EDGE_LIMITS.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: EDGE_LIMITS.keepAliveTimeoutMs,
    connectionsCheckingInterval: EDGE_LIMITS.connectionsCheckMs,
    insecureHTTPParser: false,
    // A missing Host is answered with a page of ours, see parseHostHeader.
    requireHostHeader: false,
    noDelay: true,
    // A request without a body has ended (`readableEnded`) when it comes, and emits nothing.
    optimizeEmptyRequests: true,
    shouldUpgradeCallback: maySwitchProtocols,
  };
  const server = certificates === null ? createServer(options) : makeTlsServer(options, certificates);
  // Zero: none is dropped. Their octets bound them, and the edge refuses what is too many (isWithinHeaderLimits).
  server.maxHeadersCount = 0;
  server.maxConnections = maxConnections;
  const upgraded = new Set<Duplex>();
  // Of all of them, and called with the one that it is about as `this`: thousands may be open.
  const forget = function (this: Duplex): void {
    upgraded.delete(this);
  };
  const unused = new UnusedConnections(maxUnusedConnections);
  const byNode = new NodeConnections();
  /** Of the first requests of connections that node:http was told another one of. */
  const methods = new WeakMap<Socket, string>();
  const putMethodBack = (request: IncomingMessage): void => {
    const method = methods.get(request.socket);
    if (method === undefined) return;
    methods.delete(request.socket);
    request.method = method;
  };
  let handler: EdgeHandler | null = null;

  const onRequest = (request: UserRequest, response: UserResponse): void => {
    // Node's parser stops behind an offer to switch protocols that was not taken up.
    if (request.httpVersionMajor === 1 && request.headers.upgrade !== undefined) {
      (response as ServerResponse).shouldKeepAlive = false;
    }
    if (handler === null) refuseEarly(response);
    else handler.handleRequest(request, response);
  };
  const http2 = certificates === null ? null : makeHttp2Sessions(onRequest, unused, log);
  const own = areRequestsOwn
    ? new UserConnections({
        areReadsShared,
        isLeftToNode: (url) => handler?.isLeftToNode(url) ?? false,
        onRequest,
        onUsed: (socket) => unused.onUsed(socket),
        onHeadTimeout: (socket) => {
          if (handler === null) socket.destroy();
          else handler.handleMalformed(socket, new PosternError('EDGE_HEADERS_TIMEOUT'));
        },
        leave: (socket, method) => {
          if (method !== null) methods.set(socket, method);
          byNode.accept(socket);
          serveByNode(socket);
        },
      })
    : null;
  const resting = new RestingConnections({
    maxConnections,
    isProxy,
    find: () => [own, http2, byNode].flatMap((each) => [...(each?.resting() ?? [])]),
  });
  const serveByNode = divert(server, http2, own);
  watchUnused(server, unused, certificates !== null);
  server.on('connection', () => {
    server.getConnections((_error, count) => resting.onConnection(count));
  });
  const onNodeRequest = (request: IncomingMessage, response: ServerResponse): void => {
    putMethodBack(request);
    unused.onUsed(request.socket);
    byNode.onRequest(request.socket, response);
    onRequest(request, response);
  };
  server.on('request', onNodeRequest);
  // Whoever reads the body says "100 Continue", not the server as soon as the head is in (B51).
  server.on('checkContinue', onNodeRequest);
  server.on('checkExpectation', onNodeRequest);
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    byNode.remove(request.socket);
    if (handler === null) socket.destroy();
    else handler.handleMalformed(socket, new PosternError('EDGE_BAD_REQUEST', { message: 'This is no open proxy.' }));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, bufferedBytes: Buffer) => {
    putMethodBack(request);
    unused.onUsed(socket);
    byNode.remove(request.socket);
    upgraded.add(socket);
    socket.on('close', forget);
    socket.on('error', destroy);
    if (handler === null)
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else handler.handleUpgrade(request, socket, bufferedBytes);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const response = responseUnderWay(socket);
    if (handler === null || hasEnded(error, socket)) socket.destroy();
    else if (response === null) handler.handleMalformed(socket, malformedError(error));
    // Octets behind a request that is its connection's last: they are dropped, and it has its answer (RFC 9112 section 9.6).
    else if (error.code === 'HPE_CLOSED_CONNECTION') return;
    // What was said already is heard; nothing else is.
    else if (response.writableEnded) (socket as Socket).destroySoon();
    else socket.destroy();
  });
  server.on('drop', () => log.warn({ limit: maxConnections }, 'edge.connection_dropped'));
  server.on('tlsClientError', (error, socket) => {
    log.debug({ err: error }, 'edge.tls_failed');
    socket.destroy();
  });

  return {
    drain: ({ graceMs }) => {
      own?.drain();
      void http2?.close();
      return drainServer(server, upgraded, graceMs);
    },
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(listen.port, listen.host, () => {
          server.off('error', reject);
          server.on('error', (error) => log.error({ err: error }, 'edge.listener_failed'));
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),
    serve: (next) => {
      handler = next;
    },
    close: ({ graceMs }) => closeServer(server, http2, own, upgraded, graceMs),
  };
}

/** Handshakes take the certificate of the server name from memory; a changed one holds from the next handshake on. */
function makeTlsServer(options: ServerOptions, certificates: ListenerCertificates): TlsServer {
  const secure = (): { cert: string; key: string; minVersion: typeof MIN_TLS_VERSION } => ({
    ...certificates.fallback,
    minVersion: MIN_TLS_VERSION,
  });
  const server = createTlsServer({
    ...options,
    handshakeTimeout: EDGE_LIMITS.headersTimeoutMs,
    ...secure(),
    ...makeHandshake(certificates),
  });
  const unsubscribe = certificates.onFallbackChange(() => server.setSecureContext(secure()));
  server.on('close', unsubscribe);
  return server;
}

/**
 * Picks protocol and certificate. An ACME authority asks by a protocol of its own (RFC 8737) for a certificate that proves
 * the host; users who come meanwhile get the usual one. In TLS 1.3 the protocol is chosen first, which is what counts here.
 */
function makeHandshake(certificates: ListenerCertificates): TlsOptions {
  const { challenges } = certificates;
  if (challenges === null) {
    return {
      ALPNProtocols: [...PROTOCOLS],
      SNICallback: (servername, done) => done(null, certificates.contextFor(servername)),
    };
  }
  const asked = new WeakSet();
  return {
    ALPNCallback(this: object, { servername, protocols }) {
      if (protocols.includes(ACME_TLS_PROTOCOL) && challenges.tlsContext(servername) !== undefined) {
        asked.add(this);
        return ACME_TLS_PROTOCOL;
      }
      return PROTOCOLS.find((protocol) => protocols.includes(protocol));
    },
    SNICallback(this: object, servername, done) {
      done(null, asked.has(this) ? challenges.tlsContext(servername) : certificates.contextFor(servername));
    },
  };
}

/**
 * Hands connections on which ALPN chose HTTP/2 to `http2`, the others to `own` where there is such a thing, else to the server's
 * own listener. node:http2 can serve both by itself (`allowHTTP1`), but then carries none of node:http's bounds over (ADR 0012).
 * @returns hands a connection to the server's own listener
 */
function divert(server: Server, http2: Http2Sessions | null, own: UserConnections | null): (socket: Socket) => void {
  const event = http2 === null ? 'connection' : 'secureConnection';
  const listeners = server.listeners(event) as ((this: Server, socket: Socket) => void)[];
  const serveByNode = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const serveHttp1 = own === null ? serveByNode : (socket: Socket): void => own.accept(socket);
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    const protocol = 'alpnProtocol' in socket ? socket.alpnProtocol : null;
    // The handshake was all that the authority came for.
    if (protocol === ACME_TLS_PROTOCOL) socket.end(() => socket.destroy());
    else if (protocol === 'h2' && http2 !== null) http2.accept(socket);
    else serveHttp1(socket);
  });
  return serveByNode;
}

/** Tells of each connection as it comes, and of each handshake that is made. */
function watchUnused(server: Server, unused: UnusedConnections, isSecure: boolean): void {
  if (isSecure) {
    server.on('connection', (socket: Socket) => unused.beginHandshake(socket));
    server.prependListener('secureConnection', (socket: Socket) => unused.endHandshake(socket));
  } else server.on('connection', (socket: Socket) => unused.accept(socket, socket.remoteAddress));
}

/** A socket, on an error that whoever has it hears of when it closes. */
function destroy(this: Duplex): void {
  this.destroy();
}

/** The service starts. */
function refuseEarly(response: UserResponse): void {
  const headers = ['Retry-After', '1', 'Content-Length', '0'];
  if (!isPlainResponse(response)) {
    (response as ServerResponse).writeHead(503, headers).end();
    return;
  }
  response.writeHead(503, headers);
  response.end([], false);
}

function hasEnded(error: NodeJS.ErrnoException, socket: Duplex): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable;
}

/** The response that stands on a connection, its head sent or not. */
function responseUnderWay(socket: Duplex): ServerResponse | null {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? null;
}

async function drainServer(server: Server, upgraded: ReadonlySet<Duplex>, graceMs: number): Promise<void> {
  const deadlineMs = performance.now() + graceMs;
  server.close();
  const endWithAnswer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.shouldKeepAlive = false;
  };
  server.prependListener('request', endWithAnswer).prependListener('checkContinue', endWithAnswer);
  for (;;) {
    // A connection whose answer began before the drain stays open behind it.
    server.closeIdleConnections();
    const open = await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    if (open <= upgraded.size || performance.now() >= deadlineMs) return;
    await new Promise<void>((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  }
}

const MALFORMED: Readonly<Record<string, readonly [ErrorCode, PosternErrorOptions?]>> = {
  HPE_HEADER_OVERFLOW: ['EDGE_HEADERS_TOO_LARGE'],
  ERR_HTTP_REQUEST_TIMEOUT: ['EDGE_HEADERS_TIMEOUT'],
};

function malformedError(error: NodeJS.ErrnoException): PosternError {
  const [code, options] = MALFORMED[error.code ?? ''] ?? ['EDGE_BAD_REQUEST'];
  return new PosternError(code, { ...options, cause: error });
}

async function closeServer(
  server: Server,
  http2: Http2Sessions | null,
  own: UserConnections | null,
  upgraded: ReadonlySet<Duplex>,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  own?.drain();
  const http2Closed = http2?.close();
  const end = (): void => {
    server.closeAllConnections();
    http2?.destroy();
    own?.destroy();
    for (const socket of upgraded) socket.destroy();
  };
  if (graceMs <= 0) end();
  const timer = setTimeout(end, graceMs);
  await Promise.all([closed, http2Closed]);
  clearTimeout(timer);
}
