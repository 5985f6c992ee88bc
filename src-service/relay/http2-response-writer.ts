import { constants, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { releaserOf } from '../../src-shared/wire/octets.ts';
import { groupFields } from './field-lists.ts';
import type { ResponseWriter } from './response-writer.ts';

/** What HTTP/2 has no use for (RFC 9113 section 8.2.2); a message that has it is malformed. */
const CONNECTION_SPECIFIC = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
]);
const UNSAFE_NAME = /[^!#$%&'*+\-.^_`|~0-9a-z]/;
const UNSAFE_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;
const MAX_STATUS = 599;
const EARLY_HINTS = 103;

/**
 * Writes to a user over a stream of HTTP/2. The head waits for the end of the tick: where the response ends with it, one
 * HEADERS frame with END_STREAM says so, which gRPC needs for an answer of trailers alone.
 */
export class Http2ResponseWriter implements ResponseWriter {
  readonly #response: Http2ServerResponse;
  readonly #stream: ServerHttp2Stream;
  #head: string[] | null = null;
  #trailers: readonly string[] = [];

  constructor(response: Http2ServerResponse) {
    this.#response = response;
    this.#stream = response.stream;
  }

  get isBegun(): boolean {
    return this.#head !== null || this.#stream.headersSent;
  }

  get isGone(): boolean {
    return this.#stream.destroyed;
  }

  get writableLength(): number {
    return this.#stream.writableLength;
  }

  writeContinue(): void {
    if (!this.isGone) this.#stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE });
  }

  writeEarlyHints(headers: readonly string[]): void {
    if (this.isGone || this.isBegun) return;
    try {
      this.#stream.additionalHeaders({ ':status': EARLY_HINTS, ...groupFields(withoutConnectionSpecific(headers)) });
    } catch {
      // Hints that HTTP/2 can't carry are worth no answer.
    }
  }

  writeHead(status: number, headers: readonly string[]): void {
    if (status > MAX_STATUS) {
      throw new PosternError('BACKEND_PROTOCOL', { message: `The status ${status} is not one of HTTP.` });
    }
    this.#head = [':status', String(status), ...withoutConnectionSpecific(headers)];
    // For whoever asks the response later, as the access log does.
    this.#response.statusCode = status;
    queueMicrotask(() => this.#flush(false));
  }

  write(chunk: Uint8Array, onWritten?: () => void): boolean {
    this.#flush(false);
    return this.#stream.write(chunk, onWritten ?? releaserOf(chunk));
  }

  end(trailers: readonly string[], isRequestCut: boolean): void {
    if (this.isGone) return;
    this.#trailers = trailers;
    this.#flush(trailers.length === 0);
    this.#stream.end();
    if (isRequestCut) this.#cutRequest();
  }

  requireHttp1(): boolean {
    this.#stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
    return true;
  }

  abort(): void {
    this.#head = null;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  #flush(endStream: boolean): void {
    const head = this.#head;
    this.#head = null;
    if (head === null || this.isGone || this.#stream.closed) return;
    // Only a stream that waits for trailers can be reset half-way: node:http2 ends any other as if it were whole.
    const options = { endStream, waitForTrailers: !endStream };
    this.#stream.removeAllListeners('wantTrailers').on('wantTrailers', () => this.#sendTrailers());
    try {
      this.#stream.respond(head, options);
    } catch {
      // node:http2 refuses a repeated name that should stand once, which HTTP/1.1 lets pass: the first one counts.
      this.#stream.respond(firstOfEach(head), options);
    }
  }

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(groupFields(withoutConnectionSpecific(this.#trailers)));
    } catch {
      // Trailers that can't be passed on are left out, as any recipient may (RFC 9110 section 6.5.1).
      if (!this.isGone) this.#stream.sendTrailers({});
    }
  }

  /** Once the response is out, the client is told to stop sending (RFC 9113 section 8.1). */
  #cutRequest(): void {
    const cut = (): void => void setImmediate(() => this.#stream.close(constants.NGHTTP2_NO_ERROR));
    if (this.#stream.writableFinished) cut();
    else this.#stream.once('finish', cut);
  }
}

/** In lower case, and without what speaks of an HTTP/1.1 connection. @throws PosternError `BACKEND_PROTOCOL` */
function withoutConnectionSpecific(list: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const name = (list[index] as string).toLowerCase();
    const value = list[index + 1] as string;
    if (CONNECTION_SPECIFIC.has(name)) continue;
    if (name === '' || UNSAFE_NAME.test(name) || UNSAFE_VALUE.test(value)) {
      throw new PosternError('BACKEND_PROTOCOL', { message: 'A response header would break the response apart.' });
    }
    result.push(name, value);
  }
  return result;
}

/** Only the first of each name, but all of `set-cookie`. */
function firstOfEach(list: readonly string[]): string[] {
  const seen = new Set<string>();
  const result: string[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] as string;
    if (seen.has(name)) continue;
    if (name !== 'set-cookie') seen.add(name);
    result.push(name, list[index + 1] as string);
  }
  return result;
}
