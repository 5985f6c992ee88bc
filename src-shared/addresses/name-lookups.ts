/** The bounds of look-ups of names. Each has a row in docs/limits.md. @internal exported for its test */
export const NAME_LOOKUP_LIMITS = {
  /** How long anybody waits for the system's answer, ms. */
  deadlineMs: 5000,
  /** How long an answer is used without asking again, ms: the system does not tell how long it holds. */
  freshMs: 5000,
  /** How long it is used where the system gives no answer, ms (as RFC 8767 has it). */
  staleMs: 600_000,
  /** Names that the system is asked for at once. */
  maxUnderWay: 128,
  /** Names whose addresses are known; the one that was asked for longest ago goes first. */
  maxNames: 1024,
} as const;

export interface FoundAddress {
  readonly address: string;
  readonly family: number;
}

export interface NameLookupsContext {
  /** Asks the system, which can not be told to stop: each question holds one of few threads for as long as it likes. */
  resolve(hostname: string): Promise<readonly FoundAddress[]>;
  /** A monotonic clock, ms. */
  now(): number;
  /** @returns what takes the task back */
  after(delayMs: number, task: () => void): () => void;
}

interface Known {
  readonly addresses: readonly FoundAddress[];
  readonly sinceMs: number;
}

/**
 * Looks names up for many. A name is asked for once at a time, whoever else wants it meanwhile, and nobody waits for longer than
 * the deadline; what comes behind that has no wait at all, until the system has given up. So a name server that never
 * answers holds one thread for each name, and not one for each request.
 */
export class NameLookups {
  readonly #context: NameLookupsContext;
  readonly #underWay = new Map<string, Promise<readonly FoundAddress[]>>();
  /** Asked for longest ago first. */
  readonly #known = new Map<string, Known>();

  constructor(context: NameLookupsContext) {
    this.#context = context;
  }

  /**
   * The addresses of a name.
   * @throws what the system says; an error with the code `EAI_AGAIN` where it says nothing in time
   */
  async find(hostname: string): Promise<readonly FoundAddress[]> {
    const known = this.#known.get(hostname);
    const { freshMs, staleMs } = NAME_LOOKUP_LIMITS;
    const ageMs = known === undefined ? Infinity : this.#context.now() - known.sinceMs;
    if (known !== undefined && ageMs < freshMs) return known.addresses;
    try {
      return await (this.#underWay.get(hostname) ?? this.#ask(hostname));
    } catch (error) {
      if (known === undefined || ageMs > staleMs || !isUnanswered(error)) throw error;
      return known.addresses;
    }
  }

  #ask(hostname: string): Promise<readonly FoundAddress[]> {
    const { deadlineMs, maxUnderWay } = NAME_LOOKUP_LIMITS;
    if (this.#underWay.size >= maxUnderWay) throw unanswered(`${maxUnderWay} other names are looked up already`);
    const { promise, resolve, reject } = Promise.withResolvers<readonly FoundAddress[]>();
    const cancel = this.#context.after(deadlineMs, () => {
      reject(unanswered(`none came within ${deadlineMs / 1000} s`));
    });
    this.#underWay.set(hostname, promise);
    const settle = (): void => {
      cancel();
      this.#underWay.delete(hostname);
    };
    this.#context.resolve(hostname).then(
      (addresses) => {
        settle();
        this.#keep(hostname, addresses);
        resolve(addresses);
      },
      (error: unknown) => {
        settle();
        if (!isUnanswered(error)) this.#known.delete(hostname);
        reject(error);
      },
    );
    return promise;
  }

  #keep(hostname: string, addresses: readonly FoundAddress[]): void {
    this.#known.delete(hostname);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= NAME_LOOKUP_LIMITS.maxNames && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hostname, { addresses, sinceMs: this.#context.now() });
  }
}

function unanswered(message: string): Error {
  return Object.assign(new Error(message), { code: 'EAI_AGAIN' });
}

function isUnanswered(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAI_AGAIN';
}
