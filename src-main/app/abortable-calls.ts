/** Calls of the window that can be taken back while they run, by the id that the window gave each. */
export class AbortableCalls {
  readonly #running = new Map<string, AbortController>();

  /** @param attemptId absent for a call that nobody means to take back */
  async run<Result>(attemptId: string | undefined, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    if (attemptId !== undefined) this.#running.set(attemptId, controller);
    try {
      return await work(controller.signal);
    } finally {
      if (attemptId !== undefined) this.#running.delete(attemptId);
    }
  }

  /** Harmless where the call is over. */
  abort(attemptId: string): void {
    this.#running.get(attemptId)?.abort();
  }
}
