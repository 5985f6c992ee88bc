import type { BodyRewriter } from './body-rewriter.ts';
import { type Coding, makeCoding } from './content-coding.ts';
import type { ContentCoding } from './translated-head.ts';

/** Where a translated body goes. */
export interface BodySink {
  /** @returns false when no more is welcome until `BodyPipe.resume`. */
  write(chunk: Buffer): boolean;
  /** The body is whole, and all of it was written. */
  ended(): void;
  /** More of the backend's body is welcome, after a `BodyPipe.write` that returned false. */
  drained(): void;
  /** The body can't be decoded. */
  failed(error: Error): void;
}

/** The way of one body through its translation. */
export interface BodyPipe {
  /** @returns false when the backend has to wait, for `resume` to return true or for `BodySink.drained`. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** The sink takes more. @returns whether that is what the backend waits for. */
  resume(): boolean;
  destroy(): void;
}

/** A body that is not encoded: translated at once, with no stream between. */
export class PlainPipe implements BodyPipe {
  readonly #rewriter: BodyRewriter;
  readonly #sink: BodySink;

  constructor(rewriter: BodyRewriter, sink: BodySink) {
    this.#rewriter = rewriter;
    this.#sink = sink;
  }

  write(chunk: Buffer): boolean {
    const translated = this.#rewriter.push(chunk);
    return translated.length === 0 || this.#sink.write(translated);
  }

  end(): void {
    const rest = this.#rewriter.end();
    if (rest.length > 0) this.#sink.write(rest);
    this.#sink.ended();
  }

  resume(): boolean {
    return true;
  }

  destroy(): void {
    // Nothing is under way between two calls.
  }
}

/** A compressed body: decoded, translated and encoded again, each under back-pressure of the next. */
export class CodedPipe implements BodyPipe {
  readonly #rewriter: BodyRewriter;
  readonly #sink: BodySink;
  readonly #codingName: ContentCoding;
  #coding: Coding | null = null;
  /** Whether the encoder holds something that the user could have already. */
  #isFlushDue = false;
  #isEnding = false;

  constructor(coding: ContentCoding, rewriter: BodyRewriter, sink: BodySink) {
    this.#codingName = coding;
    this.#rewriter = rewriter;
    this.#sink = sink;
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    const { decoder } = (this.#coding ??= this.#begin(chunk));
    return decoder.write(chunk, () => this.#flushWhenIdle());
  }

  end(): void {
    this.#isEnding = true;
    // A body of no octets is no broken one: answers to HEAD that forgot their length come as such.
    if (this.#coding === null) this.#sink.ended();
    else this.#coding.decoder.end();
  }

  resume(): boolean {
    this.#coding?.encoder.resume();
    return false;
  }

  destroy(): void {
    this.#coding?.decoder.destroy();
    this.#coding?.encoder.destroy();
  }

  #begin(first: Buffer): Coding {
    const coding = makeCoding(this.#codingName, first);
    const { decoder, encoder } = coding;
    decoder.on('data', (chunk: Buffer) => {
      const translated = this.#rewriter.push(chunk);
      if (translated.length > 0 && !encoder.write(translated)) decoder.pause();
      this.#flushWhenIdle();
    });
    decoder.on('drain', () => this.#sink.drained());
    decoder.on('end', () => encoder.end(this.#rewriter.end()));
    decoder.on('error', (error) => this.#sink.failed(error));
    encoder.on('data', (chunk: Buffer) => {
      if (!this.#sink.write(chunk)) encoder.pause();
    });
    encoder.on('drain', () => decoder.resume());
    encoder.on('end', () => this.#sink.ended());
    encoder.on('error', (error) => this.#sink.failed(error));
    return coding;
  }

  /** All that has come is decoded: what the user can have of it must not wait for what may come much later. */
  #flushWhenIdle(): void {
    const coding = this.#coding;
    if (coding === null || this.#isEnding || this.#isFlushDue || coding.decoder.writableLength > 0) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      const { decoder, encoder, flushKind } = coding;
      if (this.#isEnding || decoder.writableLength > 0 || encoder.destroyed || encoder.writableEnded) return;
      encoder.flush(flushKind);
    });
  }
}
