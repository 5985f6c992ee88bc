import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const SEALING_KEY_BYTES = 32;

/**
 * Encrypts secrets at rest with AES-256-GCM. A sealed value is `format (1) | nonce (12) | tag (16) | ciphertext`; the
 * label of its place is authenticated with it, so that a value moved to another row doesn't open.
 */
export class Sealer {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    if (key.length !== SEALING_KEY_BYTES) throw new RangeError(`A sealing key has ${SEALING_KEY_BYTES} bytes.`);
    this.#key = key;
  }

  /** @param label - where the value lives, e.g. `keys/{id}` */
  seal(secret: Uint8Array, label: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(label));
    const text = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), text]);
  }

  /** @throws PosternError `STORE_UNAVAILABLE` when the value was not sealed with this key for this place. */
  open(sealed: Uint8Array, label: string): Uint8Array {
    const textStart = 1 + NONCE_BYTES + TAG_BYTES;
    try {
      if (sealed[0] !== FORMAT || sealed.length < textStart) throw new Error('unknown format');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, 1 + NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(1 + NONCE_BYTES, textStart));
      return Buffer.concat([decipher.update(sealed.subarray(textStart)), decipher.final()]);
    } catch (error) {
      throw new PosternError('STORE_UNAVAILABLE', {
        message: `A secret of the store (${label}) does not open with this sealing key. Restore the key file that belongs to this database.`,
        cause: error,
      });
    }
  }
}
