import { LRUCache } from 'lru-cache';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** Remembers which one-time values were used, until they would have expired anyway. Bounded; the oldest go first. */
export class OneTimeValues {
  readonly #used: LRUCache<string, number>;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#used = new LRUCache({ max: IDENTITY_LIMITS.consumedValues });
  }

  /** Uses a value up. @returns false when it was used before */
  consume(value: string, expiresAtMs: number): boolean {
    const usedUntil = this.#used.get(value);
    if (usedUntil !== undefined && usedUntil > this.#clock()) return false;
    this.#used.set(value, expiresAtMs);
    return true;
  }
}
