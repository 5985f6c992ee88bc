import type { Logger } from 'pino';
import { administratorRolesOf } from '../config/administrator-roles.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import type { Store } from '../store/store.ts';
import { AccessTokens } from './access-tokens.ts';
import { AdministratorTokens } from './administrator-tokens.ts';
import { AssertionKeyRing } from './assertion-key-ring.ts';
import { BackChannelLogout } from './back-channel-logout.ts';
import { IdentityAssertions } from './identity-assertions.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import { IdentityProvider } from './identity-provider.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { OneTimeValues } from './one-time-values.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import { SealedTokens } from './sealed-tokens.ts';
import { SealingKeyRing } from './sealing-key-ring.ts';
import { Sessions } from './sessions.ts';
import { SIGN_IN_PATHS, SignIn } from './sign-in.ts';
import { type SignInSite, serviceSite } from './sign-in-site.ts';
import { SIGNED_OUT_PATH, SignOut } from './sign-out.ts';

export interface MakeIdentityOptions {
  readonly configuration: ServiceConfiguration;
  readonly addresses: ServiceAddresses;
  readonly store: Store;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Everything by which the service knows who someone is. */
export interface Identity {
  /** The service's own site. */
  readonly service: SignInSite;
  readonly providerOrigin: string;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly signOut: SignOut;
  readonly backChannelLogout: BackChannelLogout;
  readonly accessTokens: AccessTokens;
  readonly administratorTokens: AdministratorTokens;
  readonly assertions: IdentityAssertions;
  /** The keys that assertions are checked with. */
  readonly assertionKeys: Pick<AssertionKeyRing, 'published'>;
  stop(): void;
}

/** Composes the identity room. Contacts nobody but the store until the first sign-in or token. @throws PosternError `STORE_UNAVAILABLE` */
export async function makeIdentity(options: MakeIdentityOptions): Promise<Identity> {
  const { configuration, addresses, store, providerFetch, clock, log } = options;
  const { administrators } = configuration;
  const { issuer, clientId, clientSecret, scopes } = configuration.identityProvider;
  const service = serviceSite(addresses);
  const keys = await SealingKeyRing.open(store.keys, clock);
  const assertionKeys = await AssertionKeyRing.open(store.keys, clock);
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
  const issuerKeys = new IssuerKeys(issuer, providerFetch);
  const usedValues = new OneTimeValues(clock);
  const housekeeping = setInterval(() => {
    Promise.all([keys.rotate(), assertionKeys.rotate(), store.sessions.removeExpired(clock())]).catch(
      (error: unknown) => {
        log.warn({ err: error }, 'identity.housekeeping_failed');
      },
    );
  }, IDENTITY_LIMITS.housekeepingMs).unref();
  return {
    service,
    providerOrigin: new URL(issuer).origin,
    sessions,
    signIn: new SignIn({ service, provider, sessions, tokens, usedValues, users: store.users, clock }),
    signOut: new SignOut({ service, provider, sessions, issuer, sessionStore: store.sessions }),
    backChannelLogout: new BackChannelLogout({
      keys: issuerKeys,
      clientId,
      sessions: store.sessions,
      usedValues,
      clock,
    }),
    accessTokens: new AccessTokens({ keys: issuerKeys, clock }),
    administratorTokens: new AdministratorTokens({
      keys: new IssuerKeys(administrators.issuer, providerFetch),
      apiAudience: administrators.apiAudience,
      apiScope: administrators.apiScope,
      rolesClaim: administrators.rolesClaim,
      ...administratorRolesOf(administrators),
      clock,
    }),
    assertions: new IdentityAssertions({ issuer: addresses.origin, keys: assertionKeys, clock }),
    assertionKeys,
    stop: () => {
      clearInterval(housekeeping);
      sessions.stop();
    },
  };
}
