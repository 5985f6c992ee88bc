import { PosternError } from '../errors/postern-error.ts';
import { FRAME_FLAGS, FRAME_HEADER_BYTES, FRAME_TYPES, MAX_PAYLOAD_BYTES, readUint32 } from './frame.ts';

/** Takes a whole frame. `payload` is a view of what was received and the sink's to keep. */
export type FrameSink = (type: number, flags: number, streamId: number, payload: Uint8Array) => void;

/**
 * Cuts the octets of a tunnel into frames. Where one piece ends has no meaning: any chunking gives the same frames. A
 * payload that lies whole in one piece isn't copied, wherever its header came; one that straddles pieces is gathered in
 * a buffer of its own size. DATA isn't gathered: its payload goes on piece by piece, each as a frame of its own, since
 * where DATA is cut has no meaning either; the END flag comes with the last piece.
 */
export class FrameDecoder {
  readonly #sink: FrameSink;
  /** The header of a frame whose payload has not begun or not ended, or the beginning of a header. */
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  /** The payload that is being gathered; null while nothing of it has come. */
  #payload: Uint8Array | null = null;
  #payloadBytes = 0;
  /** What is still to come of a DATA frame. */
  #dataLeft = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether a frame has begun and not ended. */
  get isMidFrame(): boolean {
    return this.#headerBytes > 0;
  }

  /** Takes the next octets. @throws PosternError `TUNNEL_FRAME_SIZE` when a header announces more than the protocol allows. */
  push(octets: Uint8Array): void {
    let offset = 0;
    while (offset < octets.length) {
      if (this.#dataLeft > 0) offset = this.#passOn(octets, offset);
      else if (this.#payload !== null) offset = this.#gather(this.#payload, octets, offset);
      else if (this.#headerBytes === 0 && octets.length - offset >= FRAME_HEADER_BYTES) {
        offset = this.#begin(octets, offset, octets, offset + FRAME_HEADER_BYTES);
      } else offset = this.#gatherHeader(octets, offset);
    }
  }

  /** Emits the frame when its whole payload is at hand, else keeps what there is; returns the offset behind it. */
  #begin(header: Uint8Array, headerStart: number, octets: Uint8Array, start: number): number {
    const length = payloadLength(header, headerStart);
    const end = start + length;
    if (end <= octets.length) {
      this.#headerBytes = 0;
      this.#emit(header, headerStart, octets.subarray(start, end));
      return end;
    }
    if (header !== this.#header) this.#header.set(header.subarray(headerStart, headerStart + FRAME_HEADER_BYTES));
    this.#headerBytes = FRAME_HEADER_BYTES;
    if (this.#header[0] === FRAME_TYPES.DATA) {
      this.#dataLeft = length;
      return start;
    }
    if (start < octets.length) {
      this.#payload = new Uint8Array(length);
      this.#payload.set(octets.subarray(start));
      this.#payloadBytes = octets.length - start;
    }
    return octets.length;
  }

  /** Emits what has come of a DATA frame. */
  #passOn(octets: Uint8Array, start: number): number {
    const end = Math.min(octets.length, start + this.#dataLeft);
    this.#dataLeft -= end - start;
    const isLast = this.#dataLeft === 0;
    if (isLast) this.#headerBytes = 0;
    const flags = this.#header[1] ?? 0;
    this.#sink(
      FRAME_TYPES.DATA,
      isLast ? flags : flags & ~FRAME_FLAGS.END,
      readUint32(this.#header, 2),
      octets.subarray(start, end),
    );
    return end;
  }

  #gatherHeader(octets: Uint8Array, start: number): number {
    const taken = Math.min(FRAME_HEADER_BYTES - this.#headerBytes, octets.length - start);
    this.#header.set(octets.subarray(start, start + taken), this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes < FRAME_HEADER_BYTES) return start + taken;
    return this.#begin(this.#header, 0, octets, start + taken);
  }

  #gather(payload: Uint8Array, octets: Uint8Array, start: number): number {
    const taken = Math.min(payload.length - this.#payloadBytes, octets.length - start);
    payload.set(octets.subarray(start, start + taken), this.#payloadBytes);
    this.#payloadBytes += taken;
    if (this.#payloadBytes === payload.length) {
      this.#payload = null;
      this.#headerBytes = 0;
      this.#emit(this.#header, 0, payload);
    }
    return start + taken;
  }

  #emit(header: Uint8Array, start: number, payload: Uint8Array): void {
    this.#sink(header[start] ?? 0, header[start + 1] ?? 0, readUint32(header, start + 2), payload);
  }
}

function payloadLength(header: Uint8Array, start: number): number {
  const length = readUint32(header, start + 6);
  if (length > MAX_PAYLOAD_BYTES) {
    throw new PosternError('TUNNEL_FRAME_SIZE', {
      message: `A frame announces ${length} bytes; at most ${MAX_PAYLOAD_BYTES} are allowed.`,
    });
  }
  return length;
}
