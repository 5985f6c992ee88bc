import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type SealingKey, type SealingKeys, SEALING_KEY_BYTES, makeSealingKey } from './sealing-keys.ts';

/** How often the file is looked at for a change. */
const LOOK_MS = 1000;

/**
 * The keys that seal the store's secrets, from their own file (base64, a line each, the newest first, mode 0600). It is
 * worth as much as the secrets: back it up apart from the database. A change of the file holds within a second; one that
 * can't be used is passed over.
 */
export class SealingKeyFile implements SealingKeys {
  readonly #file: string;
  #keys: readonly SealingKey[];
  #changedAtMs: number;
  #lookedAtMs = performance.now();

  /**
   * @param canMake makes the file with a first key where there is none
   * @throws PosternError `CONFIG_INVALID` when the file can't be used or others may read it
   */
  constructor(file: string, canMake: boolean) {
    this.#file = file;
    if (canMake) makeFile(file);
    this.#keys = readFile(file);
    this.#changedAtMs = changeTime(file);
  }

  list(): readonly SealingKey[] {
    if (performance.now() - this.#lookedAtMs > LOOK_MS) this.refresh();
    return this.#keys;
  }

  refresh(): void {
    this.#lookedAtMs = performance.now();
    try {
      const changedAtMs = changeTime(this.#file);
      if (changedAtMs === this.#changedAtMs) return;
      this.#keys = readFile(this.#file);
      this.#changedAtMs = changedAtMs;
    } catch {
      // The last good keys stay in force; a start names what is wrong.
    }
  }

  /** Adds a key that seals from now on. @returns its id */
  add(): string {
    const key = makeSealingKey(randomBytes(SEALING_KEY_BYTES));
    this.#write([key, ...this.#keys]);
    return key.id;
  }

  /** Forgets a key; what it has sealed is lost then. */
  remove(id: string): void {
    this.#write(this.#keys.filter((key) => key.id !== id));
  }

  #write(keys: readonly SealingKey[]): void {
    const draft = `${this.#file}.part`;
    try {
      rmSync(draft, { force: true });
      writeFileSync(draft, textOf(keys), { flag: 'wx', mode: 0o600, flush: true });
      renameSync(draft, this.#file);
    } catch (error) {
      throw unusable(this.#file, `it can't be changed here (${String(error)}); change it where it comes from`, error);
    }
    this.#keys = keys;
    this.#changedAtMs = changeTime(this.#file);
  }
}

function makeFile(file: string): void {
  try {
    const text = textOf([makeSealingKey(randomBytes(SEALING_KEY_BYTES))]);
    writeFileSync(file, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, 'code') === 'EEXIST'))
      throw unusable(file, String(error), error);
  }
}

function textOf(keys: readonly SealingKey[]): string {
  return keys.map(({ bytes }) => `${Buffer.from(bytes).toString('base64')}\n`).join('');
}

function readFile(file: string): SealingKey[] {
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw unusable(file, 'other users may read it; run chmod 600 on it');
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof PosternError) throw error;
    throw unusable(file, error instanceof Error ? error.message : String(error), error);
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const keys = lines.map((line) => Buffer.from(line.trim(), 'base64'));
  if (keys.length === 0 || keys.some((key) => key.length !== SEALING_KEY_BYTES)) {
    throw unusable(file, `it does not hold ${SEALING_KEY_BYTES} bytes in base64 on each line`);
  }
  return keys.map(makeSealingKey);
}

function changeTime(file: string): number {
  return statSync(file).mtimeMs;
}

function unusable(file: string, reason: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `The sealing key ${file} can't be used: ${reason}.`, cause });
}
