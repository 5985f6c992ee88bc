import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { readOctets, releaserOf } from '../../../src-shared/wire/octets.ts';
import { flushAtEndOfTick } from '../../relay/end-of-tick.ts';
import type { PlainResponse } from '../../relay/user-http.ts';
import { makeResponseHead, type BodyFraming, fieldLines } from './response-head.ts';

/** A body of up to this size travels to the socket as one text with its head. */
const JOIN_LIMIT_BYTES = 16_384;

/** What a response asks of its connection. */
export interface ResponseOwner {
  /** Whether the connection can take another request behind this one. */
  readonly mayGoOn: boolean;
  /** Whether its socket hands what is written to the system within the call, as far as there is room. */
  readonly writesAtOnce: boolean;
  /** The response is out, or cut; nothing of it comes any more. */
  onResponseOver(): void;
}

/** Responses that the system has, whose owners hear of it in one task for all. */
let handedOver: UserResponseWriter[] = [];

function tellOwners(): void {
  const due = handedOver;
  handedOver = [];
  for (const response of due) response.onHandedOver();
}

/**
 * The response to a request that the service read itself. What comes within a tick goes out together at its end, or with the
 * end of the response where that comes sooner.
 */
export class UserResponseWriter implements PlainResponse {
  readonly #socket: Socket;
  readonly #owner: ResponseOwner;
  readonly #isHead: boolean;
  readonly isPlain = true;
  statusCode = 200;
  headersSent = false;
  writableFinished = false;
  destroyed = false;
  #isLast = false;
  #framing: BodyFraming = 'none';
  /** Octets of the body that its length leaves. */
  #leftBytes = 0;
  /** Head and beginning of the body, which wait for what may follow in this tick. */
  #held = '';
  #isSent = false;
  #isCorked = false;
  #isFlushDue = false;
  #isEnded = false;
  #closeListeners: (() => void)[] | null = null;
  #drainListener: (() => void) | null = null;

  constructor(socket: Socket, owner: ResponseOwner, isHead: boolean) {
    this.#socket = socket;
    this.#owner = owner;
    this.#isHead = isHead;
  }

  /** Whether the connection ends with it. */
  get isLast(): boolean {
    return this.#isLast;
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Whether nothing more of it comes from us; the user may still have to take it. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isBegun(): boolean {
    return this.headersSent;
  }

  get isGone(): boolean {
    return this.destroyed;
  }

  get writableLength(): number {
    return this.#isSent && this.#framing !== 'none' ? this.#socket.writableLength : 0;
  }

  on(event: 'close' | 'drain', listener: () => void): this {
    if (event === 'close') (this.#closeListeners ??= []).push(listener);
    else this.#drainListener = listener;
    return this;
  }

  endConnection(): void {
    this.#isLast = true;
  }

  writeContinue(): void {
    if (!this.destroyed) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  writeEarlyHints(headers: readonly string[]): void {
    const lines = this.destroyed || this.headersSent ? '' : fieldLines(headers);
    // Hints may be left out (RFC 8297 section 2), and so are those that would break the response apart.
    if (lines !== null && lines !== '') this.#socket.write(`HTTP/1.1 103 Early Hints\r\n${lines}\r\n`, 'latin1');
  }

  writeHead(status: number, headers: readonly string[]): void {
    const isLast = this.#isLast || !this.#owner.mayGoOn;
    const { text, framing } = makeResponseHead(status, STATUS_CODES[status] ?? 'unknown', headers, {
      hasBody: !this.#isHead,
      isLast,
    });
    this.#isLast = isLast;
    this.statusCode = status;
    this.headersSent = true;
    this.#framing = framing;
    if (typeof framing === 'number') this.#leftBytes = framing;
    this.#held = text;
    this.#flushSoon();
  }

  write(chunk: Uint8Array, onWritten?: () => void): boolean {
    if (this.destroyed || this.#isEnded) return true;
    const { length } = chunk;
    if (this.#framing === 'none') return true;
    if (this.#framing !== 'chunks') {
      this.#leftBytes -= length;
      // More than the head says would be read as the next response.
      if (this.#leftBytes < 0) {
        this.destroy();
        return true;
      }
    }
    if (!this.#isSent && length + this.#held.length <= JOIN_LIMIT_BYTES) {
      const octets = readOctets(chunk, 0, length);
      this.#held += this.#framing === 'chunks' ? `${length.toString(16)}\r\n${octets}\r\n` : octets;
      return true;
    }
    this.#cork();
    this.#writeHeld();
    const socket = this.#socket;
    if (this.#framing !== 'chunks') return socket.write(chunk, onWritten ?? releaserOf(chunk));
    socket.write(`${length.toString(16)}\r\n`, 'latin1');
    socket.write(chunk, releaserOf(chunk));
    return socket.write('\r\n', 'latin1', onWritten);
  }

  end(trailers: readonly string[]): void {
    if (this.destroyed || this.#isEnded) return;
    this.#isEnded = true;
    const lines = fieldLines(trailers);
    // Nobody must take it for whole.
    if (lines === null || this.#leftBytes > 0) {
      this.destroy();
      return;
    }
    let held = this.#framing === 'chunks' ? `${this.#held}0\r\n${lines}\r\n` : this.#held;
    this.#held = '';
    this.#isSent = true;
    const socket = this.#socket;
    // The connection's end says the rest.
    if (socket.destroyed) return;
    if (this.#owner.writesAtOnce) {
      if (held !== '') socket.write(held, 'latin1');
      this.#uncork();
      // A callback of its own would be a task of its own.
      if (socket.writableLength === 0) {
        if (handedOver.push(this) === 1) process.nextTick(tellOwners);
        return;
      }
      held = '';
    }
    socket.write(held, 'latin1', (error) => this.#onWritten(error));
    this.#uncork();
  }

  requireHttp1(): boolean {
    return false;
  }

  abort(): void {
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The connection has room again. */
  onDrain(): void {
    this.#drainListener?.();
  }

  /** The system has all of it, unless the connection broke as it was written. */
  onHandedOver(): void {
    this.#onWritten(this.#socket.errored);
  }

  /** The connection is gone. */
  onGone(): void {
    this.#close();
  }

  /** The tick ends: what was held back for it goes out. */
  flush(): void {
    this.#isFlushDue = false;
    // The user may have gone since.
    if (this.#isEnded || this.destroyed) return;
    this.#writeHeld();
    this.#uncork();
  }

  #writeHeld(): void {
    const held = this.#held;
    if (held === '') return;
    this.#held = '';
    this.#isSent = true;
    this.#socket.write(held, 'latin1');
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    this.#flushSoon();
  }

  #uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#socket.uncork();
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    flushAtEndOfTick(this);
  }

  #onWritten(error: Error | null | undefined): void {
    // The connection's end says the rest.
    if (error !== null && error !== undefined) return;
    if (this.destroyed) return;
    this.writableFinished = true;
    this.#close();
    this.#owner.onResponseOver();
  }

  #close(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#drainListener = null;
    const listeners = this.#closeListeners;
    this.#closeListeners = null;
    for (const listener of listeners ?? []) listener();
  }
}
