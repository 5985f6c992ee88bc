import type { Logger } from 'pino';
import type { IdentityProviders } from './identity-providers.ts';

interface UnknownProviderStore {
  readonly assignments: { list(): Promise<readonly { readonly identityProviderId: string }[]> };
}

/** Says at the start which assignments mean users of a provider that the configuration no longer has: they open nothing. */
export async function warnOfUnknownProviders(
  store: UnknownProviderStore,
  providers: IdentityProviders,
  log: Logger,
): Promise<void> {
  const ids = (await store.assignments.list()).map(({ identityProviderId }) => identityProviderId);
  const unknown = ids.filter((id) => providers.find(id) === undefined);
  if (unknown.length === 0) return;
  const remedy = 'Give the provider that they are of its former id back.';
  log.warn(
    { identityProviderIds: [...new Set(unknown)], assignments: unknown.length, remedy },
    'identity.unknown_providers',
  );
}
