/** What a rate lets through at once: a second's worth. */
const BURST_MS = 1000;

/**
 * A token bucket that holds one second's worth of requests and fills evenly, kept as one number: the moment at which it
 * will be full again (the generic cell rate algorithm). Asking and taking cost a few operations, and no timer.
 */
export class RequestRate {
  #intervalMs = 0;
  /** On the monotonic clock. */
  #fullAtMs = 0;

  /** @param perSecond 0 for no limit */
  constructor(perSecond: number) {
    this.set(perSecond);
  }

  /** Changes the rate; what was taken stays taken. */
  set(perSecond: number): void {
    this.#intervalMs = perSecond === 0 ? 0 : BURST_MS / perSecond;
  }

  /** Whether one more request may pass at `nowMs`. */
  allows(nowMs: number): boolean {
    // The sum of many intervals is not exact: a millionth of a second more is not refused.
    return this.#fullAtMs + this.#intervalMs - nowMs <= BURST_MS + 0.001;
  }

  /** Takes a request out of the bucket. */
  take(nowMs: number): void {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#intervalMs;
  }
}
