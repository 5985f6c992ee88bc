import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { MAX_CANARY_BYTES } from '../../src-shared/wire/canary.ts';
import { encodeResponseHead } from '../../src-shared/wire/head.ts';

/** Answers a canary of the service: once it is complete, its octets go back with status 200, as any response would. */
export class CanaryAnswer implements StreamHandler {
  readonly #stream: MuxStream;
  readonly #onAnswered: () => void;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** @param onAnswered is called once the whole answer is on its way. */
  constructor(stream: MuxStream, onAnswered: () => void) {
    this.#stream = stream;
    this.#onAnswered = onAnswered;
  }

  onHead(): void {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'A second head came on the stream of a canary.' });
  }

  onTaken(): void {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'TAKEN came from the service.' });
  }

  onData(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_CANARY_BYTES) {
      this.#stream.reset('STREAM_REFUSED', `A canary has at most ${MAX_CANARY_BYTES} octets.`);
      return;
    }
    this.#chunks.push(chunk);
  }

  onEnd(): void {
    this.#stream.taken();
    const head = encodeResponseHead({ status: 200, headers: [] });
    this.#stream.writeHead(head, { isInformational: false, endStream: false });
    for (const chunk of this.#chunks) this.#stream.write(chunk);
    this.#stream.end();
    this.#onAnswered();
  }

  onReset(): void {
    // The service gave up waiting and draws its own conclusion.
  }

  onWritable(): void {
    // An answer this small is queued as a whole.
  }
}
