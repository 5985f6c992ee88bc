import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import type { Exchange } from './exchange.ts';
import { type BodyPipe, type BodySink, CodedPipe, PlainPipe } from './translation/body/body-pipe.ts';
import type { BodyTranslation } from './translation/body/body-translation.ts';
import { findTranslatableBody, markNotModified, translateBodyHeaders } from './translation/body/translated-head.ts';

export interface TranslatedResponseOptions {
  readonly stream: MuxStream;
  readonly translation: BodyTranslation;
  readonly isHead: boolean;
  /** Entity tags of the request that were marked, as the backend knows them. */
  readonly unmarkedTags: readonly string[];
}

/**
 * Stands between a stream and its exchange where bodies may be translated: to the exchange it is the stream, to the stream
 * the exchange. A response that isn't translated passes through it untouched.
 */
export class TranslatedResponse implements MuxStream, Exchange {
  readonly #options: TranslatedResponseOptions;
  readonly #stream: MuxStream;
  #exchange: Exchange | null = null;
  #pipe: BodyPipe | null = null;
  #trailers: readonly string[] = [];
  #isEnded = false;
  #isOver = false;
  #onEnded: (() => void) | null = null;

  constructor(options: TranslatedResponseOptions) {
    this.#options = options;
    this.#stream = options.stream;
  }

  /** Takes the exchange that writes to it. */
  attach(exchange: Exchange): void {
    this.#exchange = exchange;
  }

  /** Decides, once the final head is there, whether its body is translated. @returns the headers for the user. */
  begin(status: number, headers: string[]): readonly string[] {
    const { translation, unmarkedTags, isHead } = this.#options;
    if (status === 304 && unmarkedTags.length > 0) return markNotModified(headers, translation.mark, unmarkedTags);
    const body = findTranslatableBody(status, headers, translation.isInScripts);
    if (body === null) return headers;
    if (!isHead) {
      const rewriter = translation.makeRewriter(body.kind, body.charset);
      const sink = this.#makeSink();
      this.#pipe = body.coding === null ? new PlainPipe(rewriter, sink) : new CodedPipe(body.coding, rewriter, sink);
    }
    return translateBodyHeaders(headers, translation.mark);
  }

  /** Calls `listener` when all that was written before `end` has gone on: at once where nothing is under way. */
  whenEnded(listener: () => void): void {
    if (this.#isEnded || this.#pipe === null) listener();
    else this.#onEnded = listener;
  }

  // As the exchange's stream.

  get id(): number {
    return this.#stream.id;
  }

  writeHead(block: Uint8Array, options: { isInformational: boolean; endStream: boolean }): void {
    this.#stream.writeHead(block, options);
  }

  taken(): void {
    this.#stream.taken();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    if (this.#pipe === null) return this.#stream.write(chunk);
    return this.#pipe.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  give(chunk: Uint8Array): boolean {
    // What is translated may go on as pieces of the same buffer.
    return this.#isOver || this.#pipe !== null ? this.write(chunk) : this.#stream.give(chunk);
  }

  end(trailers: readonly string[] = []): void {
    if (this.#isOver) return;
    this.#trailers = trailers;
    if (this.#pipe === null) this.#stream.end(trailers);
    else this.#pipe.end();
  }

  reset(code: WireErrorCode, message: string): void {
    this.#finish();
    this.#stream.reset(code, message);
  }

  consumed(bytes: number): void {
    this.#stream.consumed(bytes);
  }

  // As the stream's exchange.

  onData(chunk: Uint8Array): void {
    this.#exchange?.onData(chunk);
  }

  onEnd(trailers: readonly string[]): void {
    this.#exchange?.onEnd(trailers);
  }

  onWritable(): void {
    if (this.#pipe === null || this.#pipe.resume()) this.#exchange?.onWritable();
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#finish();
    this.#exchange?.onReset(code, message);
  }

  #makeSink(): BodySink {
    return {
      write: (chunk) => this.#isOver || this.#stream.write(chunk),
      ended: () => this.#end(),
      drained: () => {
        if (!this.#isOver) this.#exchange?.onWritable();
      },
      failed: (error) => this.#fail(error),
    };
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isEnded = true;
    this.#stream.end(this.#trailers);
    this.#onEnded?.();
  }

  /** What was sent so far can't be taken back: the user sees the response break off, and the exchange ends with the cause. */
  #fail(error: Error): void {
    if (this.#isOver) return;
    const message = `The compressed body of the response can't be decoded: ${error.message}`;
    this.#finish();
    this.#stream.reset('BACKEND_PROTOCOL', message);
    this.#exchange?.onReset('BACKEND_PROTOCOL', message);
  }

  #finish(): void {
    this.#isOver = true;
    this.#pipe?.destroy();
  }
}
