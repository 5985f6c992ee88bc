import path from 'node:path';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type ConnectorIdentity, type IdentityStorage, parseConnectorIdentity } from './connector-identity.ts';
import { readSecretFile, removeSecretFile, writeSecretFile } from './secret-file.ts';

const FILE_NAME = 'connector-identity.json';

/** Keeps an identity in one file that only its owner can read. */
export class IdentityFile implements IdentityStorage {
  /** Where the identity is, or would be. */
  readonly file: string;

  constructor(folder: string) {
    this.file = path.join(folder, FILE_NAME);
  }

  async load(): Promise<ConnectorIdentity | null> {
    const text = await readSecretFile(this.file).catch((cause: unknown) => {
      throw this.#unreadable(cause);
    });
    if (text === null) return null;
    const identity = parseConnectorIdentity(text);
    if (identity === null) throw this.#unreadable();
    return identity;
  }

  async save(identity: ConnectorIdentity): Promise<void> {
    await writeSecretFile(this.file, `${JSON.stringify(identity, null, 2)}\n`);
  }

  async remove(): Promise<void> {
    await removeSecretFile(this.file);
  }

  #unreadable(cause?: unknown): PosternError {
    return new PosternError('CONFIG_INVALID', {
      message: `The connector's identity in ${this.file} can't be read. Restore it, or delete it and enrol again.`,
      cause,
    });
  }
}
