import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RestingConnection } from './resting-connections.ts';

interface Use {
  /** The responses of the requests under way: one, as a rule. */
  readonly running: Set<ServerResponse>;
  /** Since when none is running. */
  sinceMs: number;
}

/** The connections whose requests node:http reads, and which of them rest. */
export class NodeConnections {
  readonly #uses = new Map<Socket, Use>();
  readonly #forget: (this: Socket) => void;

  constructor() {
    const uses = this.#uses;
    // One for all of them.
    this.#forget = function (this: Socket): void {
      uses.delete(this);
    };
  }

  /** A connection comes, with a request or the beginning of one. */
  accept(socket: Socket): Use {
    const known = this.#uses.get(socket);
    if (known !== undefined) return known;
    const use = { running: new Set<ServerResponse>(), sinceMs: performance.now() };
    this.#uses.set(socket, use);
    socket.on('close', this.#forget);
    return use;
  }

  onRequest(socket: Socket, response: ServerResponse): void {
    const use = this.accept(socket);
    use.running.add(response);
    response.on('close', () => {
      use.running.delete(response);
      use.sinceMs = performance.now();
    });
  }

  /** A connection speaks no HTTP any more. */
  remove(socket: Socket): void {
    if (this.#uses.delete(socket)) socket.off('close', this.#forget);
  }

  *resting(): Generator<RestingConnection> {
    const nowMs = performance.now();
    for (const [socket, { running, sinceMs }] of this.#uses) {
      if (![...running].every(isAwaited)) continue;
      const restsSinceMs = running.size === 0 ? sinceMs : nowMs;
      yield { address: socket.remoteAddress ?? '', sinceMs: restsSinceMs, end: () => socket.destroy() };
    }
  }
}

/** Whether it is the user's turn: the answer is whole and not taken, or somebody wants the rest of the body. */
function isAwaited({ writableEnded, req }: ServerResponse): boolean {
  return writableEnded || (!req.complete && req.readableFlowing === true);
}
