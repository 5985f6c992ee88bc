import type { Logger } from 'pino';
import type { User } from '../../src-shared/publishing/application.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import { AdministratorTokens } from './administrator-tokens.ts';
import { IdentityProvider } from './identity-provider.ts';
import { OneTimeValues } from './one-time-values.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import { SealedTokens, type SealingKeys } from './sealed-tokens.ts';
import { type SessionStore, Sessions } from './sessions.ts';
import { SIGN_IN_PATHS, SignIn } from './sign-in.ts';
import { type SignInSite, serviceSite } from './sign-in-site.ts';
import { SIGNED_OUT_PATH, SignOut } from './sign-out.ts';

export interface MakeIdentityOptions {
  readonly configuration: ServiceConfiguration;
  readonly addresses: ServiceAddresses;
  readonly store: SessionStore & { readonly users: { upsert(user: User): Promise<unknown> } };
  readonly keys: SealingKeys;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Everything by which the service knows who someone is. */
export interface Identity {
  /** The service's own site. */
  readonly service: SignInSite;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly signOut: SignOut;
  readonly administratorTokens: AdministratorTokens;
  stop(): void;
}

/** Composes the identity room. Contacts nobody until the first sign-in or token. */
export function makeIdentity(options: MakeIdentityOptions): Identity {
  const { configuration, addresses, store, keys, providerFetch, clock, log } = options;
  const { issuer, clientId, clientSecret, scopes } = configuration.identityProvider;
  const service = serviceSite(addresses);
  const tokens = new SealedTokens({ keys, clock });
  const sessions = new Sessions({ store, tokens, clock });
  const provider = new IdentityProvider({
    issuer,
    clientId,
    clientSecret,
    scopes,
    redirectUri: addresses.origin + SIGN_IN_PATHS.callback,
    postLogoutRedirectUri: addresses.origin + SIGNED_OUT_PATH,
    providerFetch,
    clock,
    log,
  });
  const usedValues = new OneTimeValues(clock);
  return {
    service,
    sessions,
    signIn: new SignIn({ service, provider, sessions, tokens, usedValues, users: store.users, clock }),
    signOut: new SignOut({ service, provider, sessions }),
    administratorTokens: new AdministratorTokens({ ...configuration.administrators, providerFetch, clock }),
    stop: () => sessions.stop(),
  };
}
