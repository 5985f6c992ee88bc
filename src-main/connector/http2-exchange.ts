import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { isLoose } from '../../src-shared/wire/gathered-octets.ts';
import { WaitingOctets } from '../../src-shared/wire/waiting-octets.ts';
import { AnswerClock } from './answer-clock.ts';
import { dialOf } from './dial.ts';
import type { Exchange } from './exchange.ts';
import {
  endResponse,
  type ExchangeContext,
  failExchange,
  recordReset,
  sendResponseHead,
  silenceOf,
} from './exchange-context.ts';
import { countStream } from './http2-sessions.ts';

/** Of an HTTP/1.1 message alone, beside what the translation leaves out (RFC 9113 section 8.2.2). */
const NOT_IN_HTTP2 = new Set(['host', 'http2-settings', 'te']);
const LINE_BREAK = /[\0\r\n]/;

/** Why a backend did not look at a request: its session takes no more, or it wants HTTP/1.1 (RFC 9113 section 7). */
export type RepeatReason = 'refused' | 'http1Required';

/** Begins anew, elsewhere, an exchange that the backend refused untouched; null where that is of no use. */
type RepeatExchange = (why: RepeatReason) => Exchange | null;

/**
 * A request and its response as one stream of an HTTP/2 connection to the backend, by node:http2 (ADR 0012): trailers both
 * ways, both directions at once, and back-pressure by the stream's window.
 */
export class Http2Exchange implements Exchange {
  readonly #context: ExchangeContext;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #hasBody: boolean;
  readonly #repeat: RepeatExchange;
  #repeated: Exchange | null = null;
  #trailers: readonly string[] = [];
  #responseTrailers: readonly string[] = [];
  /** What the backend has not taken; null where it has all. */
  #waiting: WaitingOctets | null = null;
  #isAnswered = false;
  #isResponseEnded = false;
  /** All of the response has come, though it may still be on its way through its translation. */
  #isWhole = false;
  #isFinished = false;
  #isReady = false;
  readonly #clock: AnswerClock;

  /**
   * @param body the whole request body where it is known already, null where there is none, `stream` where it follows.
   * @param repeat is called at most once, instead of failing, when the backend has not looked at the request
   *   (REFUSED_STREAM, RFC 9113 section 8.7) or wants it by HTTP/1.1.
   */
  constructor(
    context: ExchangeContext,
    session: ClientHttp2Session,
    body: Buffer | null | 'stream',
    repeat: RepeatExchange,
  ) {
    this.#context = context;
    this.#clock = new AnswerClock(context.route.headersTimeoutMs, () => this.#fail(silenceOf(context)));
    this.#session = session;
    this.#hasBody = body === 'stream';
    this.#repeat = repeat;
    const stream = session.request(requestHeaders(context), {
      endStream: body === null,
      // Also what lets a reset cut a body: node:http2 would end a stream without it as if it were whole.
      waitForTrailers: this.#hasBody,
    });
    this.#stream = stream;
    countStream(session, 1);
    stream.on('ready', () => this.#onReady());
    if (!stream.pending) this.#onReady();
    stream.on('headers', (_headers, _flags, raw) => this.#onInformation(raw));
    stream.on('response', (_headers, flags, raw) => this.#onResponse(flags, raw));
    stream.on('trailers', (_headers, _flags, raw) => {
      this.#responseTrailers = raw;
    });
    stream.on('data', (chunk: Buffer) => this.#onResponseData(chunk));
    stream.on('end', () => this.#onResponseEnd());
    stream.on('drain', () => this.#onDrain());
    stream.on('wantTrailers', () => this.#sendTrailers());
    stream.on('error', (error) => this.#fail(error));
    stream.on('close', () => this.#onClose());
    if (body instanceof Buffer) {
      context.entry.requestBytes += body.length;
      stream.end(body, () => context.stream.consumed(body.length));
    }
  }

  // The user's side.

  onData(chunk: Uint8Array): void {
    const { stream, entry } = this.#context;
    if (!this.#hasBody || this.#stream.writableEnded || this.#stream.destroyed) {
      stream.consumed(chunk.length);
      return;
    }
    entry.requestBytes += chunk.length;
    if (this.#waiting !== null) this.#waiting.add(chunk);
    else if (isLoose(this.#stream, chunk)) {
      this.#waiting = new WaitingOctets(chunk.length);
      // Where it has none, only `drain` says that it has again.
      const hasRoom = this.#stream.write(chunk, () => {
        if (hasRoom) this.#onDrain();
      });
    } else if (this.#stream.write(chunk)) {
      stream.consumed(chunk.length);
      return;
    } else this.#waiting = new WaitingOctets(chunk.length);
    if (this.#isReady) this.#clock.run();
  }

  onEnd(trailers: readonly string[]): void {
    if (!this.#hasBody) return;
    this.#trailers = trailers;
    this.#waiting?.flush((piece) => this.#stream.write(piece));
    this.#stream.end();
    if (this.#isReady) this.#clock.run();
  }

  onWritable(): void {
    if (this.#repeated !== null) this.#repeated.onWritable();
    else this.#stream.resume();
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#repeated?.onReset(code, message);
    if (this.#isFinished) return;
    recordReset(this.#context.entry, code, message);
    this.#finish();
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  // The backend's side.

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(trailersObject(this.#trailers));
    } catch {
      // Trailers that can't be passed on are left out, as any recipient may (RFC 9110 section 6.5.1).
      if (!this.#stream.destroyed) this.#stream.sendTrailers({});
    }
  }

  #onReady(): void {
    if (this.#isFinished || this.#isReady) return;
    this.#isReady = true;
    this.#context.entry.sent(dialOf(this.#session));
    this.#context.stream.taken();
    if (!this.#hasBody || this.#stream.writableEnded || this.#waiting !== null) this.#clock.run();
  }

  #onInformation(raw: readonly string[]): void {
    this.#sendHead(Number(raw[1]), raw.slice(2), false);
  }

  #onResponse(flags: number, raw: readonly string[]): void {
    this.#clock.end();
    this.#isAnswered = true;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    this.#isResponseEnded = endStream;
    // nghttp2 lets no response through whose first field isn't its status.
    this.#sendHead(Number(raw[1]), raw.slice(2), endStream);
  }

  #sendHead(status: number, headers: readonly string[], endStream: boolean): void {
    if (this.#isFinished) return;
    try {
      sendResponseHead(this.#context, status, headers, endStream);
    } catch (error) {
      this.#fail(error);
    }
  }

  #onResponseData(chunk: Buffer): void {
    if (this.#isFinished) return;
    this.#context.entry.responseBytes += chunk.length;
    if (!this.#context.stream.give(chunk)) this.#stream.pause();
  }

  #onResponseEnd(): void {
    // A reset ends the readable side, too; only what a reset didn't cut is whole.
    if (this.#isFinished || !this.#isAnswered || this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    this.#isWhole = true;
    if (this.#isResponseEnded) this.#complete();
    else endResponse(this.#context, this.#responseTrailers, () => this.#complete());
    this.#isResponseEnded = true;
    // What may still come of the request has no reader any more.
    if (!this.#stream.writableEnded) this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #onDrain(): void {
    const waiting = this.#waiting;
    if (this.#stream.destroyed) return;
    if (!this.#stream.writableEnded) this.#clock.pause();
    if (waiting === null) return;
    const takenBytes = waiting.drain((piece) => this.#stream.write(piece));
    if (waiting.bytes === 0) this.#waiting = null;
    else this.#clock.run();
    this.#context.stream.consumed(takenBytes);
  }

  #onClose(): void {
    countStream(this.#session, -1);
    if (this.#isFinished || this.#isWhole) return;
    const message = `The backend ended the stream (HTTP/2 error ${this.#stream.rstCode ?? 0}).`;
    this.#fail(new PosternError('BACKEND_RESET', { message }));
  }

  #complete(): void {
    this.#context.entry.completed();
    this.#finish();
  }

  #fail(error: unknown): void {
    if (this.#isFinished || this.#isWhole) return;
    const reason = this.#isAnswered ? null : repeatReasonOf(this.#stream.rstCode);
    const repeated = reason === null ? null : this.#repeat(reason);
    if (repeated !== null) {
      this.#isFinished = true;
      this.#clock.end();
      this.#repeated = repeated;
      return;
    }
    failExchange(this.#context, error);
    this.#finish();
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#clock.end();
    this.#context.stream.consumed(this.#waiting?.bytes ?? 0);
    this.#waiting = null;
    this.#context.onFinished();
  }
}

function repeatReasonOf(rstCode: number | undefined): RepeatReason | null {
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM) return 'refused';
  return rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED ? 'http1Required' : null;
}

/** Flat, pseudo-fields first, names in lower case as HTTP/2 wants them. `te: trailers` is passed on where the user sent it. */
function requestHeaders({ head, route, target, headers }: ExchangeContext): string[] {
  const result = [
    ':method',
    head.method,
    ':scheme',
    route.isSecure ? 'https' : 'http',
    ':authority',
    '',
    ':path',
    target,
  ];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    const value = headers[index + 1] as string;
    if (LINE_BREAK.test(value))
      throw new PosternError('STREAM_INTERNAL', { message: `The header ${name} has a line break.` });
    if (name === 'host') result[5] = value;
    else if (!NOT_IN_HTTP2.has(name)) result.push(name, value);
  }
  if (acceptsTrailers(head.headers)) result.push('te', 'trailers');
  return result;
}

function acceptsTrailers(headers: readonly string[]): boolean {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.length === 2 && headers[index]?.toLowerCase() === 'te') return true;
  }
  return false;
}

/** Repeated names keep their number; node:http2 takes trailers as an object only. */
function trailersObject(flat: readonly string[]): Record<string, string[]> {
  const result: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index + 1 < flat.length; index += 2) {
    (result[(flat[index] as string).toLowerCase()] ??= []).push(flat[index + 1] as string);
  }
  return result;
}
