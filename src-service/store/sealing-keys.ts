import { createHash } from 'node:crypto';

export const SEALING_KEY_BYTES = 32;

/** A key that seals, and the name by which sealed values refer to it. */
export interface SealingKey {
  /** The first octets of the key's SHA-256, hexadecimal. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The keys of a store: the first one seals, each of them opens what it has sealed. */
export interface SealingKeys {
  list(): readonly SealingKey[];
  /** Looks for keys anew, where one is asked for that isn't known. */
  refresh(): void;
}

/** Octets of a key's id in a sealed value. */
export const SEALING_KEY_ID_BYTES = 4;

/** @throws RangeError for a key of another length */
export function makeSealingKey(bytes: Uint8Array): SealingKey {
  if (bytes.length !== SEALING_KEY_BYTES) throw new RangeError(`A sealing key has ${SEALING_KEY_BYTES} bytes.`);
  const digest = createHash('sha256').update(bytes).digest();
  return { id: digest.subarray(0, SEALING_KEY_ID_BYTES).toString('hex'), bytes };
}

/** Keys that never change while the process runs. */
export function fixedSealingKeys(keys: readonly Uint8Array[]): SealingKeys {
  const list = keys.map(makeSealingKey);
  return { list: () => list, refresh: () => {} };
}
