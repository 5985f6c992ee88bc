import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { releaserOf } from '../../src-shared/wire/octets.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { decodeResponseHead, encodeRequestHead } from '../../src-shared/wire/head.ts';
import { RELAY_LIMITS } from './relay-limits.ts';
import type { ForwardedUpgrade } from './relay-types.ts';
import type { RequestAttempts } from './request-attempts.ts';
import type { Backlog, SlowReaders } from './slow-readers.ts';
import { closingFrame, WebSocketFrames } from './web-socket-frames.ts';

const NO_BLOCK = new Uint8Array(0);
const SWITCHING_PROTOCOLS = 101;
/** `Policy Violation` (RFC 6455 section 7.4.1): whoever connects again meets the gate, which says the reason. */
const POLICY_VIOLATION = 1008;
const UNSAFE_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const UNSAFE_VALUE = /[\0\r\n]/;

/**
 * A request to switch protocols. When the backend agrees, both sides are bytes under credit until either ends (B53);
 * when it refuses, its own answer goes to the user.
 */
export class UpgradeExchange implements StreamHandler {
  readonly #forwarded: ForwardedUpgrade;
  readonly #attempts: RequestAttempts;
  /** The head as a tunnel carries it, until an answer came: who is answered is asked for no second time. */
  #block: Uint8Array;
  #stream: MuxStream | null = null;
  #isAnswered = false;
  #isTaken = false;
  #isOver = false;
  #isUserEnded = false;
  readonly #slowReaders: SlowReaders;
  /** What the user has not taken; null where they have all. */
  #backlog: Backlog | null = null;
  /** What the backend says, once it speaks WebSocket. */
  #frames: WebSocketFrames | null = null;

  constructor(forwarded: ForwardedUpgrade, attempts: RequestAttempts, slowReaders: SlowReaders) {
    this.#slowReaders = slowReaders;
    this.#forwarded = forwarded;
    this.#attempts = attempts;
    this.#block = encodeRequestHead(forwarded.head);
  }

  start(): void {
    const { socket } = this.#forwarded;
    if (isSocket(socket)) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
    }
    socket.on('error', () => undefined);
    socket.on('close', () => this.#onClosed());
    socket.on('drain', () => this.#onUserDrained());
    // A user that sends nothing more says so at once, even while nobody reads.
    socket.on('end', () => {
      this.#isUserEnded = true;
      if (this.#isAnswered) this.#stream?.end();
    });
    this.#attempt();
  }

  /**
   * Ends it for somebody who may not go on. Nothing more goes either way; a WebSocket is told so where that breaks no frame apart,
   * and has a moment to take it in.
   */
  cut(error: PosternError): void {
    const { socket } = this.#forwarded;
    if (this.#frames?.isOpenBetweenFrames !== true || this.#isOver || socket.destroyed) {
      socket.destroy();
      return;
    }
    this.#onUserGone();
    const timer = setTimeout(() => socket.destroy(), RELAY_LIMITS.closingWaitMs);
    socket.once('close', () => clearTimeout(timer));
    socket.end(closingFrame(POLICY_VIOLATION, error.code));
    socket.resume();
  }

  onHead(block: Uint8Array, isInformational: boolean): void {
    if (isInformational) return;
    if (this.#isAnswered) throw new PosternError('TUNNEL_PROTOCOL', { message: 'A stream was answered twice.' });
    const { status, headers } = decodeResponseHead(block);
    const { socket, responseHeaders, bufferedBytes, meter } = this.#forwarded;
    this.#isAnswered = true;
    this.#block = NO_BLOCK;
    meter?.onAnswered(status, this.#attempts.connectorId);
    this.#attempts.over('answered');
    const isSwitched = status === SWITCHING_PROTOCOLS;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    head += headerLines(headers) + headerLines(responseHeaders) + headerLines(this.#attempts.answered());
    // A refusal's body ends with the connection: it came without the framing that it had at the backend.
    socket.write(isSwitched ? `${head}\r\n` : `${head}Connection: close\r\n\r\n`, 'latin1');
    if (!isSwitched) return;
    if (meter !== undefined) meter.requestBytes += bufferedBytes.length;
    if (this.#forwarded.request.headers.upgrade?.toLowerCase() === 'websocket') this.#frames = new WebSocketFrames();
    if (bufferedBytes.length > 0) this.#stream?.write(bufferedBytes);
    if (this.#isUserEnded) {
      this.#stream?.end();
      return;
    }
    const { onUserPiece } = this.#forwarded;
    socket.on('data', (chunk: Buffer) => {
      if (meter !== undefined) meter.requestBytes += chunk.length;
      onUserPiece?.(chunk);
      if (this.#stream !== null && !this.#stream.give(chunk)) socket.pause();
    });
    socket.resume();
  }

  onTaken(): void {
    this.#isTaken = true;
  }

  onData(chunk: Uint8Array): void {
    if (!this.#isAnswered)
      throw new PosternError('TUNNEL_PROTOCOL', { message: 'Data came before its response head.' });
    if (chunk.length === 0) return;
    const { meter } = this.#forwarded;
    if (meter !== undefined) meter.responseBytes += chunk.length;
    this.#frames?.follow(chunk);
    if (this.#forwarded.socket.write(chunk, releaserOf(chunk)) && this.#backlog === null)
      this.#stream?.consumed(chunk.length);
    else (this.#backlog ??= this.#slowReaders.makeBacklog(this.#onStalled)).add(chunk.length);
  }

  onEnd(): void {
    this.#forwarded.socket.end();
    if (!this.#isUserEnded) return;
    this.#isOver = true;
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#stream = null;
    if (this.#isOver) return;
    const progress = { isTaken: this.#isTaken, isAnswered: this.#isAnswered, isRepeatable: false };
    if (this.#attempts.failed(code, progress)) this.#attempt();
    else this.#fail(new PosternError(code, { message }));
  }

  onWritable(): void {
    this.#forwarded.socket.resume();
  }

  #attempt(): void {
    const session = this.#attempts.next();
    if (session === null) {
      this.#fail(this.#attempts.describeNone());
      return;
    }
    this.#isTaken = false;
    session.mux.open(this.#block, false, (made) => {
      this.#stream = made;
      return this;
    });
  }

  #fail(error: PosternError): void {
    this.#isOver = true;
    const hop = failingHop(error.code);
    this.#attempts.over('failed', hop);
    if (!this.#isAnswered) return this.#forwarded.onFailure(error, hop);
    this.#forwarded.onCut?.(error, hop);
    this.#forwarded.socket.destroy();
  }

  #onClosed(): void {
    this.#backlog?.clear();
    this.#onUserGone();
  }

  readonly #onStalled = (error: PosternError): void => {
    this.#forwarded.onCut?.(error, failingHop(error.code));
    this.#forwarded.socket.destroy();
  };

  #onUserGone(): void {
    this.#attempts.over('cancelled');
    if (!this.#isOver) this.#stream?.reset('STREAM_CANCELLED', 'The user went away.');
    this.#isOver = true;
    this.#stream = null;
  }

  #onUserDrained(): void {
    const bytes = this.#backlog?.clear() ?? 0;
    this.#backlog = null;
    if (bytes > 0) this.#stream?.consumed(bytes);
  }
}

function headerLines(list: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    if (name === '' || UNSAFE_NAME.test(name) || UNSAFE_VALUE.test(value)) {
      throw new PosternError('TUNNEL_PROTOCOL', { message: 'A response header would break the response apart.' });
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function isSocket(socket: object): socket is Socket {
  return 'setNoDelay' in socket;
}
