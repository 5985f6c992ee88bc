import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

export interface UndoableCreationOptions<Request, Made> {
  /** Makes it at the service. A second time with the same key it makes nothing, and answers as the first time. */
  readonly make: (request: Request, idempotencyKey: string) => Promise<Made>;
  /** What belongs to it beside; may be done again after a failure. */
  readonly finish?: (made: Made, request: Request) => Promise<void>;
  /** Removes it at the service. */
  readonly undo: (made: Made) => Promise<void>;
  /** Told when what was taken back may still be there. */
  readonly onLeft: (error: unknown) => void;
  /** Waits between attempts to take something back, ms; a test's own. */
  readonly undoWaitsMs?: readonly number[];
}

const UNDO_WAITS_MS = [0, 1000, 5000, 15_000] as const;

/**
 * Makes a thing at the service so that nothing half-made stays behind. Whose answer was lost is asked for once more by the same key, so
 * that no second one comes to be; what is taken back while it is made is removed as soon as it is known.
 */
export class UndoableCreation<Request, Made> {
  readonly #options: UndoableCreationOptions<Request, Made>;
  /** A request of which it is not known what became of it. */
  #open: { readonly body: string; readonly key: string } | null = null;
  #undoing: Promise<void> = Promise.resolve();

  constructor(options: UndoableCreationOptions<Request, Made>) {
    this.#options = options;
  }

  /** @throws PosternError `ACTION_CANCELLED` once `signal` aborts, and whatever `make` and `finish` throw */
  async run(request: Request, signal: AbortSignal): Promise<Made> {
    // What was taken back before this would stand in its way.
    await untilAborted(this.#undoing, signal);
    const body = JSON.stringify(request);
    const key = this.#open?.body === body ? this.#open.key : randomUUID();
    this.#open = { body, key };
    const making = this.#options.make(request, key);
    let finishing: Promise<void> = Promise.resolve();
    try {
      const made = await untilAborted(making, signal);
      finishing = this.#options.finish?.(made, request) ?? finishing;
      await untilAborted(finishing, signal);
      this.#open = null;
      return made;
    } catch (error) {
      if (signal.aborted) {
        this.#undoing = finishing.catch(() => undefined).then(async () => this.#takeBack(request, key, making));
        throw error;
      }
      const isMade = await making.then(
        () => true,
        () => false,
      );
      if (!isMade && !isOutcomeUnknown(error)) this.#open = null;
      throw error;
    }
  }

  /** Resolves once what was taken back is gone, or is given up. */
  async undone(): Promise<void> {
    await this.#undoing;
  }

  async #takeBack(request: Request, key: string, first: Promise<Made>): Promise<void> {
    let making: Promise<Made> | null = first;
    let last: unknown = null;
    for (const waitMs of this.#options.undoWaitsMs ?? UNDO_WAITS_MS) {
      await sleep(waitMs, undefined, { ref: false });
      making ??= this.#options.make(request, key);
      let isMade = false;
      try {
        const made: Made = await making;
        isMade = true;
        await this.#options.undo(made);
        this.#open = null;
        return;
      } catch (error) {
        last = error;
        if (!isOutcomeUnknown(error)) {
          // It was refused, and so never made; or somebody else has removed it.
          this.#open = null;
          return;
        }
        if (!isMade) making = null;
      }
    }
    this.#options.onLeft(last);
  }
}

/** Whether a request may have been carried out although this came of it. */
function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof PosternError)) return true;
  const { code } = error;
  return code.startsWith('SERVICE_') || code === 'STORE_UNAVAILABLE' || code === 'API_KEY_IN_FLIGHT';
}

/** @throws PosternError `ACTION_CANCELLED` where `signal` aborts before `work` is done; `work` goes on */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new PosternError('ACTION_CANCELLED'));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  // Its failure is nobody's any more once this has ended.
  work.catch(() => undefined);
  aborted.catch(() => undefined);
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
