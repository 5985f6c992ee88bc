import { GatheredOctets } from '../../../src-shared/wire/gathered-octets.ts';
import type { BackendBody } from '../backend-client.ts';

/** What writes a body to a connection. */
export interface BodyWriter {
  /** @returns false where the next piece should wait until `flow` is called. */
  writeBody(chunk: Uint8Array): boolean;
  endBody(): void;
}

/** A body that follows: holds what comes while no connection takes it. */
export class PlainBody implements BackendBody {
  /** What is to be written next. */
  #parts: Uint8Array[] = [];
  /** What came behind that. */
  #behind: GatheredOctets | null = null;
  #writer: BodyWriter | null = null;
  #isFlowing = false;
  #isEnded = false;
  #isOver = false;

  get unsentBytes(): number {
    return this.#parts.reduce((sum, { length }) => sum + length, this.#behind?.bytes ?? 0);
  }

  push(chunk: Uint8Array | null): void {
    if (this.#isOver || this.#isEnded) return;
    if (chunk === null) this.#isEnded = true;
    else if (this.#isFlowing && this.#writer !== null) this.#isFlowing = this.#writer.writeBody(chunk);
    else (this.#behind ??= new GatheredOctets()).add(chunk);
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
    while (this.#isFlowing) {
      const part = this.#nextPart();
      if (part === undefined) break;
      this.#isFlowing = this.#writer.writeBody(part);
    }
    this.#endWhenEmpty();
  }

  /** Nothing of it is wanted any more. What was held stays counted in `unsentBytes`. */
  destroy(): void {
    this.#isOver = true;
  }

  #nextPart(): Uint8Array | undefined {
    if (this.#parts.length === 0 && this.#behind !== null) {
      this.#parts = [...this.#behind.parts()];
      this.#behind = null;
    }
    return this.#parts.shift();
  }

  #endWhenEmpty(): void {
    if (!this.#isEnded || this.#isOver || this.#writer === null || this.unsentBytes > 0) return;
    this.#isOver = true;
    this.#writer.endBody();
  }
}
