import type { Logger } from 'pino';
import { administratorRolesOf } from '../config/administrator-roles.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import type { Store } from '../store/store.ts';
import { AccessTokens } from './access-tokens.ts';
import { AdministratorTokens } from './administrator-tokens.ts';
import { AssertionKeyRing } from './assertion-key-ring.ts';
import { BackChannelLogout } from './back-channel-logout.ts';
import { IdentityAssertions } from './identity-assertions.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { IdentityProviders } from './identity-providers.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { makeIdentityProviders } from './make-identity-providers.ts';
import { OneTimeValues } from './one-time-values.ts';
import type { ProviderFetches } from './provider-fetch.ts';
import { ProviderMetadata } from './provider-metadata.ts';
import { Revocations } from './revocations.ts';
import { SealedTokens } from './sealed-tokens.ts';
import { SealingKeyRing } from './sealing-key-ring.ts';
import { SessionRefresh } from './session-refresh.ts';
import { startSessionUpkeep } from './session-upkeep.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { type SignInSite, serviceSite } from './sign-in-site.ts';
import { SignOut } from './sign-out.ts';

export interface MakeIdentityOptions {
  readonly configuration: ServiceConfiguration;
  readonly addresses: ServiceAddresses;
  readonly store: Store;
  readonly providerFetches: ProviderFetches;
  readonly clock: () => number;
  readonly log: Logger;
}

/** Everything by which the service knows who someone is. */
export interface Identity {
  /** The service's own site. */
  readonly service: SignInSite;
  readonly providers: IdentityProviders;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly signIn: SignIn;
  readonly signOut: SignOut;
  readonly backChannelLogout: BackChannelLogout;
  readonly accessTokens: AccessTokens;
  readonly administratorTokens: AdministratorTokens;
  readonly assertions: IdentityAssertions;
  /** The keys that assertions are checked with. */
  readonly assertionKeys: Pick<AssertionKeyRing, 'published'>;
  /** Ends what runs in the background, and writes down what only memory knows; before the store is closed. */
  stop(): Promise<void>;
}

/** Composes the identity room. Contacts nobody but the store until the first sign-in or token. @throws PosternError `STORE_UNAVAILABLE` */
export async function makeIdentity(options: MakeIdentityOptions): Promise<Identity> {
  const { configuration, addresses, store, clock, log } = options;
  const { administrators } = configuration;
  const providers = makeIdentityProviders(options);
  const service = serviceSite(addresses, providers.default.id);
  const { absoluteLifetimeSeconds, idleTimeoutSeconds, refreshIntervalSeconds } = configuration.sessions;
  const lifetimes = { absoluteMs: absoluteLifetimeSeconds * 1000, idleMs: idleTimeoutSeconds * 1000 };
  const sealedForMs = Math.max(lifetimes.absoluteMs, IDENTITY_LIMITS.signInMs);
  const keys = await SealingKeyRing.open(store.keys, clock, sealedForMs);
  const assertionKeys = await AssertionKeyRing.open(store.keys, clock);
  const tokens = new SealedTokens({ keys, clock });
  const revocations = await Revocations.open(store, clock, log);
  const refreshIntervalMs = refreshIntervalSeconds * 1000;
  const refresh = new SessionRefresh({
    store,
    providerOf: (id) => providers.find(id),
    intervalMs: refreshIntervalMs,
    clock,
    random: Math.random,
    log,
  });
  const sessions = new Sessions({ store, tokens, lifetimes, refresh, clock, log });
  const upkeep = startSessionUpkeep({ sessions, store, lifetimes, refreshIntervalMs, clock, log });
  const usedValues = new OneTimeValues(store.usedValues, clock);
  const housekeeping = setInterval(() => {
    Promise.all([keys.rotate(), assertionKeys.rotate()]).catch((error: unknown) => {
      log.warn({ err: error }, 'identity.housekeeping_failed');
    });
  }, IDENTITY_LIMITS.housekeepingMs).unref();
  return {
    service,
    providers,
    sessions,
    revocations,
    signIn: new SignIn({ service, providers, sessions, tokens, usedValues, users: store.users, clock }),
    signOut: new SignOut({
      tokens,
      clock,
      service,
      providers,
      sessions,
      sessionStore: store.sessions,
      revocations: store.userRevocations,
    }),
    backChannelLogout: new BackChannelLogout({ providers, sessions: store.sessions, usedValues, clock }),
    accessTokens: new AccessTokens({ providers, revocations, clock }),
    administratorTokens: new AdministratorTokens({
      keys: administratorKeys(administrators.issuer, providers, options),
      apiAudience: administrators.apiAudience,
      apiScope: administrators.apiScope,
      rolesClaim: administrators.rolesClaim,
      ...administratorRolesOf(administrators),
      clock,
    }),
    assertions: new IdentityAssertions({ issuer: addresses.origin, keys: assertionKeys, clock }),
    assertionKeys,
    stop: async () => {
      clearInterval(housekeeping);
      upkeep.stop();
      revocations.stop();
      await sessions.stop();
    },
  };
}

/** Administrators may come from a provider of the users or from one of their own, which the default one's authorities vouch for. */
function administratorKeys(issuer: string, providers: IdentityProviders, options: MakeIdentityOptions): IssuerKeys {
  const shared = providers.all.find((provider) => provider.issuer === issuer);
  if (shared !== undefined) return shared.keys;
  const { configuration, providerFetches, clock, log } = options;
  const [first] = listIdentityProviders(configuration);
  const providerFetch = providerFetches.trusting(first?.caFile);
  const displayName = new URL(issuer).host;
  const metadata = new ProviderMetadata({ issuer, displayName, providerFetch, clock, log });
  return new IssuerKeys({ metadata, providerFetch, clock });
}
