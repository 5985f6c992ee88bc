import { randomBytes } from 'node:crypto';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { SealingKeys } from './sealed-tokens.ts';

/** What the ring needs of the store. */
export interface KeyStore {
  list(
    purpose: 'cookie',
  ): Promise<readonly { readonly id: string; readonly secret: Uint8Array; readonly createdAtMs: number }[]>;
  add(purpose: 'cookie', secret: Uint8Array, publicText: null): Promise<void>;
  remove(id: string): Promise<void>;
}

const KEY_BYTES = 32;

/**
 * The keys that seal cookies, from the store. A new one is made when the newest is `sealingKeyMs` old; an older one stays
 * for as long as what it sealed may be good, so that rotation signs nobody out (B15).
 */
export class SealingKeyRing implements SealingKeys {
  readonly #store: KeyStore;
  readonly #clock: () => number;
  readonly #sealedForMs: number;
  #keys: ReadonlyMap<string, Uint8Array> = new Map();
  #currentId = '';

  private constructor(store: KeyStore, clock: () => number, sealedForMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#sealedForMs = sealedForMs;
  }

  /**
   * Reads the keys and makes the first one where there is none.
   * @param sealedForMs how long what is sealed is good at most
   * @throws whatever the store throws
   */
  static async open(store: KeyStore, clock: () => number, sealedForMs: number): Promise<SealingKeyRing> {
    const ring = new SealingKeyRing(store, clock, sealedForMs);
    await ring.rotate();
    return ring;
  }

  current(): { readonly id: string; readonly key: Uint8Array } {
    const key = this.find(this.#currentId);
    if (key === undefined) throw new Error('The key ring is empty.');
    return { id: this.#currentId, key };
  }

  find(id: string): Uint8Array | undefined {
    return this.#keys.get(id);
  }

  /** Makes a new key where one is due, and drops those that nothing valid is sealed with any more. */
  async rotate(): Promise<void> {
    const nowMs = this.#clock();
    let records = await this.#store.list('cookie');
    const [newest] = records;
    if (newest === undefined || nowMs - newest.createdAtMs >= IDENTITY_LIMITS.sealingKeyMs) {
      await this.#store.add('cookie', randomBytes(KEY_BYTES), null);
      records = await this.#store.list('cookie');
    }
    const oldestUsefulMs = nowMs - IDENTITY_LIMITS.sealingKeyMs - this.#sealedForMs;
    const [current, ...older] = records;
    for (const { id } of older.filter(({ createdAtMs }) => createdAtMs < oldestUsefulMs)) await this.#store.remove(id);
    this.#keys = new Map(records.map(({ id, secret }) => [id, secret]));
    this.#currentId = current?.id ?? '';
  }
}
