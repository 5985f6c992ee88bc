/** What came of one action: done, cut by a connector that was killed, or wrong. */
export type Outcome = 'done' | 'cut' | { readonly wrong: string };

/** Counts outcomes by the kind of load, and keeps what was wrong. */
export class Tally {
  readonly #done = new Map<string, number>();
  readonly #cut = new Map<string, number>();
  readonly #wrong = new Map<string, number>();
  #total = 0;

  add(kind: string, outcome: Outcome): void {
    if (outcome === 'done') {
      this.#total += 1;
      increase(this.#done, kind);
    } else if (outcome === 'cut') increase(this.#cut, kind);
    else increase(this.#wrong, `${kind}: ${outcome.wrong}`);
  }

  /** Actions that ended well so far. */
  get total(): number {
    return this.#total;
  }

  /** How often an action of this kind ended well. */
  doneOf(kind: string): number {
    return this.#done.get(kind) ?? 0;
  }

  get failures(): readonly string[] {
    return [...this.#wrong].map(([what, count]) => `${what} (${count} times)`);
  }

  /** One line: `get 1200, put 12 …`, what was cut, and what was wrong. */
  summary(): string {
    const list = (counts: ReadonlyMap<string, number>): string =>
      [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none';
    return `${list(this.#done)}; cut: ${list(this.#cut)}; wrong: ${list(this.#wrong)}`;
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
