/** Users that send one request after the other until they are told to stop. */
export interface Load<Outcome> {
  /** What came of the requests, in the order in which they ended. */
  readonly outcomes: readonly Outcome[];
  /** Resolves when `count` more requests have ended. */
  more(count: number): Promise<void>;
  /** Lets what runs end. @returns all outcomes */
  stop(): Promise<readonly Outcome[]>;
}

/** @param send makes one request and must not reject: what went wrong is an outcome too */
export function startLoad<Outcome>(users: number, send: () => Promise<Outcome>): Load<Outcome> {
  const outcomes: Outcome[] = [];
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  const use = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      outcomes.push(await send());
      for (const look of waiting) look();
    }
  };
  const running = Array.from({ length: users }, use);
  return {
    outcomes,
    more: async (count) => {
      const wanted = outcomes.length + count;
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (outcomes.length >= wanted) resolve();
      };
      waiting.add(look);
      await promise;
      waiting.delete(look);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
      return outcomes;
    },
  };
}
