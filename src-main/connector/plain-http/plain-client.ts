import type { Socket } from 'node:net';
import { errors } from 'undici';
import { backendBusyError } from '../backend-busy-error.ts';
import type { BackendBody, BackendClient, BackendListener, BackendRequest } from '../backend-client.ts';
import type { Dial } from '../dial.ts';
import { PlainBody } from './plain-body.ts';
import { type ConnectionLimits, type ConnectionOwner, PlainConnection } from './plain-connection.ts';
import { PlainRequest } from './plain-request.ts';
import type { SocketReader } from './socket-reader.ts';

/** Grain of deadlines: one timer looks after all connections of a backend. */
const LOOK_MS = 250;

/** @param reader what reads the socket; null where it emits `data` */
export type OnConnected = (error: Error | null, socket: Socket | null, reader: SocketReader | null) => void;

export interface PlainClientOptions extends ConnectionLimits {
  readonly maxConnections: number;
  /** Requests that may wait while all connections are in use. */
  readonly maxWaiting: number;
  /** Opens a connection, TLS included. */
  readonly connect: (done: OnConnected) => void;
  /** Makes what takes over where a backend answers in a way that isn't plain HTTP/1.1. */
  readonly makeFallback: () => BackendClient;
}

/**
 * A client of one backend that knows plain HTTP/1.1 only (ADR 0034). A backend that once answers otherwise is asked by
 * another client from then on.
 *
 * Requests of a tick are given to connections together, at its end: by then each idle connection has told whether its backend
 * has said something that nobody asked for, or has hung up. One that became free takes part from the next tick on.
 */
export class PlainClient implements BackendClient, ConnectionOwner {
  readonly #options: PlainClientOptions;
  readonly #connections = new Set<PlainConnection>();
  /** Used longest ago first. */
  readonly #idle: PlainConnection[] = [];
  #fresh: PlainConnection[] = [];
  readonly #waiting: PlainRequest[] = [];
  #connecting = 0;
  /** Of the connection that begins its first request. */
  #dial: Dial | null = null;
  #isScheduled = false;
  #timer: NodeJS.Timeout | null = null;
  #fallback: BackendClient | null = null;
  #isClosed = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: PlainClientOptions) {
    this.#options = options;
  }

  dispatch(request: BackendRequest, listener: BackendListener): boolean {
    if (this.#isClosed) {
      listener.onResponseError(null, new errors.ClientClosedError());
      return true;
    }
    if (this.#fallback !== null) return this.#fallback.dispatch(request, listener);
    const { maxConnections, maxWaiting } = this.#options;
    const free = this.#idle.length + this.#fresh.length + maxConnections - this.#connections.size;
    if (this.#waiting.length >= free + maxWaiting) {
      listener.onResponseError(null, backendBusyError(maxWaiting));
      return true;
    }
    let made: PlainRequest;
    try {
      made = new PlainRequest(request, listener);
    } catch (error) {
      listener.onResponseError(null, error as Error);
      return true;
    }
    this.#waiting.push(made);
    this.#schedule();
    return this.#waiting.length <= free;
  }

  abandon(listener: BackendListener): void {
    const index = this.#waiting.findIndex((request) => request.listener === listener);
    if (index === -1) {
      this.#fallback?.abandon(listener);
      return;
    }
    this.#waiting.splice(index, 1);
    this.#settle();
  }

  takeDial(): Dial | null {
    const dial = this.#dial ?? this.#fallback?.takeDial() ?? null;
    this.#dial = null;
    return dial;
  }

  makeBody(): BackendBody {
    return this.#fallback === null ? new PlainBody() : this.#fallback.makeBody();
  }

  async close(): Promise<void> {
    const closed = this.#fallback?.close();
    if (this.#connections.size + this.#connecting + this.#waiting.length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onEmpty = resolve;
      this.#isClosed = true;
      this.#endIdle();
      this.#settle();
      await promise;
    }
    this.#isClosed = true;
    await closed;
  }

  async destroy(): Promise<void> {
    this.#isClosed = true;
    const error = new errors.ClientDestroyedError();
    for (const request of this.#waiting.splice(0)) request.fail(error);
    for (const connection of [...this.#connections]) connection.end(error);
    this.#settle();
    await this.#fallback?.destroy();
  }

  // What connections tell.

  onFree(connection: PlainConnection): void {
    this.#fresh.push(connection);
    this.#schedule();
  }

  onGone(connection: PlainConnection): void {
    this.#connections.delete(connection);
    // Those at rest are few, and most that go are not among them.
    for (const list of [this.#idle, this.#fresh]) {
      const index = list.indexOf(connection);
      if (index !== -1) list.splice(index, 1);
    }
    if (this.#waiting.length > 0) this.#schedule();
    this.#settle();
  }

  onUnusual(): void {
    this.#fallback ??= this.#options.makeFallback();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#assign);
  }

  readonly #assign = (): void => {
    this.#isScheduled = false;
    while (this.#waiting.length > 0) {
      // The one that was used last: the others may grow old and go.
      const connection = this.#idle.pop();
      if (connection === undefined) break;
      if (!connection.isUsable) continue;
      this.#dial = connection.takeDial();
      connection.begin(this.#waiting.shift() as PlainRequest);
    }
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const connection of fresh) this.#idle.push(connection);
    this.#openMore();
    if (this.#waiting.length > 0 && this.#idle.length > 0) this.#schedule();
    if (this.#isClosed && this.#waiting.length === 0) this.#endIdle();
    this.#settle();
  };

  #openMore(): void {
    const { maxConnections } = this.#options;
    const wanted = this.#waiting.length - this.#idle.length - this.#connecting;
    const count = Math.min(wanted, maxConnections - this.#connections.size - this.#connecting);
    for (let opened = 0; opened < count; opened += 1) this.#open();
  }

  #open(): void {
    this.#connecting += 1;
    this.#options.connect((error, socket, reader) => {
      this.#connecting -= 1;
      if (error !== null || socket === null) {
        // One that waits has waited for this connection.
        this.#waiting.shift()?.fail(error ?? new errors.SocketError('no connection'));
      } else if (this.#waiting.length === 0 && this.#isClosed) {
        socket.destroy();
      } else {
        const connection = new PlainConnection(socket, reader, this, this.#options);
        this.#connections.add(connection);
        this.#idle.push(connection);
        this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
      }
      if (this.#waiting.length > 0) this.#schedule();
      this.#settle();
    });
  }

  #look(): void {
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.look(nowMs);
    this.#makeRoom();
  }

  /** Where all connections are in use and others wait, those make way whose bodies hardly come: a few users could hold them all. */
  #makeRoom(): void {
    let waiting = this.#waiting.length;
    if (waiting === 0 || this.#connections.size < this.#options.maxConnections) return;
    for (const connection of [...this.#connections]) if (waiting > 0 && connection.giveWay()) waiting -= 1;
  }

  #endIdle(): void {
    for (const connection of [...this.#idle, ...this.#fresh]) connection.end(new errors.ClientClosedError());
  }

  #settle(): void {
    if (this.#connections.size > 0) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#isClosed && this.#connecting === 0 && this.#waiting.length === 0) this.#onEmpty?.();
  }
}
