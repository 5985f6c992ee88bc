import { LRUCache } from 'lru-cache';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** What is needed of the store. */
export interface UsedValueStore {
  consume(value: string, expiresAtMs: number): Promise<boolean>;
}

/**
 * Values that are good once, on all nodes of the service together and over its restarts. Those that this node saw are known in
 * memory as well, bounded, so that one that is sent again and again asks the store nothing.
 */
export class OneTimeValues {
  readonly #used: LRUCache<string, number>;
  readonly #store: UsedValueStore;
  readonly #clock: () => number;

  constructor(store: UsedValueStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
    this.#used = new LRUCache({ max: IDENTITY_LIMITS.consumedValues });
  }

  /**
   * Uses a value up.
   * @returns false when it was used before
   * @throws PosternError `STORE_UNAVAILABLE`: nobody knows then, and it may be tried again
   */
  async consume(value: string, expiresAtMs: number): Promise<boolean> {
    const usedUntil = this.#used.get(value);
    if (usedUntil !== undefined && usedUntil > this.#clock()) return false;
    // At once: a second one must not overtake the store's answer to the first.
    this.#used.set(value, expiresAtMs);
    try {
      return await this.#store.consume(value, expiresAtMs);
    } catch (error) {
      this.#used.delete(value);
      throw error instanceof PosternError ? error : new PosternError('STORE_UNAVAILABLE', { cause: error });
    }
  }
}
