const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** Who has lived so long begins anew. */
const STEADY_MS = 60_000;

/** How long a window whose process died waits before it is loaded again: twice as long with each death soon after the last. */
export class ReloadDelay {
  #delayMs = FIRST_MS;
  #diedAtMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs of a clock that nobody sets */
  next(nowMs: number): number {
    const isSteady = nowMs - this.#diedAtMs > STEADY_MS;
    this.#delayMs = isSteady ? FIRST_MS : Math.min(LONGEST_MS, 2 * this.#delayMs);
    this.#diedAtMs = nowMs;
    return this.#delayMs;
  }
}
