import type { FrameTransport } from '../../src-shared/mux/frame-transport.ts';

/** How a connection misbehaves, in both directions. */
export interface PipeFaults {
  /** Cuts what is sent into pieces of these sizes, over and over; absent: pieces arrive as they were sent. */
  readonly pieceBytes?: readonly number[];
  /** Ends the connection, with no word, when this many octets went through one direction. */
  readonly cutAfterBytes?: number;
  /** Swallows everything behind this many octets of one direction, and says nothing. */
  readonly stallAfterBytes?: number;
}

/** One end of an in-memory connection: a transport for the mux, and what it has to be told. */
export class PipeEnd implements FrameTransport {
  /** As much as none has, so that a header in the wrong place is noticed. */
  readonly headroomBytes = 3;
  bufferedBytes = 0;
  isClosed = false;
  isStalled = false;
  onReceive: (octets: Uint8Array) => void = () => undefined;
  onDrain: () => void = () => undefined;
  onEnd: () => void = () => undefined;
  peer!: PipeEnd;
  readonly #faults: PipeFaults;
  #pieceIndex = 0;
  #inFlight: Uint8Array[] = [];
  #deliveredBytes = 0;
  #isScheduled = false;

  constructor(faults: PipeFaults) {
    this.#faults = faults;
  }

  send(parts: readonly Uint8Array[], totalBytes: number): void {
    if (this.isClosed) return;
    this.bufferedBytes += totalBytes;
    // The octets are copied as a network would: a later change by the sender must not matter.
    for (const [index, part] of parts.entries()) {
      this.#inFlight.push(part.slice(index === 0 ? this.headroomBytes : 0));
      if (index === 0) part.fill(0xff, 0, this.headroomBytes);
    }
    this.#schedule();
  }

  /** What was sent still arrives; then the peer hears the end. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#schedule();
  }

  /** Lets a stalled pipe flow again. */
  release(): void {
    this.isStalled = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.isStalled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.isStalled) this.#deliver();
    });
  }

  #deliver(): void {
    const whole = this.#throughFaults(Buffer.concat(this.#inFlight));
    this.#inFlight = [];
    this.bufferedBytes = 0;
    for (let offset = 0; offset < whole.length;) {
      const size = this.#nextPieceBytes(whole.length - offset);
      this.peer.onReceive(new Uint8Array(whole.subarray(offset, offset + size)));
      offset += size;
    }
    if (this.isClosed) this.peer.onEnd();
    else this.onDrain();
  }

  #throughFaults(octets: Buffer): Buffer {
    const { cutAfterBytes = Number.POSITIVE_INFINITY, stallAfterBytes = Number.POSITIVE_INFINITY } = this.#faults;
    const start = this.#deliveredBytes;
    this.#deliveredBytes += octets.length;
    if (this.#deliveredBytes >= cutAfterBytes && !this.isClosed) {
      this.isClosed = true;
      this.peer.isClosed = true;
      setImmediate(() => this.onEnd());
    }
    return octets.subarray(0, Math.max(0, Math.min(cutAfterBytes, stallAfterBytes) - start));
  }

  #nextPieceBytes(left: number): number {
    const sizes = this.#faults.pieceBytes;
    if (sizes === undefined || sizes.length === 0) return left;
    const size = sizes[this.#pieceIndex % sizes.length] ?? left;
    this.#pieceIndex += 1;
    return Math.min(left, Math.max(1, size));
  }
}

/** An in-memory connection with the given faults in both directions. */
export function makePipe(faults: PipeFaults = {}): { opener: PipeEnd; acceptor: PipeEnd } {
  const opener = new PipeEnd(faults);
  const acceptor = new PipeEnd(faults);
  opener.peer = acceptor;
  acceptor.peer = opener;
  return { opener, acceptor };
}
