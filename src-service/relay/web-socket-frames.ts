/** Opcode of a closing frame (RFC 6455 section 5.5.1). */
const CLOSE = 0x8;
const LONGEST_HEADER_BYTES = 14;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2) as its octets pass, however they are cut, and looks at
 * nothing but their headers.
 */
export class WebSocketFrames {
  readonly #header = new Uint8Array(LONGEST_HEADER_BYTES);
  #headerBytes = 0;
  #payloadLeft = 0;
  #isClosed = false;

  /** Whether a frame of our own could go between: none has passed in part, and none that says the end. */
  get isOpenBetweenFrames(): boolean {
    return this.#headerBytes === 0 && this.#payloadLeft === 0 && !this.#isClosed;
  }

  follow(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) {
        const passed = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= passed;
        at += passed;
        continue;
      }
      this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
      if (this.#headerBytes >= 2 && this.#headerBytes === this.#wholeHeaderBytes()) this.#readHeader();
    }
  }

  #wholeHeaderBytes(): number {
    const second = this.#header[1] ?? 0;
    const length = second & 0x7f;
    const lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0;
    return 2 + lengthBytes + (second & 0x80 ? 4 : 0);
  }

  #readHeader(): void {
    const view = new DataView(this.#header.buffer);
    const length = view.getUint8(1) & 0x7f;
    if (length === 126) this.#payloadLeft = view.getUint16(2);
    // Beyond 2^53 it is inexact, and does not end in anybody's life.
    else this.#payloadLeft = length === 127 ? Number(view.getBigUint64(2)) : length;
    if ((view.getUint8(0) & 0x0f) === CLOSE) this.#isClosed = true;
    this.#headerBytes = 0;
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
