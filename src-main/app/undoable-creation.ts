import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { SpokenError } from './spoken-error.ts';
import { untilCancelled } from './until-cancelled.ts';

export interface UndoableCreationOptions<Request, Made> {
  /** Makes it at the service. A second time with the same key it makes nothing, and answers as the first time. */
  readonly make: (request: Request, idempotencyKey: string) => Promise<Made>;
  /** What of a request `make` sends: another request with the same is for the same thing. All of it where absent. */
  readonly sent?: (request: Request) => unknown;
  /** What belongs to it beside; may be done again after a failure, for a request with the same `sent`. */
  readonly finish?: (made: Made, request: Request, signal: AbortSignal) => Promise<void>;
  readonly idOf: (made: Made) => string;
  readonly nameOf: (request: Request) => string;
  /** Removes it at the service. */
  readonly undo: (id: string) => Promise<void>;
  /** Whose keys they are: the administrator who is signed in; null for nobody. */
  readonly owner: () => string | null;
  /** Told of each change of what was taken back and may still be there, oldest first. */
  readonly onTakenBack: (all: readonly TakenBack[]) => void;
  readonly now: () => number;
  /** There is to be one alone: what could not be finished is taken back where another is asked for, and where nobody can ask any more. */
  readonly isOnlyOne?: boolean;
  /** Waits between attempts to take something back, ms; a test's own. */
  readonly undoWaitsMs?: readonly number[];
}

/** A thing that was taken back, and may still be at the service. */
export interface TakenBack {
  readonly displayName: string;
  /** At the service; null while it is not known whether it came to be. */
  readonly id: string | null;
  /** Whether the person is to know: it could not be removed twice, or before the app was started. */
  readonly isTold: boolean;
  /** Why it could not be removed; null where that is not known any more. */
  readonly error: unknown;
  /** Whether it is being tried again because the person wants that. */
  readonly isTrying: boolean;
}

interface Asked<Request> {
  readonly request: Request;
  readonly key: string;
  readonly owner: string | null;
  readonly atMs: number;
}

/** A request that may have been carried out, and did not come to its end. */
interface Open<Request> {
  readonly body: string;
  readonly asked: Asked<Request>;
  /** Of what was made and could not be finished; null where that is not known. */
  readonly unfinishedId: string | null;
}

interface Attempt<Request> extends TakenBack {
  id: string | null;
  isTold: boolean;
  error: unknown;
  isTrying: boolean;
  /** Null for what an earlier start of the app has taken back. */
  readonly asked: Asked<Request> | null;
  /** Whether it is wanted after all, or left be: no attempt to remove it begins any more. */
  isKept: boolean;
  /** Whether attempts to remove it follow each other; the wait before the next of them. */
  isRemoving: boolean;
  waiting: AbortController | null;
}

const UNDO_WAITS_MS = [0, 1000, 5000, 15_000] as const;
/** A person who signs out or quits waits this long for what is being taken back. */
export const UNDO_END_MS = 3000;
/** The service remembers a key for 24 h, and for its administrator; asked later, or by another, it would make another thing. */
const KEY_LIFE_MS = 23 * 3_600_000;

/**
 * Makes a thing at the service so that nothing half-made stays behind. Whose answer was lost is asked for once more by the same key, so
 * that no second one comes to be; what is taken back while it is made is removed as soon as it is known.
 */
export class UndoableCreation<Request, Made> {
  readonly #options: UndoableCreationOptions<Request, Made>;
  #open: Open<Request> | null = null;
  /** Of what is being made now. What was taken back by the same key is wanted after all, and not removed meanwhile. */
  #makingKey: string | null = null;
  #undoing: Promise<unknown> = Promise.resolve();
  #takenBack: readonly Attempt<Request>[] = [];

  constructor(options: UndoableCreationOptions<Request, Made>) {
    this.#options = options;
  }

  /** @throws PosternError `ACTION_CANCELLED` once `signal` aborts, and whatever `make` and `finish` throw */
  async run(request: Request, signal: AbortSignal): Promise<Made> {
    const { make, sent, finish, idOf, owner, now } = this.#options;
    const body = JSON.stringify(sent?.(request) ?? request);
    if (this.#openOf(body) === null) this.#abandon();
    // What was taken back before this would stand in its way.
    await untilCancelled(this.#undoing, signal);
    const open = this.#openOf(body);
    const key = open?.asked.key ?? randomUUID();
    const asked = { request, key, owner: owner(), atMs: open?.asked.atMs ?? now() };
    this.#open = { body, asked, unfinishedId: open?.unfinishedId ?? null };
    this.#makingKey = asked.key;
    const making = make(request, asked.key);
    let finishing: Promise<void> = Promise.resolve();
    try {
      const made = await untilCancelled(making, signal);
      finishing = finish?.(made, request, signal) ?? finishing;
      await untilCancelled(finishing, signal);
      this.#open = null;
      // It is wanted after all.
      this.#drop((left) => left.asked?.key === asked.key && (left.id ?? idOf(made)) === idOf(made));
      return made;
    } catch (error) {
      if (signal.aborted) {
        this.#open = { body, asked, unfinishedId: null };
        const attempt = this.#attemptOf(asked);
        this.#remove(attempt, async () => {
          await finishing.catch(() => undefined);
          return making;
        });
        throw error;
      }
      const unfinishedId = await making.then(idOf, () => null);
      if (unfinishedId !== null) this.#open = { body, asked, unfinishedId };
      else if (isRefusal(error)) this.#open = null;
      throw error;
    } finally {
      this.#makingKey = null;
    }
  }

  /** Takes up what an earlier start of the app has left at the service. */
  restore(left: readonly { readonly id: string; readonly displayName: string }[]): void {
    this.#takenBack = left.map(({ id, displayName }) => ({
      ...newAttempt<Request>(displayName, null),
      id,
      isTold: true,
    }));
    this.#tell();
  }

  /** Tries at once to remove what the person was told of first, where there is something. */
  retryUndo(): void {
    const attempt = this.#firstTold();
    if (attempt === undefined || attempt.asked?.key === this.#makingKey) return;
    attempt.isTrying = true;
    this.#tell();
    attempt.waiting?.abort();
    this.#remove(attempt, null);
  }

  /** Leaves be what the person was told of first; an attempt to remove it that is under way is the last. */
  leave(): void {
    const attempt = this.#firstTold();
    this.#drop((each) => each === attempt);
  }

  /** Forgets what it made and what it took back: the app goes to another service. */
  forget(): void {
    this.#open = null;
    this.#drop(() => true);
  }

  /**
   * Nobody can ask for anything any more. Resolves once what was taken back is gone, or is given up; at the latest after
   * `atMostMs`.
   */
  async undone(atMostMs: number): Promise<void> {
    this.#abandon();
    await Promise.race([this.#undoing, sleep(atMostMs, undefined, { ref: false })]);
  }

  /** The request with that content that has not come to its end, where the service still knows it by its key. */
  #openOf(body: string): Open<Request> | null {
    return this.#open?.body === body && this.#isRemembered(this.#open.asked) ? this.#open : null;
  }

  /** Takes back what could not be finished. */
  #abandon(): void {
    const open = this.#open;
    if (this.#options.isOnlyOne !== true || open === null || open.unfinishedId === null) return;
    if (open.asked.key === this.#makingKey) return;
    this.#open = null;
    const attempt = this.#attemptOf(open.asked);
    if (attempt.isRemoving) return;
    attempt.id = open.unfinishedId;
    this.#remove(attempt, null);
  }

  /** What was taken back before, and then was asked for again by the same key, is the same. */
  #attemptOf(asked: Asked<Request>): Attempt<Request> {
    const before = this.#takenBack.find((each) => each.asked?.key === asked.key);
    if (before !== undefined) return before;
    const attempt = newAttempt(this.#options.nameOf(asked.request), asked);
    this.#takenBack = [...this.#takenBack, attempt];
    return attempt;
  }

  #remove(attempt: Attempt<Request>, first: (() => Promise<Made>) | null): void {
    if (attempt.isRemoving) return;
    attempt.isRemoving = true;
    const removing = this.#removeAgainAndAgain(attempt, first).finally(() => (attempt.isRemoving = false));
    this.#undoing = Promise.all([this.#undoing, removing]);
  }

  async #removeAgainAndAgain(attempt: Attempt<Request>, first: (() => Promise<Made>) | null): Promise<void> {
    const { idOf, undo, undoWaitsMs = UNDO_WAITS_MS } = this.#options;
    let make = first;
    for (const [count, waitMs] of undoWaitsMs.entries()) {
      await this.#wait(attempt, waitMs);
      if (attempt.isKept) return;
      try {
        if (attempt.id === null) {
          attempt.id = idOf(await (make ?? (async () => this.#askAgain(attempt)))());
          this.#tell();
          if (attempt.isKept) return;
        }
        await undo(attempt.id);
        this.#gone(attempt);
        return;
      } catch (error) {
        make = null;
        // It was refused, and so never made; or somebody else has removed it.
        if (attempt.id === null ? isRefusal(error) : isCode(error, 'API_NOT_FOUND')) {
          this.#gone(attempt);
          return;
        }
        if (attempt.isKept) return;
        if (count === 0 && !attempt.isTold) continue;
        Object.assign(attempt, { error, isTold: true, isTrying: false });
        this.#tell();
      }
    }
  }

  /** What became of a request whose answer was lost. @throws PosternError where its key doesn't say that any more */
  async #askAgain({ asked }: Attempt<Request>): Promise<Made> {
    if (asked === null || !this.#isRemembered(asked)) {
      throw new SpokenError('API_KEY_REUSED', (text) => text.leftUnknown);
    }
    return this.#options.make(asked.request, asked.key);
  }

  /** Whether the service knows a key for what it was sent with; of nobody that can't be said yet. */
  #isRemembered(asked: Asked<Request>): boolean {
    const { owner, now } = this.#options;
    return now() - asked.atMs <= KEY_LIFE_MS && (owner() === null || owner() === asked.owner);
  }

  /** Until the next attempt, or until somebody won't wait. */
  async #wait(attempt: Attempt<Request>, waitMs: number): Promise<void> {
    attempt.waiting = new AbortController();
    await sleep(waitMs, undefined, { ref: false, signal: attempt.waiting.signal }).catch(() => undefined);
    attempt.waiting = null;
  }

  #gone(attempt: Attempt<Request>): void {
    if (this.#open?.asked.key === attempt.asked?.key) this.#open = null;
    this.#drop((each) => each === attempt);
  }

  #drop(isMeant: (attempt: Attempt<Request>) => boolean): void {
    const dropped = this.#takenBack.filter(isMeant);
    if (dropped.length === 0) return;
    for (const attempt of dropped) {
      attempt.isKept = true;
      attempt.waiting?.abort();
    }
    this.#takenBack = this.#takenBack.filter((attempt) => !dropped.includes(attempt));
    this.#tell();
  }

  #firstTold(): Attempt<Request> | undefined {
    return this.#takenBack.find(({ isTold }) => isTold);
  }

  #tell(): void {
    const all = this.#takenBack.map(({ displayName, id, isTold, error, isTrying }) => ({
      displayName,
      id,
      isTold,
      error,
      isTrying,
    }));
    this.#options.onTakenBack(all);
  }
}

function newAttempt<Request>(displayName: string, asked: Asked<Request> | null): Attempt<Request> {
  return {
    displayName,
    id: null,
    isTold: false,
    error: null,
    isTrying: false,
    asked,
    isKept: false,
    isRemoving: false,
    waiting: null,
  };
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
