/** How long a clock must have run evenly before anything is removed for its age. */
const STEADY_MS = 600_000;
/** What a clock that is kept right by the network never makes good at once; a machine that slept looks the same. */
const JUMP_MS = 3_600_000;

/**
 * The wall clock, as far as something may be removed by it: one that is a year ahead after a start, or was set so by mistake, is mostly
 * put right within minutes, and what was removed by it is gone.
 */
export class SteadyClock {
  #aheadMs: number;
  #evenSinceMs: number;

  constructor(wallMs: number, monotonicMs: number) {
    this.#aheadMs = wallMs - monotonicMs;
    this.#evenSinceMs = monotonicMs;
  }

  /** The time by the wall clock; null while it has not run evenly for long enough. */
  read(wallMs: number, monotonicMs: number): number | null {
    const aheadMs = wallMs - monotonicMs;
    if (Math.abs(aheadMs - this.#aheadMs) > JUMP_MS) this.#evenSinceMs = monotonicMs;
    this.#aheadMs = aheadMs;
    return monotonicMs - this.#evenSinceMs < STEADY_MS ? null : wallMs;
  }
}
