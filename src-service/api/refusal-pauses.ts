import { makeReason } from '../../src-shared/errors/reasons.ts';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** Refusals after which pauses begin: a person mistypes, and a machine of an image tries a few times. */
const FREE_REFUSALS = 5;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A client that was not refused for so long begins anew. */
const FORGOTTEN_MS = 15 * 60_000;
const MAX_CLIENTS = 10_000;

interface Refusals {
  readonly count: number;
  readonly pausedUntilMs: number;
}

/** A refusal for the rate of a client, and when it may try again. */
export class TooManyAttempts extends PosternError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterMs: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    super('API_RATE_LIMITED', {
      reason: makeReason('tooManyAttempts', { seconds: retryAfterSeconds }),
    });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Slows down clients whose credentials were refused: after some refusals each further one doubles the pause during which
 * nothing of theirs is looked at. What they get right in between shortens nothing. Bounded; the least recent are forgotten first.
 */
export class RefusalPauses {
  readonly #clients = new LRUCache<string, Refusals>({ max: MAX_CLIENTS });

  /** @throws TooManyAttempts during a pause */
  admit(client: string, nowMs: number): void {
    const { pausedUntilMs = 0 } = this.#clients.get(client) ?? {};
    if (pausedUntilMs > nowMs) throw new TooManyAttempts(pausedUntilMs - nowMs);
  }

  /** Counts a refusal. */
  refused(client: string, nowMs: number): void {
    const known = this.#clients.get(client);
    const isFresh = known !== undefined && nowMs - known.pausedUntilMs < FORGOTTEN_MS;
    const count = (isFresh ? known.count : 0) + 1;
    const excess = count - FREE_REFUSALS;
    const pauseMs = excess <= 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (excess - 1), LONGEST_PAUSE_MS);
    this.#clients.set(client, { count, pausedUntilMs: nowMs + pauseMs });
  }
}

/**
 * Whether a request failed for credentials that could be guesses: not for an enrolment token that was good once, for a provider
 * that can't be asked, or for what somebody may not do.
 */
export function isCredentialRefusal(error: unknown): boolean {
  return error instanceof PosternError && GUESSES.has(error.code);
}

const GUESSES = new Set<ErrorCode>(['API_UNAUTHENTICATED', 'ENROLMENT_TOKEN_INVALID']);
