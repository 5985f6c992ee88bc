import { QueryTimes } from './query-times.ts';
import type { StoreFailure, StoreFailureReason } from './store-failure.ts';

/** How the store stands, as readiness and metrics tell it. */
export type StoreState =
  | { readonly isUp: true }
  | { readonly isUp: false; readonly reason: StoreFailureReason; readonly message: string };

/** Reads go on while these last, so that only a change that succeeds shows that they are over. */
const HINDERS_CHANGES_ALONE: readonly StoreFailureReason[] = ['full', 'locked', 'read-only'];

/** The store's state, learned from what its queries come to. */
export class StoreHealth {
  /** How long its queries take. */
  readonly queryTimes = new QueryTimes();
  #state: StoreState = { isUp: true };
  readonly #failures = new Map<StoreFailureReason, number>();
  readonly #listeners = new Set<(state: StoreState) => void>();

  get state(): StoreState {
    return this.#state;
  }

  /** Failed queries since the start, by reason. */
  get failures(): ReadonlyMap<StoreFailureReason, number> {
    return this.#failures;
  }

  /** Calls `listener` when the store fails, for another reason than before, and when it is up again. */
  onState(listener: (state: StoreState) => void): void {
    this.#listeners.add(listener);
  }

  noteFailure(error: StoreFailure): void {
    const { kind: reason, message } = error;
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    // A full queue and a query at fault say nothing of the database.
    if (reason === 'busy' || reason === 'failed') return;
    const isNew = this.#state.isUp || this.#state.reason !== reason;
    this.#state = { isUp: false, reason, message };
    if (isNew) this.#tell();
  }

  noteSuccess(isChange: boolean): void {
    if (this.#state.isUp) return;
    if (!isChange && HINDERS_CHANGES_ALONE.includes(this.#state.reason)) return;
    this.#state = { isUp: true };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#state);
  }
}
