import type { Socket } from 'node:net';
import { Newcomers } from '../relay/newcomers.ts';

interface Connection {
  destroy(): unknown;
  on(event: 'close', listener: (this: Connection) => void): unknown;
  off(event: 'close', listener: (this: Connection) => void): unknown;
}

/** The connections of a listener on which no whole request came yet, those whose TLS handshake is under way included. */
export class UnusedConnections {
  readonly #newcomers: Newcomers<Connection>;
  /** What to do when the handshake is made, by the ends of its connection. */
  readonly #handshakes = new Map<string, () => void>();
  readonly #forget: (this: Connection) => void;

  /** @param max with more, one of them is ended (`Newcomers`) */
  constructor(max: number) {
    const newcomers = new Newcomers<Connection>(max);
    this.#newcomers = newcomers;
    // One for all of them.
    this.#forget = function (this: Connection): void {
      newcomers.remove(this);
    };
  }

  /** A connection is there, of HTTP in plain or behind its handshake. */
  accept(connection: Connection, address: string | undefined): void {
    connection.on('close', this.#forget);
    this.#newcomers.add(connection, address ?? '')?.destroy();
  }

  /** A connection is there on which TLS begins. */
  beginHandshake(socket: Socket): void {
    if (socket.destroyed) return;
    const ends = endsOf(socket);
    const forget = (): void => {
      this.#newcomers.remove(socket);
      this.#handshakes.delete(ends);
    };
    socket.on('close', forget);
    this.#handshakes.set(ends, () => {
      socket.off('close', forget);
      forget();
    });
    this.#newcomers.add(socket, socket.remoteAddress ?? '')?.destroy();
  }

  /** TLS is made on it. @param socket the one that TLS made of it */
  endHandshake(socket: Socket): void {
    this.#handshakes.get(endsOf(socket))?.();
    if (!socket.destroyed) this.accept(socket, socket.remoteAddress);
  }

  /** A whole request came on it, or it is counted by another name. */
  onUsed(connection: Connection): void {
    if (this.#newcomers.remove(connection)) connection.off('close', this.#forget);
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
