import {
  type CapturedBodies,
  type CapturedBody,
  MAX_CAPTURED_BYTES,
} from '../../../src-shared/connector/body-capture.ts';
import type { WireErrorCode } from '../../../src-shared/errors/registry.ts';
import type { MuxStream } from '../../../src-shared/mux/mux-stream.ts';
import type { Exchange } from '../exchange.ts';

/** The beginning of a body, copied as it passes. */
class BodyStart {
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;
  #totalBytes = 0;

  add(chunk: Uint8Array): void {
    this.#totalBytes += chunk.length;
    const room = MAX_CAPTURED_BYTES - this.#heldBytes;
    if (room <= 0 || chunk.length === 0) return;
    // The memory of a chunk is soon somebody else's.
    const copy = Uint8Array.from(chunk.subarray(0, room));
    this.#chunks.push(copy);
    this.#heldBytes += copy.length;
  }

  take(): CapturedBody {
    const octets = new Uint8Array(this.#heldBytes);
    let offset = 0;
    for (const chunk of this.#chunks) {
      octets.set(chunk, offset);
      offset += chunk.length;
    }
    this.#chunks = [];
    return { octets, totalBytes: this.#totalBytes };
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
