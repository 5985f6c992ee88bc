/** Opcode of a closing frame (RFC 6455 section 5.5.1). */
const CLOSE = 0x8;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
/** What every header has: opcode and length. */
const FIXED_BYTES = 2;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2) as its octets pass, however they are cut, and looks at
 * nothing but their headers. Numbers alone: an idle WebSocket has little else.
 */
export class WebSocketFrames {
  /** Octets of the header that have passed; behind the first two its length says how many more there are. */
  #headerBytes = 0;
  #lengthBytes = 0;
  #maskBytes = 0;
  #isClosing = false;
  #isClosed = false;
  /** Of the payload; while the header passes, as far as that has told. */
  #payloadLeft = 0;

  /** Whether a frame of our own could go between: none has passed in part, and none that says the end. */
  get isOpenBetweenFrames(): boolean {
    return this.#headerBytes === 0 && this.#payloadLeft === 0 && !this.#isClosed;
  }

  follow(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerBytes === 0 && this.#payloadLeft > 0) {
        const passed = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= passed;
        at += passed;
        continue;
      }
      this.#followHeader(chunk[at++] ?? 0);
    }
  }

  #followHeader(octet: number): void {
    const at = this.#headerBytes++;
    if (at === 0) this.#isClosing = (octet & 0x0f) === CLOSE;
    else if (at === 1) this.#readLength(octet);
    // Beyond 2^53 it is inexact, and does not end in anybody's life.
    else if (at < FIXED_BYTES + this.#lengthBytes) this.#payloadLeft = this.#payloadLeft * 256 + octet;
    if (at === 0 || this.#headerBytes < FIXED_BYTES + this.#lengthBytes + this.#maskBytes) return;
    if (this.#isClosing) this.#isClosed = true;
    this.#headerBytes = 0;
  }

  #readLength(octet: number): void {
    const length = octet & LENGTH_BITS;
    this.#lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0;
    this.#maskBytes = octet & MASKED ? 4 : 0;
    this.#payloadLeft = this.#lengthBytes === 0 ? length : 0;
  }
}

/**
 * A closing frame as a server sends it: unmasked.
 * @param code RFC 6455 section 7.4
 * @param reason ASCII, 123 octets at most
 */
export function closingFrame(code: number, reason: string): Uint8Array {
  const payloadBytes = 2 + reason.length;
  const frame = Buffer.alloc(2 + payloadBytes);
  frame[0] = 0x80 | CLOSE;
  frame[1] = payloadBytes;
  frame.writeUInt16BE(code, 2);
  frame.write(reason, 4, 'latin1');
  return frame;
}
