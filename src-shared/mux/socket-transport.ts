import { asPosternError, PosternError } from '../errors/postern-error.ts';
import { makeReason } from '../errors/reasons.ts';
import { encodeUtf8, joinOctets } from '../wire/octets.ts';
import {
  MAX_WEB_SOCKET_HEADER_BYTES,
  unmask,
  WEB_SOCKET_OPCODES,
  WebSocketDecoder,
  writeWebSocketHeader,
} from '../wire/web-socket-frames.ts';
import type { FrameTransport } from './frame-transport.ts';

/** Batches of several pieces up to this size are copied into one write; larger ones are written piece by piece under a cork. */
const JOIN_LIMIT_BYTES = 16_384;
/** A peer that sends pings and reads no pongs gets no more of them. */
const MAX_BUFFERED_FOR_PONG_BYTES = 65_536;
const NORMAL_CLOSURE = 1000;
const PROTOCOL_ERROR = 1002;
const MAX_REASON_BYTES = 123;

/** The socket below a WebSocket, after its handshake: what `node:net` and `node:tls` have. */
export interface UpgradedSocket {
  readonly writableLength: number;
  readonly destroyed: boolean;
  write(octets: Uint8Array, done?: (error?: Error | null) => void): boolean;
  cork(): void;
  uncork(): void;
  end(): unknown;
  destroy(): unknown;
  on(event: 'data', listener: (octets: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface SocketTransportEvents {
  /** The next octets of the tunnel. */
  onOctets(octets: Uint8Array): void;
  /** The network has taken a batch: let the mux go on. */
  onSent(): void;
  /** The connection is over. Called once. */
  onEnded(error: PosternError): void;
}

/** Carries a mux's octets over a WebSocket whose handshake is done, with framing of its own. */
export class SocketTransport implements FrameTransport {
  readonly headroomBytes = MAX_WEB_SOCKET_HEADER_BYTES;
  readonly #socket: UpgradedSocket;
  readonly #makeMask: (() => Uint8Array) | null;
  readonly #decoder: WebSocketDecoder;
  readonly #onSent: () => void;
  #trouble = new PosternError('TUNNEL_CLOSED', { reason: makeReason('tunnelEnded') });
  #isClosing = false;

  /**
   * @param makeMask makes the four octets of a client's mask, for each frame; null at the server. All zero costs nothing,
   * and is for where no proxy sees the octets (RFC 6455, section 10.3).
   */
  constructor(socket: UpgradedSocket, makeMask: (() => Uint8Array) | null, events: SocketTransportEvents) {
    this.#socket = socket;
    this.#makeMask = makeMask;
    this.#onSent = () => events.onSent();
    this.#decoder = new WebSocketDecoder(makeMask === null, {
      onOctets: (octets) => events.onOctets(octets),
      onPing: (payload) => this.#pong(payload),
      onClose: () => this.#closeWith(NORMAL_CLOSURE, ''),
    });
    socket.on('data', (octets) => this.receive(octets));
    socket.on('end', () => socket.end());
    socket.on('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.message;
      this.#trouble = new PosternError('TUNNEL_CLOSED', { reason: makeReason('tunnelBroken', { code }) });
    });
    socket.on('close', () => events.onEnded(this.#trouble));
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  /** Takes octets of the socket; the handshake may have read some already. */
  receive(octets: Uint8Array): void {
    try {
      this.#decoder.push(octets);
    } catch (error) {
      const { message } = asPosternError(error, 'STREAM_INTERNAL');
      this.#trouble = new PosternError('TUNNEL_CLOSED', { message });
      this.#closeWith(PROTOCOL_ERROR, message);
      this.#socket.destroy();
    }
  }

  send(parts: readonly Uint8Array[], totalBytes: number, onSent?: () => void): void {
    if (this.#isClosing) return;
    const done =
      onSent === undefined
        ? this.#onSent
        : (error?: Error | null): void => {
            // After an error the system may still be reading them.
            if (error === undefined || error === null) onSent();
            this.#onSent();
          };
    this.#write(WEB_SOCKET_OPCODES.BINARY, parts, totalBytes, done);
  }

  close(reason: string): void {
    this.#closeWith(NORMAL_CLOSURE, reason);
  }

  /** Ends the connection at once. */
  terminate(): void {
    this.#socket.destroy();
  }

  #closeWith(code: number, reason: string): void {
    if (this.#isClosing) return;
    const text = encodeUtf8(reason).subarray(0, MAX_REASON_BYTES);
    const payload = new Uint8Array(2 + text.length);
    payload[0] = code >>> 8;
    payload[1] = code;
    payload.set(text, 2);
    this.#writeControl(WEB_SOCKET_OPCODES.CLOSE, payload);
    this.#isClosing = true;
    this.#socket.end();
  }

  #pong(payload: Uint8Array): void {
    if (this.#isClosing || this.#socket.writableLength > MAX_BUFFERED_FOR_PONG_BYTES) return;
    this.#writeControl(WEB_SOCKET_OPCODES.PONG, payload);
  }

  #writeControl(opcode: number, payload: Uint8Array): void {
    const part = new Uint8Array(this.headroomBytes + payload.length);
    part.set(payload, this.headroomBytes);
    this.#write(opcode, [part], payload.length);
  }

  /** The header is laid into the headroom of the first part. */
  #write(
    opcode: number,
    parts: readonly Uint8Array[],
    totalBytes: number,
    done?: (error?: Error | null) => void,
  ): void {
    const socket = this.#socket;
    const [padded, ...rest] = parts;
    if (socket.destroyed || padded === undefined) return;
    const mask = this.#makeMask?.() ?? null;
    const start = writeWebSocketHeader(padded, this.headroomBytes, opcode, totalBytes, mask);
    const first = padded.subarray(start);
    const isMasked = mask !== null && mask.some((octet) => octet !== 0);
    if (rest.length === 0 || isMasked || totalBytes <= JOIN_LIMIT_BYTES) {
      const headerBytes = this.headroomBytes - start;
      const whole = joinOctets([first, ...rest], headerBytes + totalBytes);
      if (isMasked) unmask(whole.subarray(headerBytes), mask, 0);
      socket.write(whole, done);
      return;
    }
    socket.cork();
    socket.write(first);
    for (const [index, part] of rest.entries()) {
      if (index === rest.length - 1) socket.write(part, done);
      else socket.write(part);
    }
    socket.uncork();
  }
}
