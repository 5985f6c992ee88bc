/** What a `RecentMap` notes at its values. */
export interface Recent {
  isRecent: boolean;
}

/** Entries that are let off for a recent use before one goes all the same: a bound for what one `set` costs. */
const MAX_SECOND_CHANCES = 16;

/**
 * A map with a bound, of which those entries go that were not used of late ("second chance"). A look-up costs what a map's
 * costs and a flag: keeping an exact order would touch the neighbours in that order too, which among many are in no cache.
 */
export class RecentMap<Key, Value extends Recent> {
  readonly #entries = new Map<Key, Value>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Counts as a use. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value?.isRecent === false) value.isRecent = true;
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    let chances = MAX_SECOND_CHANCES;
    // In the order in which they came, or were let off last.
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#max) return;
      this.#entries.delete(oldest);
      if (!entry.isRecent || chances === 0) continue;
      entry.isRecent = false;
      this.#entries.set(oldest, entry);
      chances -= 1;
    }
  }
}
