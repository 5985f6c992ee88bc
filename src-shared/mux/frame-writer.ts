import { FRAME_FLAGS, FRAME_HEADER_BYTES, FRAME_TYPES, writeFrameHeader } from '../wire/frame.ts';
import { releaseOctets } from '../wire/octets.ts';
import type { FrameTransport } from './frame-transport.ts';

/** Payloads up to this size are copied next to their header; larger ones are sent as they are. */
const COPY_LIMIT_BYTES = 2048;
const SLAB_BYTES = 65_536;
/** Gathered octets that are not worth waiting for the end of the tick. */
const FLUSH_BYTES = 262_144;
const EMPTY = new Uint8Array(0);

/** Gathers the frames of a tick and gives them to the transport in one go. */
export class FrameWriter {
  readonly #transport: FrameTransport;
  readonly #defer: (task: () => void) => void;
  #slab = EMPTY;
  #slabStart = 0;
  #slabEnd = 0;
  #parts: Uint8Array[] = [];
  /** Of the parts, those whose memory is to be freed. */
  #given: Uint8Array[] | null = null;
  #gatheredBytes = 0;
  /** Where the header of the last frame stands in the slab, and whose it is, while it can still be marked; 0 for nobody's. */
  #lastStart = 0;
  #lastStreamId = 0;
  #isScheduled = false;

  /** @param defer runs a task at the end of the tick (`setImmediate`). */
  constructor(transport: FrameTransport, defer: (task: () => void) => void) {
    this.#transport = transport;
    this.#defer = defer;
  }

  /** Octets not taken by the network yet, gathered ones included. */
  get bufferedBytes(): number {
    return this.#gatheredBytes + this.#transport.bufferedBytes;
  }

  /** Octets that leave at the end of this tick. */
  get gatheredBytes(): number {
    return this.#gatheredBytes;
  }

  /**
   * Adds a frame. The payload must not change afterwards.
   * @param isGiven whether its memory is to be freed once it is sent.
   */
  write(type: number, flags: number, streamId: number, payload: Uint8Array = EMPTY, isGiven = false): void {
    const isCopied = payload.length <= COPY_LIMIT_BYTES;
    const headroomBytes = this.#gatheredBytes === 0 ? this.#transport.headroomBytes : 0;
    const slabBytes = FRAME_HEADER_BYTES + (isCopied ? payload.length : 0);
    if (this.#slab.length - this.#slabEnd < headroomBytes + slabBytes) this.#newSlab();
    this.#slabEnd += headroomBytes;
    writeFrameHeader(this.#slab, this.#slabEnd, type, flags, streamId, payload.length);
    this.#lastStart = this.#slabEnd;
    this.#lastStreamId = canCarryEnd(type, flags) ? streamId : 0;
    if (isCopied) {
      this.#slab.set(payload, this.#slabEnd + FRAME_HEADER_BYTES);
    }
    this.#slabEnd += slabBytes;
    if (!isCopied) {
      this.#sealSlab();
      this.#parts.push(payload);
      if (isGiven) (this.#given ??= []).push(payload);
    }
    this.#gatheredBytes += FRAME_HEADER_BYTES + payload.length;
    if (this.#gatheredBytes >= FLUSH_BYTES) {
      this.flush();
    } else if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#defer(this.#flushScheduled);
    }
  }

  /**
   * Ends a stream with the frame that was added last, where that is its own and has not left.
   * @returns false where it can't: END is to be sent as a frame of its own
   */
  endWithLast(streamId: number): boolean {
    if (this.#lastStreamId !== streamId || streamId === 0) return false;
    this.#slab[this.#lastStart + 1] = FRAME_FLAGS.END;
    this.#lastStreamId = 0;
    return true;
  }

  /** Gives all gathered frames to the transport now. */
  flush(): void {
    this.#lastStreamId = 0;
    if (this.#gatheredBytes === 0) return;
    this.#sealSlab();
    const parts = this.#parts;
    const bytes = this.#gatheredBytes;
    const given = this.#given;
    this.#given = null;
    this.#parts = [];
    this.#gatheredBytes = 0;
    if (given === null) this.#transport.send(parts, bytes);
    else this.#transport.send(parts, bytes, () => given.forEach(releaseOctets));
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  #sealSlab(): void {
    if (this.#slabEnd === this.#slabStart) return;
    this.#parts.push(this.#slab.subarray(this.#slabStart, this.#slabEnd));
    this.#slabStart = this.#slabEnd;
  }

  #newSlab(): void {
    this.#sealSlab();
    this.#slab = new Uint8Array(SLAB_BYTES);
    this.#slabStart = 0;
    this.#slabEnd = 0;
  }
}

/** Whether the END flag can be added to a frame: it must be the last of its stream as it is. */
function canCarryEnd(type: number, flags: number): boolean {
  return flags === 0 && (type === FRAME_TYPES.DATA || type === FRAME_TYPES.HEAD);
}
