import { z } from 'zod';
import type { Protection } from '../../src-shared/ipc/app-state.ts';
import { SpokenError } from '../app/spoken-error.ts';
import { Turns } from '../app/turns.ts';
import { readSecretFile, removeSecretFile, writeSecretFile } from '../connector/secret-file.ts';
import type { SecretBox } from './secret-box.ts';

const sealedFileSchema = z.discriminatedUnion('protection', [
  z.strictObject({ version: z.literal(1), protection: z.literal('keyStore'), sealed: z.string() }),
  z.strictObject({ version: z.literal(1), protection: z.literal('file'), content: z.string() }),
]);

export interface SealedStoreOptions {
  readonly file: string;
  /** Null where this machine has no key store. */
  readonly box: SecretBox | null;
  /** What to do without a key store: write a file for this account alone, or nothing at all. May change. */
  readonly withoutKeyStore: () => 'file' | 'memory';
}

/** One secret text on disk, sealed where the machine can, and honest about it where it can't. */
export class SealedStore {
  readonly #options: SealedStoreOptions;
  readonly #writes = new Turns();

  constructor(options: SealedStoreOptions) {
    this.#options = options;
  }

  /** How the next `write` keeps the secret. */
  get protection(): Protection {
    return this.#options.box === null ? this.#options.withoutKeyStore() : 'keyStore';
  }

  /**
   * The secret, or null where none is kept. One that an earlier start could only write unprotected is sealed now where a key
   * store has come.
   * @throws PosternError `VAULT_UNREADABLE` when the file is damaged, or the key store that it was sealed with is gone
   */
  async read(): Promise<string | null> {
    const { file, box } = this.#options;
    const text = await readSecretFile(file);
    if (text === null) return null;
    const kept = parseSealedFile(text);
    if (kept === null) throw new SpokenError('VAULT_UNREADABLE', ({ vault }) => vault.damaged);
    if (kept.protection === 'file') {
      if (box !== null) await this.write(kept.content);
      return kept.content;
    }
    if (box === null) throw new SpokenError('VAULT_UNREADABLE', ({ vault }) => vault.keyStoreGone);
    return box.open(kept.sealed);
  }

  /** Keeps the secret as `protection` says; with `memory` nothing is written. */
  async write(secret: string): Promise<void> {
    await this.#writes.take(async () => {
      const { file, box } = this.#options;
      if (box !== null) {
        const sealed = await box.seal(secret);
        await writeSecretFile(file, JSON.stringify({ version: 1, protection: 'keyStore', sealed }));
      } else if (this.protection === 'file') {
        await writeSecretFile(file, JSON.stringify({ version: 1, protection: 'file', content: secret }));
      }
    });
  }

  async remove(): Promise<void> {
    await this.#writes.take(async () => removeSecretFile(this.#options.file));
  }

  /** Reads what is kept, also where it can't be opened. @returns what puts that back in the place of whatever was written since */
  async snapshot(): Promise<() => Promise<void>> {
    const { file } = this.#options;
    const text = await this.#writes.take(async () => readSecretFile(file));
    return async () =>
      this.#writes.take(async () => (text === null ? removeSecretFile(file) : writeSecretFile(file, text)));
  }
}

/** Null where it is damaged. The words of JSON.parse would quote the text around the fault, and so a secret. */
function parseSealedFile(text: string): z.infer<typeof sealedFileSchema> | null {
  try {
    return sealedFileSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
