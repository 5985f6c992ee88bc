import type { Client, Dispatcher, Pool } from 'undici';
import { backendBusyError } from './backend-busy-error.ts';
import type { BackendBody, BackendClient, BackendListener, BackendRequest } from './backend-client.ts';
import type { BackendRoute } from './backend-route.ts';
import type { Dial } from './dial.ts';
import { UndiciBody } from './undici-body.ts';
import { WaitingListener } from './waiting-listener.ts';

/** Hands a connection that was opened to undici. */
export type HandOver = (dial: Dial | null, hand: () => void) => void;

/** Sends requests by undici, which reads whatever is HTTP/1.1. */
export class UndiciClient implements BackendClient {
  readonly #pool: Pool | Client;
  readonly #origin: string;
  readonly #servername: string;
  readonly #maxWaiting: number;
  /** What waits in undici's line, by who asked; given-up ones are in the line without being here. */
  readonly #waiting = new Map<BackendListener, WaitingListener>();
  #waitingCount = 0;
  #hasRoom = true;
  /** Of the connection that is being handed to undici, which gives it a request at once. */
  #dial: Dial | null = null;

  /** @param maxWaiting requests that may wait while all connections are in use */
  constructor(
    makePool: (handOver: HandOver) => Pool | Client,
    route: Pick<BackendRoute, 'origin' | 'hostname'>,
    maxWaiting: number,
  ) {
    this.#pool = makePool((dial, hand) => {
      this.#dial = dial;
      hand();
      this.#dial = null;
    });
    this.#maxWaiting = maxWaiting;
    this.#origin = route.origin;
    this.#servername = route.hostname;
  }

  get isBusy(): boolean {
    return this.#pool.stats.size > 0;
  }

  dispatch(request: BackendRequest, listener: BackendListener): boolean {
    if (!this.#hasRoom && this.#waitingCount >= this.#maxWaiting) {
      listener.onResponseError(null, backendBusyError(this.#maxWaiting));
      return true;
    }
    this.#hasRoom = this.#send(request, this.#hasRoom ? listener : this.#whileWaiting(listener));
    return this.#hasRoom;
  }

  /** undici takes nothing out of its line: the place stays, and counts, until a connection comes to it. */
  abandon(listener: BackendListener): void {
    this.#waiting.get(listener)?.abandon();
    this.#waiting.delete(listener);
  }

  #whileWaiting(listener: BackendListener): BackendListener {
    this.#waitingCount += 1;
    const waiting = new WaitingListener(listener, () => {
      this.#waitingCount -= 1;
      if (this.#waiting.get(listener) === waiting) this.#waiting.delete(listener);
    });
    this.#waiting.set(listener, waiting);
    return waiting;
  }

  #send(request: BackendRequest, listener: BackendListener): boolean {
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

  takeDial(): Dial | null {
    const dial = this.#dial;
    this.#dial = null;
    return dial;
  }

  makeBody(): BackendBody {
    return new UndiciBody();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
