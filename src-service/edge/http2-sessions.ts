import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { UserRequest, UserResponse } from '../relay/user-http.ts';
import { HTTP2_EDGE_LIMITS } from './http2-limits.ts';
import { EdgeHttp2Request } from './http2-request.ts';
import { EDGE_LIMITS } from './limits.ts';
import type { RestingConnection } from './resting-connections.ts';
import type { UnusedConnections } from './unused-connections.ts';

/** The connections of the edge on which ALPN chose HTTP/2. */
export interface Http2Sessions {
  /** Takes a connection whose TLS handshake is done. */
  accept(socket: Socket): void;
  /** Those that have had a request, and on which it is the turn of their users. */
  resting(): Iterable<RestingConnection>;
  /** Tells every client to open no more streams (GOAWAY); resolves when the running ones are over. */
  close(): Promise<void>;
  /** Ends all connections at once. */
  destroy(): void;
}

/**
 * Serves HTTP/2 (RFC 9113) on connections that come from elsewhere, each bounded by `HTTP2_EDGE_LIMITS`. nghttp2 itself
 * refuses what breaks a message (section 8.1.1): names in upper case, headers of a connection, pseudo-fields that are
 * missing, doubled or late, and a body that is not as long as Content-Length says; it bounds CONTINUATION frames and
 * outstanding acknowledgements of PING and SETTINGS.
 */
export function makeHttp2Sessions(
  onRequest: (request: UserRequest, response: UserResponse) => void,
  unused: UnusedConnections,
  log: Logger,
): Http2Sessions {
  const sessions = new Map<ServerHttp2Session, SessionUse>();
  const server: Http2Server<never, never, typeof EdgeHttp2Request> = createServer({
    Http2ServerRequest: EdgeHttp2Request,
    maxSessionMemory: HTTP2_EDGE_LIMITS.maxSessionMemoryMib,
    maxHeaderListPairs: HTTP2_EDGE_LIMITS.maxParsedHeaderCount,
    maxSessionInvalidFrames: HTTP2_EDGE_LIMITS.maxInvalidFrames,
    maxSessionRejectedStreams: HTTP2_EDGE_LIMITS.maxRejectedStreams,
    maxSettings: HTTP2_EDGE_LIMITS.maxSettings,
    maxDeflateDynamicTableSize: HTTP2_EDGE_LIMITS.headerTableBytes,
    maxSendHeaderBlockLength: HTTP2_EDGE_LIMITS.maxSentHeaderBytes,
    streamResetBurst: HTTP2_EDGE_LIMITS.streamResetBurst,
    streamResetRate: HTTP2_EDGE_LIMITS.streamResetsPerSecond,
    settings: {
      enablePush: false,
      // A client whose connection does not offer extended CONNECT opens WebSockets over HTTP/1.1 (RFC 8441 section 3).
      enableConnectProtocol: false,
      headerTableSize: HTTP2_EDGE_LIMITS.headerTableBytes,
      initialWindowSize: HTTP2_EDGE_LIMITS.streamWindowBytes,
      maxConcurrentStreams: HTTP2_EDGE_LIMITS.maxConcurrentStreams,
      maxHeaderListSize: EDGE_LIMITS.maxParsedHeaderBytes,
    },
  } as never);
  server.on('session', (session) => {
    if (session.destroyed) return;
    const use = {
      address: session.socket.remoteAddress ?? '',
      streams: new Set<ServerHttp2Stream>(),
      isUsed: false,
      sinceMs: 0,
    };
    sessions.set(session, use);
    session.on('close', () => sessions.delete(session));
    unused.accept(session, use.address);
    session.once('stream', () => unused.onUsed(session));
    session.setLocalWindowSize(HTTP2_EDGE_LIMITS.sessionWindowBytes);
    watchUse(session, use);
  });
  server.on('sessionError', (error) => log.debug({ err: error }, 'edge.http2_session_failed'));
  server.on('request', onRequest as never);
  // Whoever reads the body says "100 Continue" (B51), as over HTTP/1.1.
  server.on('checkContinue', onRequest as never);

  return {
    accept: (socket) => {
      unused.onUsed(socket);
      if (!socket.destroyed) server.emit('connection', socket);
    },
    *resting() {
      const nowMs = performance.now();
      for (const [session, { address, streams, isUsed, sinceMs }] of sessions) {
        if (!isUsed || ![...streams].every(isAwaited)) continue;
        yield { address, sinceMs: streams.size === 0 ? sinceMs : nowMs, end: () => session.destroy() };
      }
    },
    close: async () => {
      await Promise.all(
        [...sessions.keys()].map(
          (session) =>
            new Promise<void>((resolve) => {
              session.on('close', resolve);
              session.close();
            }),
        ),
      );
    },
    destroy: () => {
      for (const session of sessions.keys()) session.destroy();
    },
  };
}

interface SessionUse {
  readonly address: string;
  readonly streams: Set<ServerHttp2Stream>;
  /** Whether it has had a stream. */
  isUsed: boolean;
  /** Since when no stream is open. */
  sinceMs: number;
}

/** Follows the streams, and ends a connection on which nothing happened for a while and none is open, one that never began included. */
function watchUse(session: ServerHttp2Session, use: SessionUse): void {
  session.on('stream', (stream) => {
    use.isUsed = true;
    use.streams.add(stream);
    stream.on('close', () => {
      use.streams.delete(stream);
      if (use.streams.size === 0) use.sinceMs = performance.now();
    });
  });
  session.setTimeout(EDGE_LIMITS.keepAliveTimeoutMs, () => {
    if (use.streams.size === 0) session.destroy();
  });
}

/** Whether it is the user's turn: the answer is whole and not taken, or somebody wants the rest of the body. */
function isAwaited({ writableEnded, readableEnded, readableFlowing }: ServerHttp2Stream): boolean {
  return writableEnded || (!readableEnded && readableFlowing === true);
}
