/** Bounds of an `IdleCache`. */
export interface IdleCacheLimits {
  /** Values kept at once; the one that was used longest ago goes first. */
  readonly maxValues: number;
  /** How long a value stays that nobody asks for, ms. */
  readonly idleMs: number;
}

/** Keeps what was used lately, under keys that others choose: bounded in number and in time. */
export class IdleCache<Value> {
  readonly #limits: IdleCacheLimits;
  readonly #dispose: (value: Value) => void;
  /** Used longest ago first. */
  readonly #entries = new Map<string, { readonly value: Value; usedAtMs: number }>();
  /** The last of them; null where there is none. */
  #newestKey: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** @param dispose is given each value that goes */
  constructor(limits: IdleCacheLimits, dispose: (value: Value) => void) {
    this.#limits = limits;
    this.#dispose = dispose;
  }

  /** @internal what is kept now, for tests */
  get size(): number {
    return this.#entries.size;
  }

  /** The value, which counts as used now; made where there is none. */
  getOrMake(key: string, make: () => Value): Value {
    const entry = this.#entries.get(key) ?? { value: make(), usedAtMs: 0 };
    entry.usedAtMs = performance.now();
    // A map that is changed with each use makes work for the collector (ADR 0032), and mostly one host is asked many times.
    if (key !== this.#newestKey) {
      this.#newestKey = key;
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    if (this.#entries.size > this.#limits.maxValues) this.#dropFirst();
    this.#timer ??= setInterval(() => this.#sweep(), this.#limits.idleMs).unref();
    return entry.value;
  }

  /** Hands everything over without disposing of it. */
  takeAll(): Value[] {
    const values = Array.from(this.#entries.values(), (entry) => entry.value);
    this.#entries.clear();
    this.#newestKey = null;
    this.#rest();
    return values;
  }

  #sweep(): void {
    const idleSinceMs = performance.now() - this.#limits.idleMs;
    for (const { usedAtMs } of this.#entries.values()) {
      if (usedAtMs > idleSinceMs) break;
      this.#dropFirst();
    }
    if (this.#entries.size === 0) this.#rest();
  }

  #dropFirst(): void {
    const first = this.#entries.entries().next();
    if (first.done === true) return;
    const [key, { value }] = first.value;
    this.#entries.delete(key);
    if (key === this.#newestKey) this.#newestKey = null;
    this.#dispose(value);
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
