interface Running {
  readonly controller: AbortController;
  readonly result: Promise<unknown>;
}

/** Calls of the window that can be taken back while they run, by the id that the window gave each. */
export class AbortableCalls {
  readonly #running = new Map<string, Running>();

  /**
   * Who asks for one that runs waits for the same: a window that died while it ran, and is back.
   * @param attemptId absent for a call that nobody means to take back
   */
  async run<Result>(attemptId: string | undefined, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    if (attemptId === undefined) return work(controller.signal);
    const before = this.#running.get(attemptId);
    if (before !== undefined) return before.result as Promise<Result>;
    const result = work(controller.signal).finally(() => this.#running.delete(attemptId));
    this.#running.set(attemptId, { controller, result });
    return result;
  }

  /** Harmless where the call is over. */
  abort(attemptId: string): void {
    this.#running.get(attemptId)?.controller.abort();
  }
}
