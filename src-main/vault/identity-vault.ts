import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Language } from '../../src-shared/text/language.ts';
import {
  type ConnectorIdentity,
  type IdentityStorage,
  parseConnectorIdentity,
} from '../connector/connector-identity.ts';
import { SpokenError, tellError } from '../app/spoken-error.ts';
import type { SealedStore } from './sealed-store.ts';

/** The connector's identity in the app's vault. */
export interface IdentityVault extends IdentityStorage {
  /** @returns what puts back what is kept now, also where that can't be opened */
  snapshot(): Promise<() => Promise<void>>;
}

export function makeIdentityVault(store: SealedStore): IdentityVault {
  return {
    load: async (): Promise<ConnectorIdentity | null> => {
      try {
        const text = await store.read();
        return text === null ? null : readIdentity(text);
      } catch (cause) {
        const reason = (language: Language): string =>
          cause instanceof PosternError ? tellError(cause, language) : String(cause);
        throw new SpokenError('VAULT_UNREADABLE', ({ vault }, language) => vault.unreadable(reason(language)), {
          cause,
        });
      }
    },
    save: (identity) => store.write(JSON.stringify(identity)),
    remove: () => store.remove(),
    snapshot: () => store.snapshot(),
  };
}

function readIdentity(text: string): ConnectorIdentity {
  const identity = parseConnectorIdentity(text);
  if (identity === null) throw new SpokenError('VAULT_UNREADABLE', ({ vault }) => vault.damaged);
  return identity;
}
