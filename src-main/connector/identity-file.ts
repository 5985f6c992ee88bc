import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type ConnectorIdentity, connectorIdentitySchema, type IdentityStorage } from './connector-identity.ts';

const FILE_NAME = 'connector-identity.json';

/**
 * Keeps an identity in one file that only its owner can read (0600, in a folder 0700). It is written beside and renamed,
 * so that a crash leaves the old one or the new one, never half of each.
 */
export class IdentityFile implements IdentityStorage {
  readonly #folder: string;
  readonly #file: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = path.join(folder, FILE_NAME);
  }

  /** Where the identity is, or would be. */
  get file(): string {
    return this.#file;
  }

  async load(): Promise<ConnectorIdentity | null> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw this.#unreadable(error);
    }
    try {
      return connectorIdentitySchema.parse(JSON.parse(text));
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  async save(identity: ConnectorIdentity): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await chmod(this.#folder, 0o700);
    const temporary = `${this.#file}.${randomUUID()}.tmp`;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(`${JSON.stringify(identity, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  #unreadable(cause: unknown): PosternError {
    return new PosternError('CONFIG_INVALID', {
      message: `The connector's identity in ${this.#file} can't be read. Restore it, or delete it and enrol again.`,
      cause,
    });
  }
}
