import { Readable } from 'node:stream';

/** What a body asks of its connection. */
export interface BodySource {
  /** Somebody wants more of the body. */
  onBodyWanted(): void;
}

/** The body of a request: as many octets as its head says. What nobody reads stays on the connection. */
export class RequestBody extends Readable {
  readonly #source: BodySource;
  #leftBytes: number;
  #isWanted = false;

  constructor(bytes: number, source: BodySource) {
    super();
    this.#leftBytes = bytes;
    this.#source = source;
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#leftBytes === 0;
  }

  /** Octets that are still to come. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  /** Whether somebody waits for more. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Takes octets of the body, as many as are left at most. */
  arrive(octets: Buffer): void {
    this.#leftBytes -= octets.length;
    this.#isWanted = this.push(octets);
    if (this.#leftBytes === 0) this.push(null);
  }

  /** Octets of the body came that nobody wants. */
  dismiss(bytes: number): void {
    this.#leftBytes -= bytes;
  }

  override _read(): void {
    this.#isWanted = true;
    this.#source.onBodyWanted();
  }
}
