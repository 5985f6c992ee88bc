import type { Hop } from '../../src-shared/errors/failing-hop.ts';

/** How many requests ended in one way. */
export interface RelayCount {
  readonly outcome: 'answered' | 'failed' | 'cancelled';
  /** Where it failed; `none` unless it did. */
  readonly hop: Hop | 'none';
  readonly count: number;
}

/** Counts the requests that are over, by outcome and hop. */
export class RelayTally {
  readonly #counts = new Map<string, RelayCount>();
  /** Requests that were handed to a tunnel, each time, and those times that were not the first. */
  picks = 0;
  retries = 0;

  count(outcome: RelayCount['outcome'], hop: RelayCount['hop']): void {
    const key = `${outcome} ${hop}`;
    this.#counts.set(key, { outcome, hop, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }

  get counts(): RelayCount[] {
    return [...this.#counts.values()];
  }
}
