import {
  type CapturedBodies,
  type CapturedBody,
  MAX_CAPTURED_BYTES,
} from '../../../src-shared/connector/body-capture.ts';
import type { WireErrorCode } from '../../../src-shared/errors/registry.ts';
import type { MuxStream } from '../../../src-shared/mux/mux-stream.ts';
import type { Exchange } from '../exchange.ts';

const LEAST_BYTES = 1024;

/** The beginning of a body, copied as it passes into one piece of memory, however small the pieces are that it comes in. */
class BodyStart {
  #octets = new Uint8Array(0);
  #heldBytes = 0;
  #totalBytes = 0;

  add(chunk: Uint8Array): void {
    this.#totalBytes += chunk.length;
    const part = chunk.subarray(0, MAX_CAPTURED_BYTES - this.#heldBytes);
    if (part.length === 0) return;
    this.#makeRoom(this.#heldBytes + part.length);
    this.#octets.set(part, this.#heldBytes);
    this.#heldBytes += part.length;
  }

  take(): CapturedBody {
    const octets = this.#octets.slice(0, this.#heldBytes);
    this.#octets = new Uint8Array(0);
    return { octets, totalBytes: this.#totalBytes };
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#octets.length) return;
    const grown = new Uint8Array(Math.min(MAX_CAPTURED_BYTES, Math.max(bytes, 2 * this.#octets.length, LEAST_BYTES)));
    grown.set(this.#octets.subarray(0, this.#heldBytes));
    this.#octets = grown;
  }
}

/**
 * Stands between a stream and its exchange while bodies of the application are captured: to the exchange it is the stream,
 * to the stream the exchange. What passes is passed on untouched.
 */
export class CapturedExchange implements MuxStream, Exchange {
  readonly #stream: MuxStream;
  readonly #sequence: number;
  readonly #onFinished: (bodies: CapturedBodies) => void;
  readonly #request = new BodyStart();
  readonly #response = new BodyStart();
  #exchange: Exchange | null = null;
  #isFinished = false;

  constructor(stream: MuxStream, sequence: number, onFinished: (bodies: CapturedBodies) => void) {
    this.#stream = stream;
    this.#sequence = sequence;
    this.#onFinished = onFinished;
  }

  /** Takes the exchange that writes to it, and what has come of the request's body already. */
  attach(exchange: Exchange, body: Uint8Array | null | 'stream'): void {
    this.#exchange = exchange;
    if (body !== null && body !== 'stream') this.#request.add(body);
  }

  /** Nothing of the exchange is left to do. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#onFinished({ sequence: this.#sequence, request: this.#request.take(), response: this.#response.take() });
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
    this.#response.add(chunk);
    return this.#stream.write(chunk);
  }

  give(chunk: Uint8Array): boolean {
    this.#response.add(chunk);
    return this.#stream.give(chunk);
  }

  end(trailers?: readonly string[]): void {
    this.#stream.end(trailers);
  }

  reset(code: WireErrorCode, message: string): void {
    this.#stream.reset(code, message);
  }

  consumed(bytes: number): void {
    this.#stream.consumed(bytes);
  }

  // As the stream's exchange.

  onData(chunk: Uint8Array): void {
    this.#request.add(chunk);
    this.#exchange?.onData(chunk);
  }

  onEnd(trailers: readonly string[]): void {
    this.#exchange?.onEnd(trailers);
  }

  onWritable(): void {
    this.#exchange?.onWritable();
  }

  onReset(code: WireErrorCode, message: string): void {
    this.#exchange?.onReset(code, message);
  }
}
