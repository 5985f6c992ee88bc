import { connect as connectHttp2, type ClientHttp2Session, type SessionOptions } from 'node:http2';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { BackendDialer } from './backend-dialer.ts';
import type { BackendPoolLimits } from './backend-pools.ts';
import type { BackendAddress, BackendRoute } from './backend-route.ts';
import { dialOf, keepDial } from './dial.ts';
import { IdleCache } from './idle-cache.ts';
import { WILDCARD_LIMITS } from './wildcard-route.ts';

/** Bounds of HTTP/2 to one backend; docs/limits.md says why. */
const HTTP2_BACKEND_LIMITS = {
  /** Connections to one origin at once; further streams wait at the backend's own limit of one of them. */
  maxSessions: 8,
  /** Streams that one connection carries before another is opened, where the backend allows more. */
  maxStreamsPerSession: 1000,
  /** Octets of a response that a backend may send ahead on one stream. */
  streamWindowBytes: 256 * 1024,
  /** The same for all streams of a connection together. */
  sessionWindowBytes: 4 * 1024 * 1024,
  /** Header lines of a response. */
  maxHeaderPairs: 1008,
  /** Octets of a request's headers, uncompressed: what comes through a tunnel. nghttp2 resets the stream at 64 KiB. */
  maxSentHeaderBytes: 256 * 1024,
  /** What a session may hold in queues and header tables, MiB. */
  maxSessionMemoryMib: 64,
  /** Silence after which the kernel probes a connection, ms. */
  tcpKeepAliveMs: 30_000,
} as const;

/** What a backend turned out to speak: a session to use, or HTTP/1.1. */
export type Negotiated = ClientHttp2Session | 'http1';

interface Origin {
  readonly sessions: Set<ClientHttp2Session>;
  /** Under way; requests that come meanwhile share it. */
  connecting: Promise<Negotiated> | null;
  /** The backend does not offer HTTP/2: not asked again until the configuration drops it. */
  isHttp1: boolean;
}

/**
 * Keeps the HTTP/2 connections to backends, by origin and way of checking its certificate. No PING of HTTP/2 is sent, since
 * gRPC servers end connections that send it often: TCP's own probes find a backend that vanished.
 */
export class Http2Sessions {
  readonly #limits: BackendPoolLimits;
  readonly #dialer: BackendDialer;
  readonly #origins = new Map<string, Origin>();
  /** Those of wildcards' hosts, of which users can name any number. */
  readonly #wildcardOrigins = new IdleCache<Origin>(WILDCARD_LIMITS, closeSessions);

  constructor(limits: BackendPoolLimits, dialer: BackendDialer) {
    this.#limits = limits;
    this.#dialer = dialer;
  }

  /** A session with room, or `http1`, where that is known now; null where the backend must be asked by `negotiate`. */
  peek(route: BackendRoute): Negotiated | null {
    if (!wantsHttp2(route)) return 'http1';
    const origin = this.#originOf(route);
    return origin.isHttp1 ? 'http1' : findRoom(origin);
  }

  /** Connects, and learns by ALPN what the backend speaks. @throws what the connection fails with, or `BACKEND_PROTOCOL` */
  negotiate(route: BackendRoute): Promise<Negotiated> {
    const origin = this.#originOf(route);
    origin.connecting ??= this.#connect(route, origin).finally(() => {
      origin.connecting = null;
    });
    return origin.connecting;
  }

  /** The backend wants HTTP/1.1 (IIS does for NTLM). @returns false where the application insists on HTTP/2 */
  useHttp1(route: BackendRoute): boolean {
    if (route.application.backendHttpVersion !== 'auto') return false;
    const origin = this.#origins.get(keyOf(route));
    if (origin !== undefined) origin.isHttp1 = true;
    return true;
  }

  /** Forgets the origins that none of `backends` needs; what runs on their sessions finishes first. */
  retain(backends: Iterable<BackendAddress>): void {
    if (this.#origins.size === 0) return;
    const kept = new Set<string>();
    for (const backend of backends) kept.add(keyOf(backend));
    for (const [key, origin] of this.#origins) {
      if (kept.has(key)) continue;
      this.#origins.delete(key);
      closeSessions(origin);
    }
  }

  /** Ends all connections at once. */
  destroy(): void {
    const origins = [...this.#origins.values(), ...this.#wildcardOrigins.takeAll()];
    this.#origins.clear();
    for (const { sessions } of origins) for (const session of sessions) session.destroy();
  }

  #originOf(route: BackendRoute): Origin {
    const key = keyOf(route);
    if (route.isOfWildcard) return this.#wildcardOrigins.getOrMake(key, makeOrigin);
    let origin = this.#origins.get(key);
    if (origin === undefined) {
      origin = makeOrigin();
      this.#origins.set(key, origin);
    }
    return origin;
  }

  async #connect(route: BackendRoute, origin: Origin): Promise<Negotiated> {
    const tls = route.isSecure
      ? {
          ALPNProtocols: route.application.backendHttpVersion === 'http2' ? ['h2'] : ['h2', 'http/1.1'],
          ...route.tls,
        }
      : null;
    const socket = await this.#dialer.open(route, tls, this.#limits.connectTimeoutMs);
    if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
      socket.destroy();
      if (route.application.backendHttpVersion === 'http2') {
        throw new PosternError('BACKEND_PROTOCOL', {
          message: 'It does not offer HTTP/2, which backendHttpVersion asks for.',
        });
      }
      origin.isHttp1 = true;
      return 'http1';
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, HTTP2_BACKEND_LIMITS.tcpKeepAliveMs);
    const session = connectHttp2(route.origin, { ...sessionOptions(this.#limits), createConnection: () => socket });
    const dial = dialOf(socket);
    if (dial !== null) keepDial(dial, session);
    session.setTimeout(this.#limits.keepAliveMs, () => {
      if (openStreams.get(session) === undefined) session.close();
    });
    session.once('connect', () => session.setLocalWindowSize(HTTP2_BACKEND_LIMITS.sessionWindowBytes));
    session.on('close', () => origin.sessions.delete(session));
    // Its streams are told as well, and each tells its own request.
    session.on('error', () => undefined);
    origin.sessions.add(session);
    return session;
  }
}

function makeOrigin(): Origin {
  return { sessions: new Set(), connecting: null, isHttp1: false };
}

function closeSessions({ sessions }: Origin): void {
  for (const session of sessions) session.close();
}

/** Streams under way; absent where there are none. */
const openStreams = new WeakMap<ClientHttp2Session, number>();

/** Counts a stream in (`1`) or out (`-1`) of its session. */
export function countStream(session: ClientHttp2Session, change: 1 | -1): void {
  const count = (openStreams.get(session) ?? 0) + change;
  if (count > 0) openStreams.set(session, count);
  else openStreams.delete(session);
}

function findRoom(origin: Origin): ClientHttp2Session | null {
  let least: ClientHttp2Session | null = null;
  let leastStreams = Infinity;
  for (const session of origin.sessions) {
    if (session.closed || session.destroyed) continue;
    const streams = openStreams.get(session) ?? 0;
    const room = Math.min(
      session.remoteSettings?.maxConcurrentStreams ?? Infinity,
      HTTP2_BACKEND_LIMITS.maxStreamsPerSession,
    );
    if (streams < room) return session;
    if (streams < leastStreams) {
      least = session;
      leastStreams = streams;
    }
  }
  return origin.sessions.size < HTTP2_BACKEND_LIMITS.maxSessions ? null : least;
}

function wantsHttp2(route: BackendRoute): boolean {
  const { backendHttpVersion } = route.application;
  return backendHttpVersion === 'http2' || (backendHttpVersion === 'auto' && route.isSecure);
}

function keyOf({ application, origin, trustKey }: BackendAddress): string {
  return `${trustKey} ${application.backendHttpVersion} ${origin}`;
}

function sessionOptions(limits: BackendPoolLimits): SessionOptions {
  return {
    maxHeaderListPairs: HTTP2_BACKEND_LIMITS.maxHeaderPairs,
    maxSessionMemory: HTTP2_BACKEND_LIMITS.maxSessionMemoryMib,
    maxSendHeaderBlockLength: HTTP2_BACKEND_LIMITS.maxSentHeaderBytes,
    settings: {
      enablePush: false,
      initialWindowSize: HTTP2_BACKEND_LIMITS.streamWindowBytes,
      maxHeaderListSize: limits.maxHeaderBytes,
    },
  };
}
