import { isIP, type OnReadOpts, type Socket } from 'node:net';
import { type buildConnector, type Client, Pool } from 'undici';
import { releaserOf } from '../../src-shared/wire/octets.ts';
import type { BackendClient } from './backend-client.ts';
import type { BackendDialer } from './backend-dialer.ts';
import { type BackendAddress, type BackendRoute, backendKey } from './backend-route.ts';
import { dialOf } from './dial.ts';
import { IdleCache } from './idle-cache.ts';
import { PlainClient, type PlainClientOptions } from './plain-http/plain-client.ts';
import { SocketReader } from './plain-http/socket-reader.ts';
import { type HandOver, UndiciClient } from './undici-client.ts';
import { WILDCARD_LIMITS } from './wildcard-route.ts';

/** Bounds of the connections to one backend; docs/limits.md says why. */
export interface BackendPoolLimits {
  /** Connections to one origin at once; further requests wait for one of them. */
  readonly maxConnections: number;
  /** Requests that may wait for one of them. */
  readonly maxWaiting: number;
  readonly connectTimeoutMs: number;
  /** How long an idle connection is kept when the backend says nothing. */
  readonly keepAliveMs: number;
  /** How long the body of a request may hardly come while others wait for its connection. */
  readonly slowBodyMs: number;
  /** The largest response head that is read. */
  readonly maxHeaderBytes: number;
  /** What speaks HTTP/1.1 to backends: our own client of the plain rules, or undici (ADR 0034). */
  readonly http1Client: 'plain' | 'undici';
}

export const DEFAULT_BACKEND_POOL_LIMITS: BackendPoolLimits = {
  maxConnections: 256,
  maxWaiting: 1024,
  connectTimeoutMs: 10_000,
  keepAliveMs: 10_000,
  slowBodyMs: 20_000,
  maxHeaderBytes: 131_072,
  http1Client: 'plain',
};

/** Keeps one client per origin and way of checking its certificate. */
export class BackendPools {
  readonly #limits: BackendPoolLimits;
  readonly #dialer: BackendDialer;
  readonly #pools = new Map<string, BackendClient>();
  /** Those of wildcards' hosts, of which users can name any number. */
  readonly #wildcardPools = new IdleCache<BackendClient>(WILDCARD_LIMITS, (pool) => void pool.close());

  constructor(limits: BackendPoolLimits, dialer: BackendDialer) {
    this.#limits = limits;
    this.#dialer = dialer;
  }

  /** The client of a route, made at its first use. */
  poolOf(route: BackendRoute): BackendClient {
    const key = route.poolKey;
    if (route.isOfWildcard) return this.#wildcardPools.getOrMake(key, () => this.#makePool(route));
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = this.#makePool(route);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** Closes the pools that none of `backends` needs; what runs on them finishes first. */
  retain(backends: Iterable<BackendAddress>): void {
    if (this.#pools.size === 0) return;
    const kept = new Set<string>();
    for (const backend of backends) kept.add(backendKey(backend));
    for (const [key, pool] of this.#pools) {
      if (kept.has(key)) continue;
      this.#pools.delete(key);
      void pool.close();
    }
  }

  /** Ends all connections at once. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values(), ...this.#wildcardPools.takeAll()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #makePool(route: BackendRoute): BackendClient {
    const limits = this.#limits;
    if (limits.http1Client === 'undici') return this.#makeUndiciPool(route);
    return new PlainClient({
      ...limits,
      connect: makeConnect(route, limits, this.#dialer),
      makeFallback: () => this.#makeUndiciPool(route),
    });
  }

  #makeUndiciPool(route: BackendRoute): BackendClient {
    const makePool = (handOver: HandOver): Pool =>
      new Pool(route.origin, {
        ...connectionOptions(route, this.#limits, this.#dialer, handOver),
        connections: this.#limits.maxConnections,
        keepAliveTimeout: this.#limits.keepAliveMs,
      });
    return new UndiciClient(makePool, route, this.#limits.maxWaiting);
  }
}

/** How undici connects to the backend of a route and speaks to it. */
export function connectionOptions(
  route: BackendRoute,
  limits: BackendPoolLimits,
  dialer: BackendDialer,
  handOver: HandOver,
): Client.Options {
  const connect = makeConnector(route, limits, dialer);
  return {
    // undici would take the name for SNI and the certificate's check from `Host`, which may be the external one (B25).
    connect: (options, callback) => {
      connect(withServername(options, route), (...result) => {
        const [error, socket] = result;
        if (error === null) releaseWhatIsWritten(socket);
        handOver(dialOf(socket), () => callback(...result));
      });
    },
    pipelining: 1,
    allowH2: false,
    bodyTimeout: 0,
    maxHeaderSize: limits.maxHeaderBytes,
  };
}

function makeConnector(
  route: BackendRoute,
  limits: BackendPoolLimits,
  dialer: BackendDialer,
  onread?: OnReadOpts,
): buildConnector.connector {
  return dialer.connectorFor(route, {
    ...(onread !== undefined && { onread }),
    timeout: limits.connectTimeoutMs,
    allowH2: false,
    ...(route.isSecure ? route.tls : {}),
  });
}

/** Opens connections to the backend of a route, in the same way as undici. */
function makeConnect(
  route: BackendRoute,
  limits: BackendPoolLimits,
  dialer: BackendDialer,
): PlainClientOptions['connect'] {
  const { hostname, port, isSecure, origin } = route;
  const options = withServername(
    {
      hostname,
      host: new URL(origin).host,
      protocol: isSecure ? 'https:' : 'http:',
      port: String(port),
    },
    route,
  );
  if (isSecure || dialer.hasProxies) {
    // One for all: it keeps TLS sessions, by which the next handshake is shorter.
    const connect = makeConnector(route, limits, dialer);
    return (done) => connect(options, (...[error, socket]) => done(error, socket, null));
  }
  return (done) => {
    const reader = new SocketReader();
    const connect = makeConnector(route, limits, dialer, reader.options);
    connect(options, (...[error, socket]) => done(error, socket, reader));
  };
}

function withServername(options: buildConnector.Options, route: BackendRoute): buildConnector.Options {
  if (isIP(route.hostname) === 0) return { ...options, servername: route.hostname };
  const { servername: _, ...rest } = options;
  return rest;
}

/**
 * Frees the memory of request bodies as soon as the socket has them. undici, which writes them, calls back when it has handed
 * a chunk to the socket, not when the socket is done with it.
 */
function releaseWhatIsWritten(socket: Socket): void {
  const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
  socket.write = (...parameters: unknown[]): boolean => {
    const [chunk] = parameters;
    if (parameters.length > 1 || !(chunk instanceof Uint8Array)) return write(...parameters);
    return write(chunk, releaserOf(chunk));
  };
}
