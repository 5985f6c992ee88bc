import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { SEALING_KEY_BYTES } from './sealer.ts';

/**
 * The key that seals the store's secrets, from its own file (base64, one line, mode 0600); made at the first start. It
 * is worth as much as the secrets: back it up apart from the database.
 * @throws PosternError `CONFIG_INVALID` when the file can't be used or others may read it.
 */
export function loadSealingKey(file: string): Uint8Array {
  try {
    writeFileSync(file, `${randomBytes(SEALING_KEY_BYTES).toString('base64')}\n`, {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, 'code') === 'EEXIST'))
      throw unusable(file, String(error), error);
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== SEALING_KEY_BYTES) throw unusable(file, `it does not hold ${SEALING_KEY_BYTES} bytes in base64`);
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw unusable(file, 'other users may read it; run chmod 600 on it');
  }
  return key;
}

function unusable(file: string, reason: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `The sealing key ${file} can't be used: ${reason}.`, cause });
}
