import type { Logger } from 'pino';
import { EVERY_ID } from '../store/unit-of-work.ts';
import {
  type ProviderUser,
  type UserRevocation,
  readRevocationId,
  revocationId,
} from '../store/user-revocation-records.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** What revocations need of the store. */
export interface RevocationStore {
  readonly userRevocations: {
    find(user: ProviderUser): Promise<UserRevocation | null>;
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
  /** By `revocationId`. */
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
  isRevoked(user: ProviderUser, issuedAtMs: number): boolean {
    if (this.#revokedBefore.size === 0) return false;
    const revokedBeforeMs = this.#revokedBefore.get(revocationId(user));
    return revokedBeforeMs !== undefined && issuedAtMs <= revokedBeforeMs;
  }

  /** In force at once; the store has the exact time. */
  #onRevoked(id: string): void {
    this.#note(id, this.#clock());
    this.#store.userRevocations.find(readRevocationId(id)).then(
      (found) => {
        if (found !== null) this.#note(id, found.revokedBeforeMs);
      },
      (error: unknown) => this.#warn(error, id),
    );
  }

  async #load(): Promise<void> {
    const newestFirst = await this.#store.userRevocations.list(IDENTITY_LIMITS.revokedUsers);
    for (const revocation of newestFirst.toReversed()) this.#note(revocationId(revocation), revocation.revokedBeforeMs);
  }

  #warn(error: unknown, id: string): void {
    this.#log.warn({ err: error, id }, 'revocations.read_failed');
  }

  #note(id: string, revokedBeforeMs: number): void {
    this.#revokedBefore.delete(id);
    this.#revokedBefore.set(id, revokedBeforeMs);
    for (const oldest of this.#revokedBefore.keys()) {
      if (this.#revokedBefore.size <= IDENTITY_LIMITS.revokedUsers) break;
      this.#revokedBefore.delete(oldest);
    }
  }
}
