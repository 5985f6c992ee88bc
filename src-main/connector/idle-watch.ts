/** Notices a connection on which nothing moves. A byte costs a look at the clock; one timer looks whether any came. */
export class IdleWatch {
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #lastMs = performance.now();
  #timer: NodeJS.Timeout | null;

  constructor(limitMs: number, onIdle: () => void) {
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#timer = setTimeout(() => this.#look(), limitMs);
  }

  /** Something moved. */
  touch(): void {
    this.#lastMs = performance.now();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const leftMs = this.#lastMs + this.#limitMs - performance.now();
    if (leftMs > 0) this.#timer = setTimeout(() => this.#look(), Math.ceil(leftMs));
    else this.#onIdle();
  }
}
