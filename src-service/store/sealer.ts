import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type SealingKey, type SealingKeys, SEALING_KEY_ID_BYTES } from './sealing-keys.ts';

/** Values from before there were several keys don't say which one sealed them. */
const FORMAT_WITHOUT_ID = 1;
const FORMAT = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM. A sealed value is `format (1) | key id (4) | nonce (12) | tag (16) |
 * ciphertext`; the label of its place is authenticated with it, so that a value moved to another row doesn't open.
 */
export class Sealer {
  readonly #keys: SealingKeys;

  constructor(keys: SealingKeys) {
    this.#keys = keys;
  }

  /** Seals with the newest key. @param label - where the value lives, e.g. `keys/{id}` */
  seal(secret: Uint8Array, label: string): Uint8Array {
    const key = this.#newest();
    const nonce = randomBytes(NONCE_BYTES);
    const head = Buffer.concat([Buffer.of(FORMAT), Buffer.from(key.id, 'hex')]);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(Buffer.from(label));
    const text = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), text]);
  }

  /** @throws PosternError `STORE_UNAVAILABLE` when the value was not sealed with one of the keys for this place. */
  open(sealed: Uint8Array, label: string): Uint8Array {
    const id = sealedWith(sealed);
    for (const key of this.#candidates(id)) {
      const opened = tryOpen(sealed, id === null ? 1 : 1 + SEALING_KEY_ID_BYTES, key, label);
      if (opened !== null) return opened;
    }
    throw new PosternError('STORE_UNAVAILABLE', {
      message: `A secret of the store (${label}) does not open with ${id === null ? 'any' : `the sealing key ${id}, or it is not among those`} of this service. Restore the key that belongs to this database.`,
    });
  }

  /** Whether a value was sealed with another key than the newest, or in an old form. */
  isStale(sealed: Uint8Array): boolean {
    return sealedWith(sealed) !== this.#newest().id;
  }

  #newest(): SealingKey {
    const [newest] = this.#keys.list();
    if (newest === undefined) throw new RangeError('There is no sealing key.');
    return newest;
  }

  #candidates(id: string | null): readonly SealingKey[] {
    if (id === null) return this.#keys.list();
    const find = (): SealingKey[] => this.#keys.list().filter((key) => key.id === id);
    const found = find();
    if (found.length > 0) return found;
    // It may have been added since, and used by another process already.
    this.#keys.refresh();
    return find();
  }
}

/** The id of the key that sealed a value; null where it doesn't say. */
export function sealedWith(sealed: Uint8Array): string | null {
  if (sealed[0] !== FORMAT) return null;
  return Buffer.from(sealed.subarray(1, 1 + SEALING_KEY_ID_BYTES)).toString('hex');
}

function tryOpen(sealed: Uint8Array, nonceStart: number, key: SealingKey, label: string): Uint8Array | null {
  const tagStart = nonceStart + NONCE_BYTES;
  const textStart = tagStart + TAG_BYTES;
  const isKnown = sealed[0] === FORMAT || sealed[0] === FORMAT_WITHOUT_ID;
  if (!isKnown || sealed.length < textStart) return null;
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(nonceStart, tagStart), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(tagStart, textStart));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(textStart)), decipher.final()]);
  } catch {
    return null;
  }
}
