/** Pieces of this size and larger are kept as they are. */
const KEPT_BYTES = 4096;
/** What of small pieces may lie in a stream of Node by themselves. */
const MAX_LOOSE_BYTES = 1024;
const FIRST_BLOCK_BYTES = 1024;
const MAX_BLOCK_BYTES = 16_384;

/**
 * Whether a piece had better not be written behind what lies in a sink already, but for the last one: a stream of Node keeps small
 * pieces one by one, at a hundred times what they hold, and has room for 64 KiB of them before it says that it has none.
 */
export function isLoose({ writableLength }: { readonly writableLength: number }, { length }: Uint8Array): boolean {
  return length < KEPT_BYTES && writableLength >= MAX_LOOSE_BYTES;
}

/**
 * Octets that have to wait, in the order in which they came. Small pieces are copied together: each kept by itself would cost a
 * hundred times what it holds, and keep what it was received in.
 */
export class GatheredOctets {
  readonly #parts: Uint8Array[] = [];
  #block = new Uint8Array(0);
  #blockStart = 0;
  #blockEnd = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (piece.length >= KEPT_BYTES) {
      this.#seal();
      this.#parts.push(piece);
      return;
    }
    if (this.#blockEnd + piece.length > this.#block.length) {
      this.#seal();
      const wantedBytes = Math.max(FIRST_BLOCK_BYTES, piece.length, this.#block.length * 2);
      this.#block = new Uint8Array(Math.min(MAX_BLOCK_BYTES, wantedBytes));
      this.#blockStart = 0;
      this.#blockEnd = 0;
    }
    this.#block.set(piece, this.#blockEnd);
    this.#blockEnd += piece.length;
  }

  /** All that came so far. The parts are given away by whoever asks no second time; what is added later is in none of them. */
  parts(): readonly Uint8Array[] {
    this.#seal();
    return this.#parts;
  }

  #seal(): void {
    if (this.#blockEnd === this.#blockStart) return;
    this.#parts.push(this.#block.subarray(this.#blockStart, this.#blockEnd));
    this.#blockStart = this.#blockEnd;
  }
}
