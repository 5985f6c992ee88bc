import path from 'node:path';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type ConnectorIdentity, connectorIdentitySchema, type IdentityStorage } from './connector-identity.ts';
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
    try {
      const text = await readSecretFile(this.file);
      return text === null ? null : connectorIdentitySchema.parse(JSON.parse(text));
    } catch (cause) {
      throw new PosternError('CONFIG_INVALID', {
        message: `The connector's identity in ${this.file} can't be read. Restore it, or delete it and enrol again.`,
        cause,
      });
    }
  }

  async save(identity: ConnectorIdentity): Promise<void> {
    await writeSecretFile(this.file, `${JSON.stringify(identity, null, 2)}\n`);
  }

  async remove(): Promise<void> {
    await removeSecretFile(this.file);
  }
}
