import { PosternError } from '../errors/postern-error.ts';
import { FRAME_HEADER_BYTES, MAX_PAYLOAD_BYTES, readUint32 } from './frame.ts';

/** Takes a whole frame. `payload` is a view of what was received and the sink's to keep. */
export type FrameSink = (type: number, flags: number, streamId: number, payload: Uint8Array) => void;

/**
 * Cuts the octets of a tunnel into frames. Where one piece ends has no meaning: any chunking gives the same frames. A
 * frame that lies whole in one piece isn't copied; one that straddles pieces is gathered in a buffer of its own size.
 */
export class FrameDecoder {
  readonly #sink: FrameSink;
  /** Start of a frame whose end has not come; null between frames. */
  #partial: Uint8Array | null = null;
  #partialBytes = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Takes the next octets. @throws PosternError `TUNNEL_FRAME_SIZE` when a header announces more than the protocol allows. */
  push(octets: Uint8Array): void {
    let offset = this.#partial === null ? 0 : this.#complete(octets);
    while (octets.length - offset >= FRAME_HEADER_BYTES) {
      const frameBytes = frameLength(octets, offset);
      if (octets.length - offset < frameBytes) break;
      this.#emit(octets, offset, frameBytes);
      offset += frameBytes;
    }
    if (offset < octets.length) this.#keep(octets, offset);
  }

  /** Fills the partial frame from `octets`; returns how many of them it took. */
  #complete(octets: Uint8Array): number {
    let offset = 0;
    while (this.#partial !== null && offset < octets.length) {
      const wanted = this.#partial.length - this.#partialBytes;
      const taken = Math.min(wanted, octets.length - offset);
      this.#partial.set(octets.subarray(offset, offset + taken), this.#partialBytes);
      this.#partialBytes += taken;
      offset += taken;
      if (taken < wanted) break;
      this.#advance(this.#partial);
    }
    return offset;
  }

  /** The partial buffer is full: either the header is whole and tells how much more is needed, or the frame is. */
  #advance(partial: Uint8Array): void {
    const frameBytes = frameLength(partial, 0);
    if (partial.length < frameBytes) {
      this.#partial = new Uint8Array(frameBytes);
      this.#partial.set(partial);
      return;
    }
    this.#partial = null;
    this.#emit(partial, 0, frameBytes);
  }

  #keep(octets: Uint8Array, offset: number): void {
    const available = octets.length - offset;
    const size = available < FRAME_HEADER_BYTES ? FRAME_HEADER_BYTES : frameLength(octets, offset);
    this.#partial = new Uint8Array(size);
    this.#partial.set(octets.subarray(offset));
    this.#partialBytes = available;
  }

  #emit(octets: Uint8Array, offset: number, frameBytes: number): void {
    this.#sink(
      octets[offset] ?? 0,
      octets[offset + 1] ?? 0,
      readUint32(octets, offset + 2),
      octets.subarray(offset + FRAME_HEADER_BYTES, offset + frameBytes),
    );
  }
}

function frameLength(octets: Uint8Array, offset: number): number {
  const payloadBytes = readUint32(octets, offset + 6);
  if (payloadBytes > MAX_PAYLOAD_BYTES) {
    throw new PosternError('TUNNEL_FRAME_SIZE', {
      message: `A frame announces ${payloadBytes} bytes; at most ${MAX_PAYLOAD_BYTES} are allowed.`,
    });
  }
  return FRAME_HEADER_BYTES + payloadBytes;
}
