import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { shareStructure } from '../../src-shared/ipc/share-structure.ts';

/** The state of the app, and who wants to know of its changes. */
export class AppStateStore {
  readonly #listeners = new Set<(state: AppState) => void>();
  #state: AppState;

  constructor(initial: AppState) {
    this.#state = initial;
  }

  get current(): AppState {
    return this.#state;
  }

  /** Tells nobody where nothing is another than before; what is equal stays the same object. */
  set(change: Partial<AppState>): void {
    const state = shareStructure(this.#state, { ...this.#state, ...change });
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(this.#state);
  }

  /** Returns the function that ends the subscription. */
  onChange(listener: (state: AppState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
