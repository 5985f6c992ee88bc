import type { ICachePlugin, TokenCacheContext } from '@azure/msal-node';
import type { SealedStore } from '../vault/sealed-store.ts';

/**
 * Lets MSAL keep its tokens in the vault. While the vault keeps to memory nothing is read or written there, and a sign-in lasts
 * until the app quits. MSAL with a plugin counts on finding what it handed over, so that it is held here then.
 */
export function makeTokenCache(store: SealedStore, onUnreadable: (error: unknown) => void): ICachePlugin {
  let held: string | null = null;
  return {
    beforeCacheAccess: async (context: TokenCacheContext) => {
      try {
        if (store.protection !== 'memory') held = await store.read();
        if (held !== null) context.tokenCache.deserialize(held);
      } catch (error) {
        onUnreadable(error);
        await store.remove();
      }
    },
    afterCacheAccess: async (context: TokenCacheContext) => {
      if (!context.cacheHasChanged) return;
      held = context.tokenCache.serialize();
      await store.write(held);
    },
  };
}
