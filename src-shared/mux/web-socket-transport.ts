import { joinOctets } from '../wire/octets.ts';
import type { FrameTransport } from './frame-transport.ts';

/** Batches up to this size are sent as one message; above it each part is its own, which saves the copy. */
const JOIN_LIMIT_BYTES = 16_384;

/** What the transport uses of a WebSocket of the `ws` package. */
export interface TunnelWebSocket {
  readonly bufferedAmount: number;
  send(data: Uint8Array, done: () => void): void;
  close(code: number, reason: string): void;
}

/** The socket below the WebSocket, to gather several messages in one write. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

const NORMAL_CLOSURE = 1000;

/** Carries a mux's octets over a WebSocket. Message boundaries carry no meaning. */
export class WebSocketTransport implements FrameTransport {
  readonly #webSocket: TunnelWebSocket;
  readonly #socket: Corkable;
  readonly #onSent: () => void;

  /** @param onSent is called when the network has taken a batch: let the mux go on. */
  constructor(webSocket: TunnelWebSocket, socket: Corkable, onSent: () => void) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#onSent = onSent;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(parts: readonly Uint8Array[], totalBytes: number): void {
    if (parts.length === 1 || totalBytes <= JOIN_LIMIT_BYTES) {
      this.#webSocket.send(joinOctets(parts, totalBytes), this.#onSent);
    } else {
      this.#socket.cork();
      for (const [index, part] of parts.entries()) {
        this.#webSocket.send(part, index === parts.length - 1 ? this.#onSent : ignore);
      }
      this.#socket.uncork();
    }
  }

  close(reason: string): void {
    this.#webSocket.close(NORMAL_CLOSURE, reason);
  }
}

function ignore(): void {
  // Only the last part of a batch says that the network has taken it.
}
