import type { ICachePlugin, TokenCacheContext } from '@azure/msal-node';
import type { SealedStore } from '../vault/sealed-store.ts';

/**
 * Lets MSAL keep its tokens in the vault. Null where the vault could only write them unprotected: then they stay in
 * memory, and a sign-in lasts until the app quits.
 */
export function makeTokenCache(store: SealedStore, onUnreadable: (error: unknown) => void): ICachePlugin | null {
  if (store.protection !== 'keyStore') return null;
  return {
    beforeCacheAccess: async (context: TokenCacheContext) => {
      try {
        const text = await store.read();
        if (text !== null) context.tokenCache.deserialize(text);
      } catch (error) {
        onUnreadable(error);
        await store.remove();
      }
    },
    afterCacheAccess: async (context: TokenCacheContext) => {
      if (context.cacheHasChanged) await store.write(context.tokenCache.serialize());
    },
  };
}
