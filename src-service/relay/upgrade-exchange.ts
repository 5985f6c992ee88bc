import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import { PosternError, asPosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { releaserOf } from '../../src-shared/wire/octets.ts';
import { isLoose } from '../../src-shared/wire/gathered-octets.ts';
import { WaitingOctets } from '../../src-shared/wire/waiting-octets.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { decodeResponseHead, encodeRequestHead } from '../../src-shared/wire/head.ts';
import { AnnouncedLength, ofFalseLength } from './announced-length.ts';
import { refuseFieldsOfConnection } from './field-lists.ts';
import { RELAY_LIMITS } from './relay-limits.ts';
import type { ForwardedUpgrade, OnFailure, RequestMeter, RunningUpgrade } from './relay-types.ts';
import type { RequestAttempts } from './request-attempts.ts';
import { withoutServiceFields } from './service-fields.ts';
import type { Backlog, SlowReaders } from './slow-readers.ts';
import { closingFrame, WebSocketFrames } from './web-socket-frames.ts';

const SWITCHING_PROTOCOLS = 101;
/** `Policy Violation` (RFC 6455 section 7.4.1): whoever connects again meets the gate, which says the reason. */
const POLICY_VIOLATION = 1008;
const UNSAFE_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const UNSAFE_VALUE = /[\0\r\n]/;

/** What is asked of a backend, until it has answered: who is answered is asked for no second time. */
interface Offer {
  readonly forwarded: ForwardedUpgrade;
  /** The head as a tunnel carries it. */
  readonly block: Uint8Array;
}

/**
 * A request to switch protocols. When the backend agrees, both sides are bytes under credit until either ends (B53);
 * when it refuses, its own answer goes to the user. From the answer on it keeps nothing of the request: what is switched may be open for
 * days, and most of it says nothing most of the time.
 */
export class UpgradeExchange implements StreamHandler, RunningUpgrade {
  readonly #socket: Duplex;
  readonly #meter: RequestMeter | undefined;
  readonly #onCut: OnFailure | undefined;
  readonly #attempts: RequestAttempts;
  #offer: Offer | null;
  #stream: MuxStream | null = null;
  #isTaken = false;
  #isOver = false;
  #isUserEnded = false;
  readonly #slowReaders: SlowReaders;
  /** What the user has not taken; both null where they have all. */
  #waiting: WaitingOctets | null = null;
  #backlog: Backlog | null = null;
  /** What the backend says, once it speaks WebSocket. */
  #frames: WebSocketFrames | null = null;
  /** Of the body of a refusal; null where none was said. */
  #length: AnnouncedLength | null = null;

  constructor(forwarded: ForwardedUpgrade, attempts: RequestAttempts, slowReaders: SlowReaders) {
    this.#slowReaders = slowReaders;
    this.#socket = forwarded.socket;
    this.#meter = forwarded.meter;
    this.#onCut = forwarded.onCut;
    this.#attempts = attempts;
    this.#offer = { forwarded, block: encodeRequestHead(forwarded.head) };
  }

  start(): void {
    const socket = this.#socket;
    if (isSocket(socket)) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
    }
    if (socket.listenerCount('error') === 0) socket.on('error', ignore);
    socket.on('close', () => this.#onClosed());
    // A user that sends nothing more says so at once, even while nobody reads.
    socket.on('end', () => {
      this.#isUserEnded = true;
      if (this.#offer === null) this.#stream?.end();
    });
    this.#attempt();
  }

  /** Nothing more goes either way; a WebSocket is told so where that breaks no frame apart, and has a moment to take it in. */
  cut(error: PosternError): void {
    const socket = this.#socket;
    if (this.#frames?.isOpenBetweenFrames !== true || this.#isOver || socket.destroyed) {
      socket.destroy();
      return;
    }
    this.#onUserGone();
    const timer = setTimeout(() => socket.destroy(), RELAY_LIMITS.closingWaitMs);
    socket.once('close', () => clearTimeout(timer));
    this.#waiting?.flush((piece) => this.#write(piece));
    socket.end(closingFrame(POLICY_VIOLATION, error.code));
    socket.resume();
  }

  onHead(block: Uint8Array, isInformational: boolean): void {
    if (isInformational) return;
    if (this.#offer === null) throw new PosternError('TUNNEL_PROTOCOL', { message: 'A stream was answered twice.' });
    const { status, headers: answered } = decodeResponseHead(block);
    const headers = withoutServiceFields(answered);
    const { request, responseHeaders, bufferedBytes } = this.#offer.forwarded;
    const socket = this.#socket;
    const meter = this.#meter;
    const isSwitched = status === SWITCHING_PROTOCOLS;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    try {
      if (!isSwitched) {
        refuseFieldsOfConnection(headers);
        this.#length = new AnnouncedLength(status, headers, request.method === 'HEAD');
      }
      head += headerLines(headers) + headerLines(responseHeaders) + headerLines(this.#attempts.answered());
    } catch (error) {
      // What no HTTP can carry is the backend's fault, and must not end the tunnel for all others.
      this.#failBackend(asPosternError(error, 'BACKEND_PROTOCOL'));
      return;
    }
    this.#offer = null;
    meter?.onAnswered(status, this.#attempts.connectorId);
    if (isSwitched) this.#attempts.over('answered');
    // A refusal's body ends with the connection: it came without the framing that it had at the backend.
    socket.write(isSwitched ? `${head}\r\n` : `${head}Connection: close\r\n\r\n`, 'latin1');
    if (!isSwitched) return;
    if (meter !== undefined) meter.requestBytes += bufferedBytes.length;
    if (request.headers.upgrade?.toLowerCase() === 'websocket') this.#frames = new WebSocketFrames();
    if (bufferedBytes.length > 0) this.#stream?.write(bufferedBytes);
    if (this.#isUserEnded) {
      this.#stream?.end();
      return;
    }
    this.#readUser();
  }

  #readUser(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#onUserData(chunk));
    socket.resume();
  }

  #onUserData(chunk: Buffer): void {
    const meter = this.#meter;
    if (meter !== undefined) meter.requestBytes += chunk.length;
    meter?.onUserPiece?.(chunk);
    if (this.#stream !== null && !this.#stream.give(chunk)) this.#socket.pause();
  }

  onTaken(): void {
    this.#isTaken = true;
  }

  onData(chunk: Uint8Array): void {
    if (this.#offer !== null)
      throw new PosternError('TUNNEL_PROTOCOL', { message: 'Data came before its response head.' });
    if (chunk.length === 0) return;
    if (this.#length?.hasBody === false) {
      this.#stream?.consumed(chunk.length);
      return;
    }
    if (this.#meter !== undefined) this.#meter.responseBytes += chunk.length;
    if (this.#length?.take(chunk.length) === false) {
      this.#failBackend(ofFalseLength());
      return;
    }
    this.#frames?.follow(chunk);
    if (this.#waiting !== null) {
      this.#waiting.add(chunk);
      this.#backlog?.add(chunk.length);
    } else if (isLoose(this.#socket, chunk)) {
      this.#wait(chunk.length);
      this.#socket.write(chunk, () => this.#onUserDrained());
    } else if (this.#write(chunk)) {
      this.#stream?.consumed(chunk.length);
    } else {
      this.#wait(chunk.length);
      this.#awaitDrain();
    }
  }

  onEnd(): void {
    if (this.#length?.isMet === false) {
      this.#failBackend(ofFalseLength());
      return;
    }
    this.#attempts.over('answered');
    this.#waiting?.flush((piece) => this.#write(piece));
    this.#socket.end();
    // A refusal is whole with that: the user may still send, and nobody reads it. What was switched lives on in its other direction.
    const isRefusal = this.#length !== null;
    if (!isRefusal && !this.#isUserEnded) return;
    this.#isOver = true;
    if (!isRefusal) return;
    this.#stream?.reset('STREAM_CANCELLED', 'The answer is complete.');
    this.#stream = null;
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#stream = null;
    if (this.#isOver) return;
    const progress = { isTaken: this.#isTaken, isAnswered: this.#offer === null, isRepeatable: false };
    if (this.#attempts.failed(code, progress)) this.#attempt();
    else this.#fail(new PosternError(code, { message }));
  }

  onWritable(): void {
    this.#socket.resume();
  }

  #attempt(): void {
    if (this.#offer === null) return;
    const { block } = this.#offer;
    const session = this.#attempts.next();
    if (session === null) {
      this.#fail(this.#attempts.describeNone());
      return;
    }
    this.#isTaken = false;
    session.mux.open(block, false, (made) => {
      this.#stream = made;
      return this;
    });
  }

  /** What came is no answer of HTTP: the backend may stop. */
  #failBackend(error: PosternError): void {
    this.#stream?.reset('STREAM_CANCELLED', 'The response can not be passed on.');
    this.#stream = null;
    this.#fail(error);
  }

  #fail(error: PosternError): void {
    this.#isOver = true;
    const hop = failingHop(error.code);
    this.#attempts.over('failed', hop);
    if (this.#offer !== null) return this.#offer.forwarded.onFailure(error, hop);
    this.#cutOff(error);
  }

  #onClosed(): void {
    this.#backlog?.clear();
    this.#waiting = null;
    this.#onUserGone();
  }

  #cutOff(error: PosternError): void {
    this.#onCut?.(error, failingHop(error.code));
    this.#socket.destroy();
  }

  #onUserGone(): void {
    this.#attempts.over('cancelled');
    if (!this.#isOver) this.#stream?.reset('STREAM_CANCELLED', 'The user went away.');
    this.#isOver = true;
    this.#stream = null;
  }

  #write(piece: Uint8Array): boolean {
    return this.#socket.write(piece, releaserOf(piece));
  }

  /** The connection takes no more for now. */
  #wait(bytes: number): void {
    this.#waiting = new WaitingOctets(bytes);
    this.#watch(bytes);
  }

  #watch(bytes: number): void {
    this.#backlog = this.#slowReaders.makeBacklog((error) => this.#cutOff(error));
    this.#backlog.add(bytes);
  }

  /** It says so when it does. */
  #awaitDrain(): void {
    this.#socket.once('drain', () => this.#onUserDrained());
  }

  #onUserDrained(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.#socket.destroyed) return;
    const takenBytes = waiting.drain((piece) => this.#write(piece));
    this.#backlog?.clear();
    this.#backlog = null;
    if (waiting.bytes === 0) this.#waiting = null;
    else {
      this.#watch(waiting.bytes);
      this.#awaitDrain();
    }
    this.#stream?.consumed(takenBytes);
  }
}

function headerLines(list: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    if (name === '' || UNSAFE_NAME.test(name) || UNSAFE_VALUE.test(value)) {
      throw new PosternError('BACKEND_PROTOCOL', { message: 'A response header would break the response apart.' });
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function ignore(): void {}

function isSocket(socket: object): socket is Socket {
  return 'setNoDelay' in socket;
}
