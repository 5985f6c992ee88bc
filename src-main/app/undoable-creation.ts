import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { untilAborted } from './until-aborted.ts';

export interface UndoableCreationOptions<Request, Made> {
  /** Makes it at the service. A second time with the same key it makes nothing, and answers as the first time. */
  readonly make: (request: Request, idempotencyKey: string) => Promise<Made>;
  /** What of a request `make` sends: another request with the same is for the same thing. All of it where absent. */
  readonly sent?: (request: Request) => unknown;
  /** What belongs to it beside; may be done again after a failure, for a request with the same `sent`. */
  readonly finish?: (made: Made, request: Request, signal: AbortSignal) => Promise<void>;
  /** Removes it at the service. */
  readonly undo: (made: Made) => Promise<void>;
  /** Told when what was taken back could not be removed a second time, and each time after that; `retryUndo` tries again. */
  readonly onLeft: (error: unknown, request: Request) => void;
  /** Told when what was left is there no more, or is wanted after all. */
  readonly onSettled?: () => void;
  /** Waits between attempts to take something back, ms; a test's own. */
  readonly undoWaitsMs?: readonly number[];
}

const UNDO_WAITS_MS = [0, 1000, 5000, 15_000] as const;
/** A person who signs out or quits waits this long for what is being taken back. */
export const UNDO_END_MS = 3000;

/**
 * Makes a thing at the service so that nothing half-made stays behind. Whose answer was lost is asked for once more by the same key, so
 * that no second one comes to be; what is taken back while it is made is removed as soon as it is known.
 */
export class UndoableCreation<Request, Made> {
  readonly #options: UndoableCreationOptions<Request, Made>;
  /** A request of which it is not known what became of it. */
  #open: { readonly body: string; readonly key: string } | null = null;
  #undoing: Promise<void> = Promise.resolve();
  /** What was taken back, and may still be there. */
  #left: { readonly request: Request; readonly key: string } | null = null;
  /** Of the wait before the next attempt to remove something; null where there is none. */
  #waiting: AbortController | null = null;
  #isUndoing = false;
  /** The key of what a person left be, which is not to be removed any more. */
  #keptKey: string | null = null;

  constructor(options: UndoableCreationOptions<Request, Made>) {
    this.#options = options;
  }

  /** @throws PosternError `ACTION_CANCELLED` once `signal` aborts, and whatever `make` and `finish` throw */
  async run(request: Request, signal: AbortSignal): Promise<Made> {
    // What was taken back before this would stand in its way.
    await untilAborted(this.#undoing, signal);
    const body = JSON.stringify(this.#options.sent?.(request) ?? request);
    const key = this.#open?.body === body ? this.#open.key : randomUUID();
    this.#open = { body, key };
    if (this.#keptKey === key) this.#keptKey = null;
    const making = this.#options.make(request, key);
    let finishing: Promise<void> = Promise.resolve();
    try {
      const made = await untilAborted(making, signal);
      finishing = this.#options.finish?.(made, request, signal) ?? finishing;
      await untilAborted(finishing, signal);
      this.#open = null;
      if (this.#left?.key === key) this.#settle();
      return made;
    } catch (error) {
      if (signal.aborted) {
        this.#undoing = finishing.catch(() => undefined).then(async () => this.#takeBack({ request, key }, making));
        throw error;
      }
      const isMade = await making.then(
        () => true,
        () => false,
      );
      if (!isMade && isRefusal(error)) this.#open = null;
      throw error;
    }
  }

  /** Tries at once to remove what was left, where there is something; `onLeft` or `onSettled` tells how it went. */
  retryUndo(): void {
    const left = this.#left;
    if (left === null) return;
    if (this.#isUndoing) this.#waiting?.abort();
    else this.#undoing = this.#takeBack(left, this.#options.make(left.request, left.key));
  }

  /** Leaves be what was left; an attempt to remove it that is under way is the last. */
  forgetLeft(): void {
    this.#keptKey = this.#left?.key ?? null;
    this.#waiting?.abort();
    this.#settle();
  }

  /** Resolves once what was taken back is gone, or is given up; at the latest after `atMostMs`. */
  async undone(atMostMs: number): Promise<void> {
    await Promise.race([this.#undoing, sleep(atMostMs, undefined, { ref: false })]);
  }

  async #takeBack(wanted: { readonly request: Request; readonly key: string }, first: Promise<Made>): Promise<void> {
    this.#isUndoing = true;
    try {
      await this.#removeAgainAndAgain(wanted, first);
    } finally {
      this.#isUndoing = false;
    }
  }

  async #removeAgainAndAgain(
    wanted: { readonly request: Request; readonly key: string },
    first: Promise<Made>,
  ): Promise<void> {
    const { request, key } = wanted;
    // Until it is waited for below.
    first.catch(() => undefined);
    let making: Promise<Made> | null = first;
    for (const [attempt, waitMs] of (this.#options.undoWaitsMs ?? UNDO_WAITS_MS).entries()) {
      await this.#wait(waitMs);
      if (this.#keptKey === key) return;
      making ??= this.#options.make(request, key);
      let isMade = false;
      try {
        const made: Made = await making;
        isMade = true;
        await this.#options.undo(made);
        this.#gone(key);
        return;
      } catch (error) {
        // It was refused, and so never made; or somebody else has removed it.
        if (isMade ? isCode(error, 'API_NOT_FOUND') : isRefusal(error)) {
          this.#gone(key);
          return;
        }
        if (!isMade) making = null;
        if (attempt === 0 || this.#keptKey === key) continue;
        this.#left = wanted;
        this.#options.onLeft(error, request);
      }
    }
  }

  /** Until the next attempt, or until somebody won't wait. */
  async #wait(waitMs: number): Promise<void> {
    this.#waiting = new AbortController();
    await sleep(waitMs, undefined, { ref: false, signal: this.#waiting.signal }).catch(() => undefined);
    this.#waiting = null;
  }

  #gone(key: string): void {
    if (this.#open?.key === key) this.#open = null;
    if (this.#left?.key === key) this.#settle();
  }

  #settle(): void {
    this.#left = null;
    this.#options.onSettled?.();
  }
}

/** What the service says of the content of a request: it was not carried out, and won't be. */
const REFUSALS = ['API_INVALID', 'API_CONFLICT', 'API_NOT_FOUND', 'API_IN_USE'] as const;

/** Whether a request was never carried out. After anything else it may have been, or may be when it is sent again. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof PosternError)) return false;
  return error.code.startsWith('ENROLMENT_') || REFUSALS.some((code) => code === error.code);
}

function isCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof PosternError && error.code === code;
}
