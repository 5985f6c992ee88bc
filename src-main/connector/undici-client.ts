import { Readable } from 'node:stream';
import type { Client, Dispatcher, Pool } from 'undici';
import type { BackendBody, BackendClient, BackendListener, BackendRequest } from './backend-client.ts';
import type { BackendRoute } from './backend-route.ts';

/** Sends requests by undici, which reads whatever is HTTP/1.1. */
export class UndiciClient implements BackendClient {
  readonly #pool: Pool | Client;
  readonly #origin: string;
  readonly #servername: string;

  constructor(pool: Pool | Client, route: Pick<BackendRoute, 'origin' | 'hostname'>) {
    this.#pool = pool;
    this.#origin = route.origin;
    this.#servername = route.hostname;
  }

  get isBusy(): boolean {
    return this.#pool.stats.size > 0;
  }

  dispatch(request: BackendRequest, listener: BackendListener): boolean {
    return this.#pool.dispatch(
      {
        origin: this.#origin,
        path: request.path,
        method: request.method,
        headers: request.headers,
        body: request.body,
        headersTimeout: request.headersTimeoutMs,
        reset: request.endsConnection,
        // Constant for a pool: a change of it would make undici close the connection.
        servername: this.#servername,
      } as Dispatcher.DispatchOptions,
      listener,
    );
  }

  makeBody(): BackendBody {
    return new Readable({ read: () => undefined });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
