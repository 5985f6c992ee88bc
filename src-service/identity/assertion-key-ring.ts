import { type JsonWebKey, type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** What the ring needs of the store. */
export interface AssertionKeyStore {
  list(
    purpose: 'identity-assertion',
  ): Promise<readonly { readonly id: string; readonly secret: Uint8Array; readonly createdAtMs: number }[]>;
  add(purpose: 'identity-assertion', secret: Uint8Array, publicText: null): Promise<void>;
  remove(id: string): Promise<void>;
}

/** A key of the ring, by whose id backends know it. */
export interface AssertionKey {
  readonly id: string;
  readonly createdAtMs: number;
  readonly privateKey: KeyObject;
  readonly publicKey: JsonWebKey;
}

/**
 * The keys that sign identity assertions (B81, ADR 0023), from the store: P-256, sealed at rest. They overlap: a new one is
 * published for `assertionKeyLeadMs` before it signs, so that backends which keep the keys know it by then, and the one
 * before stays as long after its last signature. Ages alone decide, so that every node of the service decides alike.
 */
export class AssertionKeyRing {
  readonly #store: AssertionKeyStore;
  readonly #clock: () => number;
  /** Newest first. */
  #keys: readonly AssertionKey[] = [];
  #published = '';

  private constructor(store: AssertionKeyStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Reads the keys and makes the first one where there is none. @throws whatever the store throws */
  static async open(store: AssertionKeyStore, clock: () => number): Promise<AssertionKeyRing> {
    const ring = new AssertionKeyRing(store, clock);
    await ring.rotate();
    return ring;
  }

  /** The key that signs now. */
  current(): AssertionKey {
    const key = signerAt(this.#keys, this.#clock());
    if (key === undefined) throw new Error('The key ring is empty.');
    return key;
  }

  /** The JWK Set (RFC 7517 section 5) of all that may have signed what is still good, or will sign soon. */
  published(): string {
    return this.#published;
  }

  /** Makes a new key where one is due, and drops those that nothing valid is signed with any more. */
  async rotate(): Promise<void> {
    const nowMs = this.#clock();
    let records = await this.#store.list('identity-assertion');
    const [newest] = records;
    if (newest === undefined || nowMs - newest.createdAtMs >= IDENTITY_LIMITS.assertionKeyMs) {
      await this.#store.add('identity-assertion', makeSecret(), null);
      records = await this.#store.list('identity-assertion');
    }
    const signer = signerAt(records, nowMs);
    const isOver =
      signer !== undefined && nowMs - signer.createdAtMs >= 2 * IDENTITY_LIMITS.assertionKeyLeadMs
        ? ({ createdAtMs }: { readonly createdAtMs: number }): boolean => createdAtMs < signer.createdAtMs
        : (): boolean => false;
    for (const { id } of records.filter(isOver)) await this.#store.remove(id);
    const known = new Map(this.#keys.map((key) => [key.id, key]));
    this.#keys = records.filter((record) => !isOver(record)).map((record) => known.get(record.id) ?? openKey(record));
    const keys = this.#keys.map(({ id, publicKey }) => ({ ...publicKey, kid: id, alg: 'ES256', use: 'sig' }));
    this.#published = JSON.stringify({ keys });
  }
}

/** The newest key that has been published for long enough, or the oldest where none has. @param keys newest first */
function signerAt<Key extends { readonly createdAtMs: number }>(keys: readonly Key[], nowMs: number): Key | undefined {
  return keys.find(({ createdAtMs }) => nowMs - createdAtMs >= IDENTITY_LIMITS.assertionKeyLeadMs) ?? keys.at(-1);
}

function makeSecret(): Uint8Array {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  }).privateKey;
}

function openKey({ id, secret, createdAtMs }: Awaited<ReturnType<AssertionKeyStore['list']>>[number]): AssertionKey {
  const privateKey = createPrivateKey({ key: Buffer.from(secret), type: 'pkcs8', format: 'der' });
  return { id, createdAtMs, privateKey, publicKey: createPublicKey(privateKey).export({ format: 'jwk' }) };
}
