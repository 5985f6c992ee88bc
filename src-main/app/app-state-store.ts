import type { AppState } from '../../src-shared/ipc/app-state.ts';

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

  set(change: Partial<AppState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }

  /** Returns the function that ends the subscription. */
  onChange(listener: (state: AppState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
