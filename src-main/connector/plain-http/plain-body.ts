import type { BackendBody } from '../backend-client.ts';

/** What writes a body to a connection. */
export interface BodyWriter {
  /** @returns false where the next piece should wait until `flow` is called. */
  writeBody(chunk: Uint8Array): boolean;
  endBody(): void;
}

/** A body that follows: holds what comes while no connection takes it. */
export class PlainBody implements BackendBody {
  #chunks: Uint8Array[] = [];
  #writer: BodyWriter | null = null;
  #isFlowing = false;
  #isEnded = false;
  #isOver = false;

  get readableLength(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  push(chunk: Uint8Array | null): void {
    if (this.#isOver || this.#isEnded) return;
    if (chunk === null) this.#isEnded = true;
    else if (this.#isFlowing && this.#writer !== null) this.#isFlowing = this.#writer.writeBody(chunk);
    else this.#chunks.push(chunk);
    if (this.#isEnded) this.#endWhenEmpty();
  }

  /** A connection takes it. */
  attach(writer: BodyWriter): void {
    this.#writer = writer;
    this.flow();
  }

  /** The connection takes more. */
  flow(): void {
    if (this.#writer === null || this.#isOver) return;
    this.#isFlowing = true;
    while (this.#chunks.length > 0 && this.#isFlowing) {
      this.#isFlowing = this.#writer.writeBody(this.#chunks.shift() as Uint8Array);
    }
    this.#endWhenEmpty();
  }

  /** Nothing of it is wanted any more. What was held stays counted in `readableLength`. */
  destroy(): void {
    this.#isOver = true;
  }

  #endWhenEmpty(): void {
    if (!this.#isEnded || this.#isOver || this.#writer === null || this.#chunks.length > 0) return;
    this.#isOver = true;
    this.#writer.endBody();
  }
}
