import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import { PosternError, asPosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { asksForConnection } from '../../src-shared/wire/connection-authentication.ts';
import { fitsOneFrame } from '../../src-shared/wire/fits-one-frame.ts';
import { GatheredOctets, isLoose } from '../../src-shared/wire/gathered-octets.ts';
import { decodeResponseHead, encodeRequestHead } from '../../src-shared/wire/head.ts';
import { safeTrailers } from '../../src-shared/wire/trailers.ts';
import { WaitingOctets } from '../../src-shared/wire/waiting-octets.ts';
import { RELAY_LIMITS } from './relay-limits.ts';
import type { ForwardedRequest } from './relay-types.ts';
import { AnnouncedLength, ofFalseLength } from './announced-length.ts';
import { missingFields, withoutFields } from './field-lists.ts';
import type { FailedAttempt, RequestAttempts } from './request-attempts.ts';
import type { ResponseWriter } from './response-writer.ts';
import { makeResponseWriter } from './make-response-writer.ts';
import { withoutServiceFields } from './service-fields.ts';
import type { Backlog, SlowReaders } from './slow-readers.ts';
import { hasBody } from './user-http.ts';

/** Methods that may be sent twice where no answer came (RFC 9110 §9.2.2, RFC 4918, RFC 5323). */
const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'DELETE']);
const NO_FIELDS: readonly string[] = [];
const NO_BLOCK = new Uint8Array(0);
const EARLY_HINTS = 103;
const UNAUTHORIZED = 401;

/**
 * One request and its response: the user's HTTP exchange on one side, a stream of a tunnel on the other. A stream that
 * fails before it was taken goes to another tunnel; after that only an idempotent request without a body and without an
 * answer does (design, "The tunnel").
 */
export class HttpExchange implements StreamHandler {
  readonly #forwarded: ForwardedRequest;
  readonly #attempts: RequestAttempts;
  /** The head as a tunnel carries it, until an answer came: who is answered is asked for no second time. */
  #block: Uint8Array;
  readonly #writer: ResponseWriter;
  readonly #hasBody: boolean;
  #stream: MuxStream | null = null;
  /** Body sent but not taken: needed again when the request goes to another tunnel. Null once taken. */
  #untaken: GatheredOctets | null = null;
  #isBodyEnded = false;
  #isBodyRead = false;
  #isTaken = false;
  #isAnswered = false;
  #isOver = false;
  /** Of the body, as its head has it; null before the head. */
  #length: AnnouncedLength | null = null;
  readonly #slowReaders: SlowReaders;
  /** What the user has not taken; both null where they have all. */
  #waiting: WaitingOctets | null = null;
  /** Whether the rest waits for a small piece to be out, of which its writer says so. */
  #isLastUnderWay = false;
  #backlog: Backlog | null = null;

  constructor(forwarded: ForwardedRequest, attempts: RequestAttempts, slowReaders: SlowReaders) {
    this.#slowReaders = slowReaders;
    this.#forwarded = forwarded;
    this.#attempts = attempts;
    this.#block = encodeRequestHead(forwarded.head);
    this.#writer = makeResponseWriter(forwarded.response);
    this.#hasBody = hasBody(forwarded.request);
    if (this.#hasBody) this.#untaken = new GatheredOctets();
  }

  /** Hands the request to a tunnel of the group. */
  start(): void {
    const { response } = this.#forwarded;
    response.on('close', () => this.#onClosed());
    response.on('drain', () => this.#onUserDrained());
    this.#attempt();
  }

  // What the stream tells.

  onHead(block: Uint8Array, isInformational: boolean): void {
    const { status, headers: answered } = decodeResponseHead(block);
    const headers = withoutServiceFields(answered);
    const { responseHeaders, defaultHeaders, withheldHeaders, isUserConnection, meter } = this.#forwarded;
    if (isInformational) {
      if (status === EARLY_HINTS) this.#writer.writeEarlyHints(headers);
      return;
    }
    if (this.#isAnswered) throw new PosternError('TUNNEL_PROTOCOL', { message: 'A stream was answered twice.' });
    this.#isAnswered = true;
    this.#block = NO_BLOCK;
    this.#untaken = null;
    meter?.onAnswered(status, this.#attempts.connectorId);
    // Credentials of a connection are of no use to one that many streams share.
    if (
      status === UNAUTHORIZED &&
      isUserConnection === true &&
      asksForConnection(headers) &&
      this.#writer.requireHttp1()
    ) {
      this.#isOver = true;
      this.#attempts.over('answered');
      this.#stream?.reset('STREAM_CANCELLED', 'The user is asked to come by HTTP/1.1.');
      return;
    }
    try {
      const passed = withheldHeaders === undefined ? headers : withoutFields(headers, withheldHeaders);
      const added = defaultHeaders === undefined ? NO_FIELDS : missingFields(headers, defaultHeaders);
      const all = [...passed, ...added, ...responseHeaders, ...this.#attempts.answered()];
      this.#length = new AnnouncedLength(status, all, this.#forwarded.head.method === 'HEAD');
      this.#writer.writeHead(status, all);
    } catch (error) {
      // What no HTTP can carry is the backend's fault, and must not end the tunnel for all others.
      this.#failBackend(asPosternError(error, 'BACKEND_PROTOCOL'));
    }
  }

  onTaken(): void {
    this.#isTaken = true;
    this.#untaken = null;
    // The user's client waits for this word before it sends a body (RFC 9110 §10.1.1).
    if (this.#forwarded.request.headers.expect !== undefined && !this.#isAnswered) this.#writer.writeContinue();
    if (this.#hasBody && !this.#isBodyRead) this.#readBody();
  }

  onData(chunk: Uint8Array): void {
    if (!this.#isAnswered)
      throw new PosternError('TUNNEL_PROTOCOL', { message: 'Data came before its response head.' });
    if (chunk.length === 0) return;
    const { meter } = this.#forwarded;
    if (meter !== undefined) meter.responseBytes += chunk.length;
    // HTTP/2's clients may take a body of another length for a fault of the whole connection.
    if (this.#length?.take(chunk.length) === false) {
      this.#failBackend(ofFalseLength());
      return;
    }
    if (this.#waiting !== null) this.#waiting.add(chunk);
    else if (isLoose(this.#writer, chunk)) this.#writeLast(chunk);
    else if (this.#writer.write(chunk)) {
      this.#stream?.consumed(chunk.length);
      return;
    } else this.#waiting = new WaitingOctets(chunk.length);
    (this.#backlog ??= this.#makeBacklog()).add(chunk.length);
  }

  onEnd(trailers: readonly string[]): void {
    if (!this.#isAnswered) throw new PosternError('TUNNEL_PROTOCOL', { message: 'A stream ended without a head.' });
    if (this.#length?.isMet === false) {
      // Nobody must take it for whole.
      this.#failBackend(ofFalseLength());
      return;
    }
    this.#isOver = true;
    this.#attempts.over('answered');
    this.#waiting?.flush((piece) => this.#writer.write(piece));
    // The backend answered without reading all of the body: the rest has no use.
    const isRequestCut = this.#hasBody && !this.#isBodyEnded;
    this.#writer.end(trailers.length === 0 ? trailers : safeTrailers(trailers), isRequestCut);
    if (isRequestCut) this.#stream?.reset('STREAM_CANCELLED', 'The answer is complete.');
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#stream = null;
    if (this.#isOver) return;
    if (this.#attempts.failed(code, this.#progress)) this.#attempt();
    else this.#fail(new PosternError(code, { message }));
  }

  onWritable(): void {
    this.#forwarded.request.resume();
  }

  #attempt(): void {
    const { request } = this.#forwarded;
    const session = this.#attempts.next();
    if (session === null) {
      this.#fail(this.#attempts.describeNone());
      return;
    }
    this.#isTaken = false;
    const stream = session.mux.open(this.#block, !this.#hasBody, (made) => {
      this.#stream = made;
      return this;
    });
    if (!this.#hasBody) return;
    let isRoomLeft = true;
    for (const part of this.#untaken?.parts() ?? []) isRoomLeft = stream.write(part);
    if (this.#isBodyEnded) stream.end(this.#trailers());
    else if (this.#isBodyRead) {
      // The tunnel before may have had no room.
      if (isRoomLeft) request.resume();
    }
    // A client that asked to be told when to send has not sent yet; others' first bytes ride along with the head.
    else if (request.headers.expect === undefined) this.#readBody();
  }

  #readBody(): void {
    const { request } = this.#forwarded;
    this.#isBodyRead = true;
    const { meter, maxBodyBytes: maxBytes = Infinity } = this.#forwarded;
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (meter !== undefined) meter.requestBytes = bytes;
      if (bytes > maxBytes) {
        this.#refuseBody();
        return;
      }
      const isKept = this.#keepUntaken(chunk);
      if (this.#stream === null) return;
      const isRoomLeft = isKept ? this.#stream.write(chunk) : this.#stream.give(chunk);
      if (!isRoomLeft) request.pause();
    });
    request.on('end', () => {
      this.#isBodyEnded = true;
      this.#stream?.end(this.#trailers());
    });
    request.on('error', () => this.#onUserGone());
  }

  /** @returns whether the octets of a piece may be wanted for another attempt */
  #keepUntaken(chunk: Buffer): boolean {
    const untaken = this.#untaken;
    if (untaken === null) return false;
    untaken.add(chunk);
    if (untaken.bytes <= RELAY_LIMITS.maxUntakenBodyBytes) return true;
    // A connector that lets in more than may ride along has taken it, whatever it says.
    this.#isTaken = true;
    this.#untaken = null;
    return true;
  }

  #trailers(): readonly string[] {
    const { request, withheldTrailers } = this.#forwarded;
    const { rawTrailers } = request;
    // Those that are too many or too large are left out, as any recipient may (RFC 9110 section 6.5.1): they would end the tunnel for all.
    if (rawTrailers.length === 0 || !fitsOneFrame(rawTrailers)) return NO_FIELDS;
    return safeTrailers(rawTrailers, withheldTrailers);
  }

  #refuseBody(): void {
    if (this.#isOver) return;
    this.#untaken = null;
    this.#stream?.reset('STREAM_CANCELLED', 'The body is larger than the application takes.');
    this.#stream = null;
    this.#fail(new PosternError('EDGE_BODY_TOO_LARGE'));
  }

  get #progress(): FailedAttempt {
    const isRepeatable = !this.#hasBody && IDEMPOTENT_METHODS.has(this.#forwarded.head.method);
    return { isTaken: this.#isTaken, isAnswered: this.#isAnswered, isRepeatable };
  }

  /** What came is no answer of HTTP: the backend may stop. */
  #failBackend(error: PosternError): void {
    this.#stream?.reset('STREAM_CANCELLED', 'The response can not be passed on.');
    this.#stream = null;
    this.#fail(error);
  }

  #fail(error: PosternError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const hop = failingHop(error.code);
    this.#attempts.over('failed', hop);
    if (this.#writer.isBegun || this.#writer.isGone) {
      // The user must not take a cut answer for a whole one.
      this.#forwarded.onCut?.(error, hop);
      this.#writer.abort(error);
      return;
    }
    this.#forwarded.request.resume();
    this.#forwarded.onFailure(error, hop);
  }

  #onClosed(): void {
    this.#backlog?.clear();
    this.#waiting = null;
    this.#onUserGone();
  }

  #makeBacklog(): Backlog {
    return this.#slowReaders.makeBacklog((error) => {
      this.#forwarded.onCut?.(error, failingHop(error.code));
      this.#onUserGone();
      this.#writer.abort(error);
    });
  }

  #onUserGone(): void {
    if (this.#isOver) return;
    this.#attempts.over('cancelled');
    this.#isOver = true;
    this.#untaken = null;
    this.#stream?.reset('STREAM_CANCELLED', 'The user went away.');
    this.#stream = null;
  }

  /** What follows waits until this is out, though there would be room by the count of octets. */
  #writeLast(chunk: Uint8Array): void {
    this.#waiting = new WaitingOctets(chunk.length);
    this.#isLastUnderWay = true;
    this.#writer.write(chunk, () => {
      this.#isLastUnderWay = false;
      this.#onUserDrained();
    });
  }

  #onUserDrained(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.#isLastUnderWay) return;
    const takenBytes = waiting.drain((piece) => this.#writer.write(piece));
    this.#backlog?.clear();
    this.#backlog = null;
    if (waiting.bytes === 0) this.#waiting = null;
    else (this.#backlog = this.#makeBacklog()).add(waiting.bytes);
    this.#stream?.consumed(takenBytes);
  }
}
