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
  readonly #counts: { -readonly [Key in keyof RelayCount]: RelayCount[Key] }[] = [];
  /** Requests that were handed to a tunnel, each time, and those times that were not the first. */
  picks = 0;
  retries = 0;

  count(outcome: RelayCount['outcome'], hop: RelayCount['hop']): void {
    // A handful of kinds; nearly all are of the first.
    const known = this.#counts.find((each) => each.outcome === outcome && each.hop === hop);
    if (known === undefined) this.#counts.push({ outcome, hop, count: 1 });
    else known.count += 1;
  }

  get counts(): RelayCount[] {
    return this.#counts.map((each) => ({ ...each }));
  }
}
