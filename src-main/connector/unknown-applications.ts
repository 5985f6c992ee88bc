/** How long a request waits for a configuration that has its application, ms: the way of a change, and its reading. */
const WAIT_MS = 500;
/** Requests that wait; further ones are refused at once, and the service tries another connector. */
const MAX_WAITING = 256;

interface Waiting {
  readonly applicationId: string;
  readonly timer: NodeJS.Timeout;
  readonly begin: () => void;
}

/**
 * Requests for applications that aren't known yet. The service lets users in as soon as an application is published, and a change
 * of the configuration that is on its way may be behind the first request by another tunnel (B63).
 */
export class UnknownApplications {
  readonly #waiting = new Set<Waiting>();

  /**
   * Has a request wait.
   * @param begin is called once, when the application is known or the time is over
   * @returns false where too many wait
   */
  wait(applicationId: string, begin: () => void): boolean {
    if (this.#waiting.size >= MAX_WAITING) return false;
    const timer = setTimeout(() => {
      this.#waiting.delete(waiting);
      begin();
    }, WAIT_MS);
    const waiting = { applicationId, timer, begin };
    this.#waiting.add(waiting);
    return true;
  }

  /** Lets those begin whose application is known now. */
  retry(isKnown: (applicationId: string) => boolean): void {
    for (const waiting of [...this.#waiting]) {
      if (!isKnown(waiting.applicationId)) continue;
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
      waiting.begin();
    }
  }
}
