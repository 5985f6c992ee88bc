import { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  type ConnectorIdentity,
  connectorIdentitySchema,
  type IdentityStorage,
} from '../connector/connector-identity.ts';
import type { SealedStore } from './sealed-store.ts';

/** The connector's identity in the app's vault. */
export function makeIdentityVault(store: SealedStore): IdentityStorage {
  return {
    load: async (): Promise<ConnectorIdentity | null> => {
      try {
        const text = await store.read();
        return text === null ? null : connectorIdentitySchema.parse(JSON.parse(text));
      } catch (cause) {
        throw new PosternError('CONFIG_INVALID', {
          message: `The identity of this connector can't be read. Enrol it again. (${cause instanceof Error ? cause.message : String(cause)})`,
          cause,
        });
      }
    },
    save: (identity) => store.write(JSON.stringify(identity)),
    remove: () => store.remove(),
  };
}
