const SECOND_MS = 1000;

/**
 * A token bucket that holds some time's worth of requests, a second's where nothing is said, and fills evenly, kept as one number: the moment at which it
 * will be full again (the generic cell rate algorithm). Asking and taking cost a few operations, and no timer.
 */
export class RequestRate {
  readonly #burstMs: number;
  #intervalMs = 0;
  /** On the monotonic clock. */
  #fullAtMs = 0;

  /**
   * @param perSecond 0 for no limit
   * @param burstMs what may come at once: the requests of so much time
   */
  constructor(perSecond: number, burstMs: number = SECOND_MS) {
    this.#burstMs = burstMs;
    this.set(perSecond);
  }

  /** Changes the rate; what was taken stays taken. */
  set(perSecond: number): void {
    this.#intervalMs = perSecond === 0 ? 0 : SECOND_MS / perSecond;
  }

  /** Whether one more request may pass at `nowMs`. */
  allows(nowMs: number): boolean {
    // The sum of many intervals is not exact: a millionth of a second more is not refused.
    return this.#fullAtMs + this.#intervalMs - nowMs <= this.#burstMs + 0.001;
  }

  /** Takes a request out of the bucket. */
  take(nowMs: number): void {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#intervalMs;
  }
}
