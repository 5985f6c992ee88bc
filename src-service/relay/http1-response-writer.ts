import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import { readOctets, releaserOf } from '../../src-shared/wire/octets.ts';
import { flushAtEndOfTick } from './end-of-tick.ts';
import { groupFields, pairFields, refuseFieldsOfConnection } from './field-lists.ts';
import type { ResponseWriter } from './response-writer.ts';

/** A body of up to this size travels to the socket as one text with its head, which node:http writes in one go. */
const JOIN_LIMIT_BYTES = 16_384;

/**
 * Writes to a user over HTTP/1.1. What comes within a tick goes out together at its end, or with the end of the response
 * where that comes sooner.
 */
export class Http1ResponseWriter implements ResponseWriter {
  readonly #response: ServerResponse;
  /** The beginning of the body, which waits for what may follow in this tick. */
  #held: Uint8Array | null = null;
  #isBodyBegun = false;
  #isCorked = false;
  #isFlushDue = false;
  #isEnded = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get isBegun(): boolean {
    return this.#response.headersSent;
  }

  get isGone(): boolean {
    return this.#response.destroyed;
  }

  get writableLength(): number {
    return this.#isBodyBegun ? this.#response.writableLength : 0;
  }

  writeContinue(): void {
    this.#response.writeContinue();
  }

  writeEarlyHints(headers: readonly string[]): void {
    try {
      for (const [name, value] of pairFields(headers)) {
        validateHeaderName(name);
        validateHeaderValue(name, value);
      }
      this.#response.writeEarlyHints(groupFields(headers));
    } catch {
      // Hints may be left out (RFC 8297 section 2), and so are those that would break the response apart.
    }
  }

  writeHead(status: number, headers: readonly string[]): void {
    refuseFieldsOfConnection(headers);
    this.#response.writeHead(status, headers as string[]);
    this.#flushSoon();
  }

  write(chunk: Uint8Array, onWritten?: () => void): boolean {
    if (!this.#isBodyBegun && this.#held === null && chunk.length <= JOIN_LIMIT_BYTES) {
      this.#held = chunk;
      this.#flushSoon();
      return true;
    }
    this.#writeHeld();
    return this.#writeNow(chunk, onWritten);
  }

  end(trailers: readonly string[]): void {
    this.#isEnded = true;
    const held = this.#held;
    if (!this.#isBodyBegun && trailers.length === 0) {
      this.#held = null;
      this.#response.end(held === null ? '' : readOctets(held, 0, held.length), 'latin1');
      return;
    }
    this.#writeHeld();
    // node:http would write the end before the chunks that it gathers under a cork.
    this.#uncork();
    try {
      if (trailers.length > 0) this.#response.addTrailers(pairFields(trailers));
    } catch {
      this.#isEnded = true;
      this.#response.destroy();
      return;
    }
    this.#response.end();
  }

  requireHttp1(): boolean {
    return false;
  }

  abort(error: Error): void {
    this.#isEnded = true;
    this.#response.destroy(error);
  }

  #writeHeld(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#writeNow(held);
  }

  #writeNow(chunk: Uint8Array, onWritten?: () => void): boolean {
    this.#isBodyBegun = true;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#response.cork();
      this.#flushSoon();
    }
    return this.#response.write(chunk, onWritten ?? releaserOf(chunk));
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    flushAtEndOfTick(this);
  }

  /** The tick ends: what was held back for it goes out. */
  flush(): void {
    this.#isFlushDue = false;
    // The user may have gone since.
    if (this.#isEnded || this.#response.destroyed) return;
    this.#writeHeld();
    // A head whose body is still to come is news of its own (B52).
    if (!this.#isBodyBegun) this.#response.flushHeaders();
    this.#uncork();
  }

  #uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    const response = this.#response;
    response.uncork();
    // Under a cork node:http counts chunks on its own, and then waits for word of the socket, which says nothing where what is
    // left in it never was above its own mark.
    if (response.writableNeedDrain && response.socket?.writableNeedDrain === false) response.emit('drain');
  }
}
