import { Client } from 'undici';
import type { BackendClient } from './backend-client.ts';
import type { BackendDialer } from './backend-dialer.ts';
import { type BackendPoolLimits, connectionOptions } from './backend-pools.ts';
import type { BackendRoute } from './backend-route.ts';
import { type HandOver, UndiciClient } from './undici-client.ts';

/** Bounds of the connections that belong to one user each; docs/limits.md says why. */
interface PinnedConnectionLimits {
  /** At once; the one that was used longest ago goes first, after what runs on it. */
  readonly maxConnections: number;
  /** Without a request, where the service has not said that the user's connection is over. */
  readonly idleMs: number;
}

const DEFAULT_PINNED_CONNECTION_LIMITS: PinnedConnectionLimits = { maxConnections: 1000, idleMs: 120_000 };

interface Pinned {
  readonly client: UndiciClient;
  readonly backend: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * Connections to backends that tie who the user is to the connection (NTLM, Negotiate; ADR 0020): one for each connection of a
 * user, by the id that the service gives it, and never anybody else's. One request at a time, in the order in which they came.
 */
export class PinnedConnections {
  readonly #poolLimits: BackendPoolLimits;
  readonly #dialer: BackendDialer;
  readonly #limits: PinnedConnectionLimits;
  /** Used longest ago first. */
  readonly #pinned = new Map<string, Pinned>();

  constructor(
    poolLimits: BackendPoolLimits,
    dialer: BackendDialer,
    limits: PinnedConnectionLimits = DEFAULT_PINNED_CONNECTION_LIMITS,
  ) {
    this.#poolLimits = poolLimits;
    this.#dialer = dialer;
    this.#limits = limits;
  }

  /** What sends over the backend's connection of a user's connection; made at its first use, and anew for another backend. */
  clientOf(connectionId: string, route: BackendRoute): BackendClient {
    const backend = route.poolKey;
    let pinned = this.#pinned.get(connectionId);
    if (pinned !== undefined && pinned.backend !== backend) {
      this.#close(connectionId, pinned);
      pinned = undefined;
    }
    pinned ??= this.#make(connectionId, route, backend);
    pinned.timer.refresh();
    this.#pinned.delete(connectionId);
    this.#pinned.set(connectionId, pinned);
    if (this.#pinned.size > this.#limits.maxConnections) {
      const [oldest] = this.#pinned;
      if (oldest !== undefined) this.#close(...oldest);
    }
    return pinned.client;
  }

  /** The user's connection is over, and so is the backend's. */
  release(connectionId: string): void {
    const pinned = this.#pinned.get(connectionId);
    if (pinned === undefined) return;
    this.#forget(connectionId, pinned);
    void pinned.client.destroy();
  }

  /** Ends all connections at once. */
  async destroy(): Promise<void> {
    const all = [...this.#pinned];
    for (const each of all) this.#forget(...each);
    await Promise.all(all.map(([, { client }]) => client.destroy()));
  }

  #make(connectionId: string, route: BackendRoute, backend: string): Pinned {
    const { idleMs } = this.#limits;
    const makeClient = (handOver: HandOver): Client =>
      new Client(route.origin, {
        ...connectionOptions(route, this.#poolLimits, this.#dialer, handOver),
        keepAliveTimeout: idleMs,
      });
    const client = new UndiciClient(makeClient, route, this.#poolLimits.maxWaiting);
    const timer = setTimeout(() => {
      if (client.isBusy) timer.refresh();
      else this.#close(connectionId, pinned);
    }, idleMs).unref();
    const pinned = { client, backend, timer };
    return pinned;
  }

  #close(connectionId: string, pinned: Pinned): void {
    this.#forget(connectionId, pinned);
    void pinned.client.close();
  }

  #forget(connectionId: string, { timer }: Pinned): void {
    clearTimeout(timer);
    this.#pinned.delete(connectionId);
  }
}
