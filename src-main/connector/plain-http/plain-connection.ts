import type { Socket } from 'node:net';
import { errors } from 'undici';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { isLoose } from '../../../src-shared/wire/gathered-octets.ts';
import { releaserOf } from '../../../src-shared/wire/octets.ts';
import { type Dial, dialOf } from '../dial.ts';
import { type BodyWriter, PlainBody } from './plain-body.ts';
import type { PlainRequest, RequestCarrier } from './plain-request.ts';
import type { ParsedHead } from './response-framing.ts';
import type { SocketReader } from './socket-reader.ts';
import { isUnusual, type ResponseListener, ResponseParser } from './response-parser.ts';

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** It is free again. */
  onFree(connection: PlainConnection): void;
  /** It is over. Called once. */
  onGone(connection: PlainConnection): void;
  /** The backend answered in a way that only others read; nothing was told of it. */
  onUnusual(): void;
}

export interface ConnectionLimits {
  readonly maxHeaderBytes: number;
  readonly keepAliveMs: number;
  /** How long a body may come more slowly than `MIN_BODY_RATE` where others wait for the connection, ms. */
  readonly slowBodyMs: number;
}

/** What a backend says about idle connections is cut by this much, so that it isn't asked while it hangs up. */
const KEEP_ALIVE_MARGIN_MS = 2000;
const MAX_KEEP_ALIVE_MS = 600_000;
/** Octets a second, as web servers ask of a body at least. */
const MIN_BODY_RATE = 500;
const NO_OCTETS_LEFT = 0;
/** Says nothing, and gives no more time. */
const CONTINUE = 100;

/** One connection to a backend: one request at a time, written and read by the plain rules of HTTP/1.1. */
export class PlainConnection implements RequestCarrier, BodyWriter, ResponseListener {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #limits: ConnectionLimits;
  readonly #parser: ResponseParser;
  readonly #isMemoryReused: boolean;
  #request: PlainRequest | null = null;
  /** Until when it must have answered, or may be idle; on the clock of `performance.now`. */
  #dueMs = Infinity;
  #isWritten = false;
  #isBodyWritten = false;
  #isCorked = false;
  /** Changes when there is room again: who waited for an earlier write waits no more. */
  #turn = 0;
  /** Octets of the body that its head announced and that are still to come; null where it goes in chunks. */
  #bodyLeft: number | null = NO_OCTETS_LEFT;
  /** Of the body, since `#paceSinceMs`, which the first look at the request sets. */
  #paceBytes = 0;
  #paceSinceMs = 0;
  #isBodySlow = false;
  #isAnswered = false;
  #keepsAlive = false;
  #idleMs: number;
  #isResponseEnded = false;
  #trouble: Error | null = null;
  #isGone = false;
  /** Until its first request. */
  #dial: Dial | null;

  /** @param reader what reads the socket; null where it emits `data` */
  constructor(socket: Socket, reader: SocketReader | null, owner: ConnectionOwner, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#dial = dialOf(socket);
    this.#isMemoryReused = reader !== null;
    this.#owner = owner;
    this.#limits = limits;
    this.#idleMs = limits.keepAliveMs;
    // Whoever it was opened for may have gone.
    this.#dueMs = performance.now() + this.#idleMs;
    this.#parser = new ResponseParser(limits.maxHeaderBytes, this);
    if (reader === null) socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    else reader.onOctets = (octets) => this.#onData(octets);
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => {
      this.#trouble ??= error;
    });
    socket.on('close', () => this.#onClose());
  }

  get isUsable(): boolean {
    return !this.#isGone && this.#request === null && !this.#socket.destroyed;
  }

  /** How it was opened; null once that was asked. */
  takeDial(): Dial | null {
    const dial = this.#dial;
    this.#dial = null;
    return dial;
  }

  /** Begins a request. The connection must be usable. */
  begin(request: PlainRequest): void {
    this.#request = request;
    this.#turn += 1;
    this.#isWritten = false;
    if (!request.start(this)) return;
    const { request: asked, head } = request;
    const { body } = asked;
    this.#isWritten = true;
    // A backend that waits for the user's body may be silent.
    this.#dueMs = Infinity;
    this.#isAnswered = false;
    this.#isResponseEnded = false;
    this.#paceSinceMs = 0;
    this.#isBodySlow = false;
    this.#parser.begin(asked.method === 'HEAD');
    this.#bodyLeft = head.bodyBytes;
    this.#isBodyWritten = !(body instanceof PlainBody);
    if (body instanceof PlainBody) {
      this.#cork();
      this.#socket.write(head.text, 'latin1');
      body.attach(this);
      return;
    }
    if (Buffer.isBuffer(body)) {
      this.#socket.cork();
      this.#socket.write(head.text, 'latin1');
      this.#socket.write(body);
      this.#socket.uncork();
      request.listener.onBodySent(body);
    } else {
      this.#socket.write(head.text, 'latin1');
    }
    this.#awaitAnswer();
  }

  /** Ends what has gone on for too long. */
  look(nowMs: number): void {
    this.#lookAtPace(nowMs);
    if (nowMs < this.#dueMs) return;
    if (this.#request === null) this.#destroy();
    else this.#fail(new errors.HeadersTimeoutError());
  }

  /** Ends it for others that wait, where the body of its request has been slow for a while and still is. @returns whether it did */
  giveWay(): boolean {
    if (!this.#isBodySlow || this.#paceBytes * 1000 >= MIN_BODY_RATE * this.#limits.slowBodyMs) return false;
    const message = `All connections that are allowed are in use, others wait for one, and the body of this request came more slowly than ${MIN_BODY_RATE} octets a second.`;
    this.#fail(new PosternError('BACKEND_BUSY', { message }));
    return true;
  }

  /** Ends it with what runs on it. */
  end(error: Error): void {
    this.#fail(error);
  }

  // What the request's owner wants.

  drop(): void {
    this.#request = null;
    if (this.#isWritten) this.#destroy();
    else this.#owner.onFree(this);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  // The request's body.

  writeBody(chunk: Uint8Array): boolean {
    const request = this.#request;
    if (request === null) return false;
    const { length } = chunk;
    if (length === 0) return true;
    if (this.#bodyLeft !== null) {
      if (length > this.#bodyLeft) {
        this.#fail(new errors.RequestContentLengthMismatchError());
        return false;
      }
      this.#bodyLeft -= length;
    }
    this.#paceBytes += length;
    this.#cork();
    const isLast = isLoose(this.#socket, chunk);
    if (this.#bodyLeft === null) this.#socket.write(`${length.toString(16)}\r\n`, 'latin1');
    let hasRoom = this.#socket.write(chunk, isLast ? this.#makeTurn() : releaserOf(chunk));
    if (this.#bodyLeft === null) hasRoom = this.#socket.write('\r\n', 'latin1');
    if (isLast) hasRoom = false;
    request.listener.onBodySent(chunk);
    // A backend that leaves unread what it was sent is silent; one that waits for the user isn't.
    if (hasRoom) this.#dueMs = Infinity;
    else this.#awaitAnswer();
    return hasRoom;
  }

  endBody(): void {
    if (this.#request === null) return;
    if (this.#bodyLeft !== null && this.#bodyLeft > 0) {
      this.#fail(new errors.RequestContentLengthMismatchError());
      return;
    }
    if (this.#bodyLeft === null) this.#socket.write('0\r\n\r\n', 'latin1');
    this.#isBodyWritten = true;
    this.#awaitAnswer();
  }

  // What the parser tells.

  onHead(head: ParsedHead): void {
    const request = this.#request;
    if (request === null) return;
    const { status } = head;
    // No request asked for either. Behind this one, HTTP has ended.
    if (status === 101) {
      this.#fail(new errors.SocketError('bad upgrade'));
      return;
    }
    request.rawHeaders = head.headers;
    if (status >= 200) {
      this.#isAnswered = true;
      this.#dueMs = Infinity;
      this.#keepsAlive = head.keepsAlive;
      this.#idleMs = this.#idleTime(head.keepAliveSeconds);
    } else if (status !== CONTINUE && this.#dueMs !== Infinity) {
      this.#awaitAnswer();
    }
    request.listener.onResponseStart(request, status);
  }

  onBody(chunk: Buffer): void {
    const request = this.#request;
    if (request !== null) request.listener.onResponseData(request, this.#isMemoryReused ? Buffer.from(chunk) : chunk);
  }

  onEnd(trailers: string[]): void {
    const request = this.#request;
    if (request === null) return;
    this.#isResponseEnded = true;
    this.#request = null;
    if (request.request.body instanceof PlainBody) request.request.body.destroy();
    request.end(trailers);
  }

  // What the socket tells.

  #onData(chunk: Buffer): void {
    // What nobody asked for: the next request would take it for its answer.
    if (this.#request === null) {
      this.#destroy();
      return;
    }
    let isClean: boolean;
    const { saysClose } = this.#request.head;
    try {
      isClean = this.#parser.push(chunk);
    } catch (error) {
      if (!this.#isGone && !this.#isAnswered && isUnusual(error)) this.#owner.onUnusual();
      this.#fail(error as Error);
      return;
    }
    if (!this.#isResponseEnded || this.#isGone) return;
    if (isClean && this.#keepsAlive && !saysClose && this.#isBodyWritten && this.#idleMs > 0) this.#free();
    else this.#destroy();
  }

  /** What follows the last write for now, unless the socket itself says sooner that there is room. */
  #makeTurn(): () => void {
    const turn = this.#turn;
    return () => {
      if (turn === this.#turn) this.#onDrain();
    };
  }

  #onDrain(): void {
    this.#turn += 1;
    const body = this.#request?.request.body;
    if (!(body instanceof PlainBody) || this.#isBodyWritten) return;
    this.#dueMs = Infinity;
    body.flow();
  }

  #onEnd(): void {
    if (this.#request !== null) this.#parser.finish();
    // What is written from here on would go nowhere.
    this.#fail(new errors.SocketError('other side closed'));
  }

  #onClose(): void {
    this.#fail(this.#trouble ?? new errors.SocketError('other side closed'));
    this.#gone();
  }

  #free(): void {
    this.#isResponseEnded = false;
    this.#dueMs = performance.now() + this.#idleMs;
    // Its next request, or its end, must be seen.
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#owner.onFree(this);
  }

  #awaitAnswer(): void {
    if (this.#request === null || this.#isAnswered) return;
    this.#dueMs = performance.now() + this.#request.request.headersTimeoutMs;
  }

  #lookAtPace(nowMs: number): void {
    const sinceMs = this.#paceSinceMs;
    // One that its backend does not read is none of its user's.
    if (this.#request === null || this.#isBodyWritten || this.#isAnswered || this.#dueMs !== Infinity) {
      this.#isBodySlow = false;
      return;
    }
    if (sinceMs > 0 && nowMs - sinceMs < this.#limits.slowBodyMs) return;
    this.#isBodySlow = sinceMs > 0 && this.#paceBytes * 1000 < MIN_BODY_RATE * (nowMs - sinceMs);
    this.#paceSinceMs = nowMs;
    this.#paceBytes = 0;
  }

  #idleTime(seconds: number | null): number {
    if (seconds === null) return this.#limits.keepAliveMs;
    return Math.min(seconds * 1000 - KEEP_ALIVE_MARGIN_MS, MAX_KEEP_ALIVE_MS);
  }

  /** What is written until the end of the tick goes out together. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }

  #fail(error: Error): void {
    const request = this.#request;
    this.#request = null;
    this.#destroy();
    if (request === null) return;
    if (request.request.body instanceof PlainBody) request.request.body.destroy();
    request.fail(error);
  }

  #destroy(): void {
    this.#dueMs = Infinity;
    this.#socket.destroy();
    this.#gone();
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#owner.onGone(this);
  }
}
