/** The bounds of look-ups of names. Each has a row in docs/limits.md. @internal exported for its test */
export const NAME_LOOKUP_LIMITS = {
  /** How long anybody waits for the system's answer, ms. */
  deadlineMs: 5000,
  /** How long an answer is used without asking again, ms: the system does not tell how long it holds. */
  freshMs: 5000,
  /** How long it is used where the system gives no answer, ms (as RFC 8767 has it). */
  staleMs: 600_000,
  /** How long who has such an older answer waits for a newer one, ms: the system may be busy with dead names. */
  patienceMs: 1000,
  /** Names that are asked for at once, those that wait for a thread included. */
  maxUnderWay: 128,
  /** Names whose addresses are known, and those that had no answer lately; the one that was asked for longest ago goes first. */
  maxNames: 1024,
} as const;

/**
 * Threads that libuv is to have where nobody has said how many (`UV_THREADPOOL_SIZE`): half of them look names up, and of libuv's
 * own four two dead names hold both for up to half a minute. Set before anything uses them.
 */
export const THREAD_POOL_SIZE = 16;
const LIBUV_POOL_SIZE = 4;

export interface FoundAddress {
  readonly address: string;
  readonly family: number;
}

export interface NameLookupsContext {
  /** Asks the system, which can not be told to stop: each question holds one of few threads for as long as it likes. */
  resolve(hostname: string): Promise<readonly FoundAddress[]>;
  /** How many threads there are for that. */
  readonly threads: number;
  /** A monotonic clock, ms. */
  now(): number;
  /** @returns what takes the task back */
  after(delayMs: number, task: () => void): () => void;
}

interface Known {
  readonly addresses: readonly FoundAddress[];
  readonly sinceMs: number;
}

/** A name that is to be asked for, or is. */
interface Question extends PromiseWithResolvers<readonly FoundAddress[]> {
  readonly hostname: string;
  readonly isSilent: boolean;
}

/**
 * Looks names up for many. A name is asked for once at a time, whoever else wants it meanwhile, and nobody waits for longer than
 * the deadline; what comes behind that has no wait at all, until the system has given up. Names that had no answer when they were
 * asked for last wait for all others, and have one thread of the system at most, so that dead names leave a way to living ones.
 */
export class NameLookups {
  readonly #context: NameLookupsContext;
  readonly #underWay = new Map<string, Question>();
  /** Those that wait for a thread. */
  readonly #waiting = new Set<Question>();
  readonly #waitingSilent = new Set<Question>();
  /** Threads that are asked for something, and whether one of them for a silent name. */
  #busyThreads = 0;
  #isSilentAsked = false;
  /** Names that had no answer lately; silent longest first. */
  readonly #silent = new Set<string>();
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
    const { freshMs, staleMs, patienceMs } = NAME_LOOKUP_LIMITS;
    const ageMs = known === undefined ? Infinity : this.#context.now() - known.sinceMs;
    if (known !== undefined && ageMs < freshMs) return known.addresses;
    if (known === undefined || ageMs > staleMs) return this.#answer(hostname);
    const late = Promise.withResolvers<never>();
    const cancel = this.#context.after(patienceMs, () => late.reject(unanswered('none came in time')));
    try {
      return await Promise.race([this.#answer(hostname), late.promise]);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      return known.addresses;
    } finally {
      cancel();
    }
  }

  async #answer(hostname: string): Promise<readonly FoundAddress[]> {
    return (this.#underWay.get(hostname) ?? this.#ask(hostname)).promise;
  }

  #ask(hostname: string): Question {
    const { deadlineMs, maxUnderWay } = NAME_LOOKUP_LIMITS;
    if (this.#underWay.size >= maxUnderWay) throw unanswered(`${maxUnderWay} other names are looked up already`);
    const isSilent = this.#silent.has(hostname);
    const question: Question = { hostname, isSilent, ...Promise.withResolvers<readonly FoundAddress[]>() };
    const cancel = this.#context.after(deadlineMs, () => {
      question.reject(unanswered(`none came within ${deadlineMs / 1000} s`));
      // Nobody waits for one that was not even asked.
      if (this.#waiting.delete(question) || this.#waitingSilent.delete(question)) this.#underWay.delete(hostname);
      else this.#noteSilence(hostname);
    });
    question.promise.finally(cancel).catch(() => undefined);
    this.#underWay.set(hostname, question);
    (isSilent ? this.#waitingSilent : this.#waiting).add(question);
    this.#askNext();
    return question;
  }

  /** Asks the system for what waits, as far as it has threads. */
  #askNext(): void {
    while (this.#busyThreads < this.#context.threads) {
      const [question] = this.#waiting.size > 0 || this.#isSilentAsked ? this.#waiting : this.#waitingSilent;
      if (question === undefined) return;
      this.#waiting.delete(question);
      this.#waitingSilent.delete(question);
      this.#busyThreads += 1;
      if (question.isSilent) this.#isSilentAsked = true;
      this.#context.resolve(question.hostname).then(
        (addresses) => {
          this.#release(question);
          this.#keep(question.hostname, addresses);
          question.resolve(addresses);
        },
        (error: unknown) => {
          this.#release(question);
          if (isUnanswered(error)) this.#noteSilence(question.hostname);
          else this.#known.delete(question.hostname);
          question.reject(error);
        },
      );
    }
  }

  #release({ hostname, isSilent }: Question): void {
    this.#underWay.delete(hostname);
    this.#silent.delete(hostname);
    this.#busyThreads -= 1;
    if (isSilent) this.#isSilentAsked = false;
    this.#askNext();
  }

  #noteSilence(hostname: string): void {
    this.#silent.delete(hostname);
    const [oldest] = this.#silent;
    if (this.#silent.size >= NAME_LOOKUP_LIMITS.maxNames && oldest !== undefined) this.#silent.delete(oldest);
    this.#silent.add(hostname);
  }

  #keep(hostname: string, addresses: readonly FoundAddress[]): void {
    this.#known.delete(hostname);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= NAME_LOOKUP_LIMITS.maxNames && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hostname, { addresses, sinceMs: this.#context.now() });
  }
}

/** How many threads libuv gives look-ups: half of its own. @param poolSize `UV_THREADPOOL_SIZE` */
export function lookupThreads(poolSize: string | undefined): number {
  return Math.ceil((Number(poolSize) || LIBUV_POOL_SIZE) / 2);
}

function unanswered(message: string): Error {
  return Object.assign(new Error(message), { code: 'EAI_AGAIN' });
}

function isUnanswered(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAI_AGAIN';
}
