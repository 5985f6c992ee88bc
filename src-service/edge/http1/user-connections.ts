import type { Socket } from 'node:net';
import type { PlainResponse, UserRequest } from '../../relay/user-http.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { RestingConnection } from '../resting-connections.ts';
import { UserConnection, type ConnectionOwner } from './user-connection.ts';

export interface UserConnectionsOptions {
  /** Whether they are read into memory that they share, where that can be. */
  readonly areReadsShared: boolean;
  /** Whether requests for this target go to node:http. */
  readonly isLeftToNode: (url: string) => boolean;
  readonly onRequest: (request: UserRequest, response: PlainResponse) => void;
  /** The first whole head came on a connection. */
  readonly onUsed: (socket: Socket) => void;
  /** A head did not come within its time. The socket is open and nothing was written to it since the last response. */
  readonly onHeadTimeout: (socket: Socket) => void;
  /** Hands a connection to node:http, which reads it from the octets that are in its socket; `method` is as of `onLeft`. */
  readonly leave: (socket: Socket, method: string | null) => void;
}

/** The connections of HTTP/1.1 on which the service reads the requests itself. */
export class UserConnections implements ConnectionOwner {
  readonly #options: UserConnectionsOptions;
  readonly #connections = new Set<UserConnection>();
  #timer: NodeJS.Timeout | null = null;
  #isDraining = false;

  constructor(options: UserConnectionsOptions) {
    this.#options = options;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get areReadsShared(): boolean {
    return this.#options.areReadsShared;
  }

  accept(socket: Socket): void {
    if (socket.destroyed) return;
    // Its handshake was under way as the drain began.
    if (this.#isDraining) {
      socket.destroy();
      return;
    }
    this.#connections.add(new UserConnection(socket, this));
    this.#timer ??= setInterval(() => this.look(), EDGE_LIMITS.connectionsCheckMs).unref();
  }

  /** Ends idle connections, and each other one with the answer under way on it. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#connections) if (connection.isIdle) connection.socket.destroy();
  }

  destroy(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }

  isLeftToNode(url: string): boolean {
    return this.#options.isLeftToNode(url);
  }

  onRequest(request: UserRequest, response: PlainResponse): void {
    this.#options.onRequest(request, response);
  }

  onUsed(socket: Socket): void {
    this.#options.onUsed(socket);
  }

  onLeft(_connection: UserConnection, socket: Socket, method: string | null): void {
    this.#options.leave(socket, method);
  }

  onClosed(connection: UserConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Those that have had a request and wait for the next, its head's rest included, or for what its user owes to the last. */
  *resting(): Generator<RestingConnection> {
    const nowMs = performance.now();
    for (const { isUsed, isWaiting, isAwaited, waits, socket } of this.#connections) {
      if (!isUsed || !(isWaiting || isAwaited)) continue;
      const sinceMs = isWaiting ? nowMs - waits * EDGE_LIMITS.connectionsCheckMs : nowMs;
      yield { address: socket.remoteAddress ?? '', sinceMs, end: () => socket.destroy() };
    }
  }

  /** Ends those that have waited for too long. From the timer, and from tests. */
  look(): void {
    for (const connection of this.#connections) {
      if (!connection.isWaiting) continue;
      const waitedMs = connection.waits * EDGE_LIMITS.connectionsCheckMs;
      connection.waits += 1;
      const isForNext = connection.isUsed && !connection.isInHead;
      if (waitedMs < (isForNext ? EDGE_LIMITS.keepAliveTimeoutMs : EDGE_LIMITS.headersTimeoutMs)) continue;
      const { socket } = connection;
      if (isForNext) socket.destroy();
      else {
        connection.release();
        this.#options.onHeadTimeout(socket);
      }
    }
  }
}
