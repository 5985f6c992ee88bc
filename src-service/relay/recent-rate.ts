const SECOND_MS = 1000;
/** Whole seconds that the rate is the mean of. */
const SPAN_SECONDS = 10;
const SLOTS = SPAN_SECONDS + 1;

/** How often something happened each second, over the last ten whole ones. Counting costs an addition. */
export class RecentRate {
  readonly #counts = new Uint32Array(SLOTS);
  #second = 0;

  /** @param nowMs of a monotonic clock, as of `perSecond` */
  count(nowMs: number): void {
    this.#turnTo(Math.floor(nowMs / SECOND_MS));
    const slot = this.#second % SLOTS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  perSecond(nowMs: number): number {
    this.#turnTo(Math.floor(nowMs / SECOND_MS));
    const current = this.#counts[this.#second % SLOTS] ?? 0;
    const total = this.#counts.reduce((sum, each) => sum + each, 0);
    return (total - current) / SPAN_SECONDS;
  }

  #turnTo(second: number): void {
    if (second === this.#second) return;
    if (second - this.#second >= SLOTS) this.#counts.fill(0);
    else for (let each = this.#second + 1; each <= second; each += 1) this.#counts[each % SLOTS] = 0;
    this.#second = second;
  }
}
