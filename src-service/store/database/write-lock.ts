import { DATABASE_LIMITS } from './database-limits.ts';
import { StoreFailure } from './store-failure.ts';

interface Waiter {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets in one change of this process after the other, in the order of their arrival. */
export class WriteLock {
  #isHeld = false;
  readonly #waiters: Waiter[] = [];

  /** @throws StoreFailure `busy` when too many wait, `locked` when it took too long */
  async acquire(): Promise<void> {
    if (!this.#isHeld) {
      this.#isHeld = true;
      return;
    }
    if (this.#waiters.length >= DATABASE_LIMITS.waitingQueries) {
      throw new StoreFailure('busy', `${this.#waiters.length} changes wait`);
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new StoreFailure('locked', `the changes before took ${DATABASE_LIMITS.lockWaitMs} ms`));
      }, DATABASE_LIMITS.lockWaitMs);
      const waiter = { enter: resolve, timer };
      this.#waiters.push(waiter);
    });
  }

  release(): void {
    const next = this.#waiters.shift();
    if (next === undefined) {
      this.#isHeld = false;
      return;
    }
    clearTimeout(next.timer);
    next.enter();
  }
}
