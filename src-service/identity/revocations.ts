import type { Logger } from 'pino';
import { EVERY_ID } from '../store/unit-of-work.ts';
import type { UserRevocation } from '../store/user-revocation-records.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** What revocations need of the store. */
export interface RevocationStore {
  readonly userRevocations: {
    find(userId: string): Promise<UserRevocation | null>;
    list(count: number): Promise<UserRevocation[]>;
  };
  onChange(listener: (change: { readonly kind: string; readonly id: string }) => void): () => void;
}

/**
 * Users whose sign-ins were revoked, in memory. Their sessions have ended in the store; an access token lies with its
 * bearer and would go on, so that those issued until then are refused by this.
 */
export class Revocations {
  readonly #store: RevocationStore;
  readonly #clock: () => number;
  readonly #log: Logger;
  readonly #revokedBefore = new Map<string, number>();
  #unsubscribe: (() => void) | null = null;

  private constructor(store: RevocationStore, clock: () => number, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws PosternError `STORE_UNAVAILABLE` */
  static async open(store: RevocationStore, clock: () => number, log: Logger): Promise<Revocations> {
    const revocations = new Revocations(store, clock, log);
    revocations.#unsubscribe = store.onChange(({ kind, id }) => {
      if (kind !== 'userRevocation') return;
      if (id === EVERY_ID) revocations.#load().catch((error: unknown) => revocations.#warn(error, id));
      else revocations.#onRevoked(id);
    });
    await revocations.#load();
    return revocations;
  }

  stop(): void {
    this.#unsubscribe?.();
  }

  /** Whether something that a user got at a time is no longer good. Does no work but a look-up. */
  isRevoked(userId: string, issuedAtMs: number): boolean {
    const revokedBeforeMs = this.#revokedBefore.get(userId);
    return revokedBeforeMs !== undefined && issuedAtMs <= revokedBeforeMs;
  }

  /** In force at once; the store has the exact time. */
  #onRevoked(userId: string): void {
    this.#note(userId, this.#clock());
    this.#store.userRevocations.find(userId).then(
      (found) => {
        if (found !== null) this.#note(userId, found.revokedBeforeMs);
      },
      (error: unknown) => this.#warn(error, userId),
    );
  }

  async #load(): Promise<void> {
    const newestFirst = await this.#store.userRevocations.list(IDENTITY_LIMITS.revokedUsers);
    for (const { userId, revokedBeforeMs } of newestFirst.toReversed()) this.#note(userId, revokedBeforeMs);
  }

  #warn(error: unknown, userId: string): void {
    this.#log.warn({ err: error, userId }, 'revocations.read_failed');
  }

  #note(userId: string, revokedBeforeMs: number): void {
    this.#revokedBefore.delete(userId);
    this.#revokedBefore.set(userId, revokedBeforeMs);
    for (const oldest of this.#revokedBefore.keys()) {
      if (this.#revokedBefore.size <= IDENTITY_LIMITS.revokedUsers) break;
      this.#revokedBefore.delete(oldest);
    }
  }
}
