import type { Logger } from 'pino';
import {
  type IdentityProviderConfiguration,
  listIdentityProviders,
} from '../config/identity-provider-configuration.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import { readClientAuthentication } from './client-authentication.ts';
import { IdentityProvider } from './identity-provider.ts';
import { IdentityProviders } from './identity-providers.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { ProviderFetches } from './provider-fetch.ts';
import { ProviderMetadata } from './provider-metadata.ts';
import { callbackPath } from './sign-in-paths.ts';
import { SIGNED_OUT_PATH } from './sign-out.ts';

export interface MakeIdentityProvidersOptions {
  readonly configuration: ServiceConfiguration;
  readonly addresses: ServiceAddresses;
  readonly providerFetches: ProviderFetches;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Makes the providers of a configuration, and contacts none. @throws PosternError `CONFIG_INVALID` for files that can't be used */
export function makeIdentityProviders(options: MakeIdentityProvidersOptions): IdentityProviders {
  const configurations = listIdentityProviders(options.configuration);
  return new IdentityProviders(
    configurations.map((configuration, index) => makeIdentityProvider(configuration, index === 0, options)),
  );
}

function makeIdentityProvider(
  configuration: IdentityProviderConfiguration,
  isDefault: boolean,
  { configuration: service, addresses, providerFetches, clock, log }: MakeIdentityProvidersOptions,
): IdentityProvider {
  const { id, issuer, displayName, caFile } = configuration;
  const isOfflineAccessWanted = service.sessions.refreshIntervalSeconds > 0;
  const providerFetch = providerFetches.trusting(caFile);
  const metadata = new ProviderMetadata({ issuer, displayName, providerFetch, clock, log });
  const redirectUri = addresses.origin + callbackPath(isDefault ? null : id);
  // What an operator has to register there.
  log.info({ id, issuer, isDefault, redirectUri }, 'identity.provider');
  return new IdentityProvider({
    configuration,
    isOfflineAccessWanted,
    authentication: readClientAuthentication(configuration),
    metadata,
    keys: new IssuerKeys({ metadata, providerFetch, clock }),
    redirectUri,
    postLogoutRedirectUri: addresses.origin + SIGNED_OUT_PATH,
    providerFetch,
    clock,
    log,
  });
}
