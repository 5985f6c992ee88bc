import path from 'node:path';
import process from 'node:process';
import type { App, SafeStorage } from 'electron';
import { openSecretBox, type SecretBox } from './secret-box.ts';
import { SealedStore, type SealedStoreOptions } from './sealed-store.ts';

/** Where this machine keeps its secrets. */
export interface Vaults {
  /** Null where this machine has no key store. */
  readonly box: SecretBox | null;
  /** The connector's key and certificate. */
  readonly identity: SealedStore;
  /** What MSAL keeps of the administrator's sign-in. */
  readonly tokens: SealedStore;
  readonly proxyPassword: SealedStore;
}

export interface OpenVaultsOptions {
  readonly app: App;
  readonly safeStorage: SafeStorage;
  /** Where a sign-in is kept on a machine without a key store. */
  readonly tokensWithoutKeyStore: SealedStoreOptions['withoutKeyStore'];
}

export async function openVaults({ app, safeStorage, tokensWithoutKeyStore }: OpenVaultsOptions): Promise<Vaults> {
  const box = await openSecretBox({ app, safeStorage, platform: process.platform, env: process.env });
  const fileOf = (name: string): string => path.join(app.getPath('userData'), 'vault', name);
  return {
    box,
    identity: new SealedStore({ file: fileOf('connector.json'), box, withoutKeyStore: () => 'file' }),
    tokens: new SealedStore({
      file: fileOf('sign-in.json'),
      box,
      withoutKeyStore: tokensWithoutKeyStore,
    }),
    proxyPassword: new SealedStore({ file: fileOf('proxy.json'), box, withoutKeyStore: () => 'file' }),
  };
}
