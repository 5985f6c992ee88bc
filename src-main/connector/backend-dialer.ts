import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { buildConnector } from 'undici';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { beginDial, type Dial, endDial, keepDial, noteSteps } from './dial.ts';
import type { FindAddresses } from './loopback-lookup.ts';
import type { BackendGuard } from './policy/backend-guard.ts';
import { openProxyTunnel } from './proxy/open-proxy-tunnel.ts';
import type { FindRoutes } from './proxy/proxy-route.ts';
import { established } from './socket-phases.ts';

/** Where a connection to a backend goes. */
export interface BackendPlace {
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** How backends are reached by an outbound proxy. */
export interface BackendProxies {
  readonly findRoutes: FindRoutes;
  /** Authorities trusted for the proxy itself beside those of this machine, PEM. */
  readonly extraCertificates: readonly string[];
  readonly findAddresses: FindAddresses;
}

/** Opens every connection to a backend, in whatever way it is used: none is made that its guard does not permit (B70). */
export class BackendDialer {
  readonly #guard: BackendGuard;
  readonly #proxies: BackendProxies | null;

  /** @param proxies null where backends are in this network, and no proxy stands before them (B69) */
  constructor(guard: BackendGuard, proxies: BackendProxies | null) {
    this.#guard = guard;
    this.#proxies = proxies;
  }

  /** Whether a connection may come from a proxy, opened before anybody could say how it is read. */
  get hasProxies(): boolean {
    return this.#proxies !== null;
  }

  /** What opens connections to one place for undici, TLS included. */
  connectorFor(place: BackendPlace, options: buildConnector.BuildOptions): buildConnector.connector {
    const { hostname, port } = place;
    const timeoutMs = options.timeout ?? 0;
    const connect = buildConnector({ ...options, lookup: this.#guard.lookupFor(port), autoSelectFamily: true });
    return (wanted, callback) => {
      const isSecure = wanted.protocol === 'https:';
      const dial = beginDial();
      const begin = (proxied: Socket | null): void => {
        const done: buildConnector.Callback = (...result) => {
          const [error, socket] = result;
          if (error === null) {
            endDial(dial, socket, isSecure);
            this.#watch(socket, place, proxied !== null);
          } else keepDial(dial, error);
          callback(...result);
        };
        if (proxied === null) noteSteps(dial, connecting(connect(wanted, done)));
        else if (isSecure) connect({ ...wanted, httpSocket: proxied }, done);
        else done(null, proxied);
      };
      const fail = (error: unknown): void => {
        keepDial(dial, error);
        callback(error as Error, null);
      };
      try {
        this.#guard.check(hostname, port);
      } catch (error) {
        process.nextTick(fail, error);
        return;
      }
      if (this.#proxies === null) begin(null);
      else this.#openProxied(this.#proxies, place, isSecure, timeoutMs, dial).then(begin, fail);
    };
  }

  /**
   * Opens a connection.
   * @param tls how TLS is made; null for none
   * @throws PosternError `BACKEND_FORBIDDEN`, `BACKEND_CONNECT_TIMEOUT`, `BACKEND_PROXY`; what the connection fails with
   */
  async open(place: BackendPlace, tls: ConnectionOptions | null, timeoutMs: number): Promise<Socket> {
    const dial = beginDial();
    try {
      const socket = await this.#open(place, tls, timeoutMs, dial);
      endDial(dial, socket, tls !== null);
      return socket;
    } catch (error) {
      keepDial(dial, error);
      throw error;
    }
  }

  async #open(place: BackendPlace, tls: ConnectionOptions | null, timeoutMs: number, dial: Dial): Promise<Socket> {
    const { hostname, port } = place;
    this.#guard.check(hostname, port);
    const proxied =
      this.#proxies === null ? null : await this.#openProxied(this.#proxies, place, tls !== null, timeoutMs, dial);
    const address = { host: hostname, port, lookup: this.#guard.lookupFor(port), autoSelectFamily: true };
    const socket =
      tls === null
        ? (proxied ?? connectTcp(address))
        : connectTls({ ...(proxied === null ? address : { host: hostname, socket: proxied }), ...tls });
    if (proxied === null) noteSteps(dial, socket);
    if (proxied === null || tls !== null) {
      const message = `${hostname} port ${port} did not accept a connection within ${timeoutMs / 1000} s.`;
      const event = tls === null ? 'connect' : 'secureConnect';
      const { signal } = new AbortController();
      await established(
        socket,
        event,
        timeoutMs,
        signal,
        () => new PosternError('BACKEND_CONNECT_TIMEOUT', { message }),
      );
    }
    this.#watch(socket, place, proxied !== null);
    return socket;
  }

  /** @returns null where a way leads there directly. @throws PosternError `BACKEND_FORBIDDEN`, `BACKEND_PROXY` */
  async #openProxied(
    { findRoutes, extraCertificates, findAddresses }: BackendProxies,
    { hostname, port }: BackendPlace,
    isSecure: boolean,
    timeoutMs: number,
    dial: Dial,
  ): Promise<Socket | null> {
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
    const routes = await findRoutes(new URL(`${isSecure ? 'https' : 'http'}://${host}:${port}/`)).catch(viaProxy);
    let trouble: unknown = null;
    for (const server of routes) {
      if (server === 'direct') return null;
      this.#guard.checkUnresolved(hostname, port);
      try {
        const { signal } = new AbortController();
        const times = { connectMs: timeoutMs, answerMs: timeoutMs };
        const socket = await openProxyTunnel({
          server,
          hostname,
          port,
          ...times,
          extraCertificates,
          findAddresses,
          signal,
        });
        dial.connectedAtMs = performance.now();
        return socket;
      } catch (error) {
        trouble = error;
      }
    }
    return viaProxy(trouble);
  }

  #watch(socket: Socket, { hostname, port }: BackendPlace, isProxied: boolean): void {
    const resolved = isProxied ? null : (socket.remoteAddress ?? null);
    this.#guard.watch(socket, hostname, port, isIP(hostname) === 0 ? resolved : hostname);
  }
}

/** undici's connector hands out the socket that it opens, which its types don't say. */
function connecting(socket: unknown): Socket {
  return socket as Socket;
}

/** @throws PosternError `BACKEND_PROXY`, which can cross the tunnel */
function viaProxy(error: unknown): never {
  const message = error instanceof Error ? error.message : 'No outbound proxy could be used.';
  throw new PosternError('BACKEND_PROXY', { message, cause: error });
}
