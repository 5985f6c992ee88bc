import type { ProviderUser } from '../store/user-revocation-records.ts';
import { expireCookie, readCookies } from './cookies.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { IdentityProviders } from './identity-providers.ts';
import type { Sessions } from './sessions.ts';
import type { Session } from './session.ts';
import type { BrowserStep } from './browser-step.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { SealedTokens } from './sealed-tokens.ts';
import { type SignInSite, siteOfProvider } from './sign-in-site.ts';

export const SIGN_OUT_PATH = '/.postern/signout';
/** Ends the sessions of this person on every device. By a form of "My apps" alone. On the service's host. */
export const SIGN_OUT_EVERYWHERE_PATH = '/.postern/signout/everywhere';
/** Ends the session on this host alone; the other applications stay open. On an application's host. */
export const SIGN_OUT_APPLICATION_PATH = '/.postern/signout/application';
/** Where the provider sends the browser afterwards; registered there. On the service's host. */
export const SIGNED_OUT_PATH = '/.postern/signed-out';

/** What the provider loads in a frame at a sign-out; registered there. On the service's host. */
export const FRONT_CHANNEL_LOGOUT_PATH = '/.postern/signin/frontchannel-logout';

/** The parameter of a sign-out that was asked for on an application's host. */
const ASKED = 'asked';

export interface SignOutOptions {
  readonly service: SignInSite;
  readonly providers: IdentityProviders;
  readonly sessions: Sessions;
  readonly sessionStore: {
    removeByProviderSession(providerId: string, providerSessionId: string): Promise<readonly string[]>;
  };
  readonly revocations: { revoke(user: ProviderUser, context: null): Promise<readonly string[]> };
  readonly tokens: SealedTokens;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What a sign-out of one host leads to. */
export interface HostSignOut {
  /** `Set-Cookie` values. */
  readonly cookies: string[];
  /** Where the user signs out of everything, without being asked once more. */
  readonly everywhereUrl: string;
}

/**
 * Signs users out (B21). All cookies of a browser name one session for each provider, so that ending it in the store signs out
 * every application of that provider at once; then the provider ends its own (OpenID Connect RP-Initiated Logout 1.0).
 */
export class SignOut {
  readonly #options: SignOutOptions;

  constructor(options: SignOutOptions) {
    this.#options = options;
  }

  /**
   * Sign-out on any of our hosts. On the service's own it ends the sessions of all providers, and the first provider's own; an
   * application's host knows of one alone, and the last page offers the others.
   * @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE`
   */
  signOut(site: SignInSite, cookieHeader: string | undefined): Promise<BrowserStep> {
    return this.#signOut(site, cookieHeader, (session) => this.#options.sessions.end(session.id));
  }

  /**
   * Sign-out of whoever is signed in on the service's own host, on every device; access tokens from before are refused, too.
   * @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE`
   */
  signOutEverywhere(cookieHeader: string | undefined): Promise<BrowserStep> {
    const { service, revocations } = this.#options;
    return this.#signOut(service, cookieHeader, (session) => revocations.revoke(session, null));
  }

  /**
   * Sign-out of one host by itself. The session runs on elsewhere, but leads back to this host only by the user's own choice.
   * @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE`
   */
  async signOutOfHost(
    { cookieName, cookie, hostname }: SignInSite,
    cookieHeader: string | undefined,
  ): Promise<HostSignOut> {
    const { sessions, service, tokens, clock } = this.#options;
    const cookies = [expireCookie(cookieName, cookie.isSecure)];
    const session = await sessions.openAny(readCookies(cookieHeader, cookieName), hostname);
    if (session === null) return { cookies, everywhereUrl: SIGN_OUT_PATH };
    await sessions.endOnHost(session, hostname);
    const untilMs = clock() + IDENTITY_LIMITS.askedSignOutMs;
    const token = await tokens.seal('postern-signout', service.hostname, { sid: session.id }, untilMs);
    return { cookies, everywhereUrl: `${service.origin}${SIGN_OUT_PATH}?${ASKED}=${token}` };
  }

  /**
   * Whether a sign-out on the service's host that another host of ours leads to was asked for on a page of ours, by whoever is
   * signed in here: the page's link names their session, which nobody else can.
   * @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE`
   */
  async isAskedFor(query: URLSearchParams, cookieHeader: string | undefined): Promise<boolean> {
    const { service, providers, sessions, tokens } = this.#options;
    const token = query.get(ASKED);
    if (token === null || token.length > IDENTITY_LIMITS.cookieBytes) return false;
    const claims = await tokens.open('postern-signout', service.hostname, token);
    if (claims === null) return false;
    for (const { id } of providers.all) {
      const { cookieName, hostname } = siteOfProvider(service, id);
      const session = await sessions.openAny(readCookies(cookieHeader, cookieName), hostname);
      if (session !== null && session.id === claims['sid']) return true;
    }
    return false;
  }

  async #signOut(
    site: SignInSite,
    cookieHeader: string | undefined,
    end: (session: Session) => Promise<unknown>,
  ): Promise<BrowserStep> {
    const { service, providers, sessions } = this.#options;
    const isService = site.hostname === service.hostname;
    const sites = isService ? providers.all.map(({ id }) => siteOfProvider(service, id)) : [site];
    const cookies = sites.map(({ cookieName, cookie }) => expireCookie(cookieName, cookie.isSecure));
    let first: Session | null = null;
    let idToken: string | null = null;
    for (const { cookieName, hostname } of sites) {
      const session = await sessions.openAny(readCookies(cookieHeader, cookieName), hostname);
      if (session === null) continue;
      if (first === null) {
        first = session;
        idToken = await sessions.readIdToken(session.id);
      }
      await end(session);
    }
    if (first === null) {
      // The session of this host is gone; that of the service may still run.
      const next = isService ? SIGNED_OUT_PATH : SIGN_OUT_PATH;
      return { url: service.origin + next, cookies, fragment: null };
    }
    const providerUrl = await providers.find(first.providerId)?.endSessionUrl(idToken);
    return { url: providerUrl ?? service.origin + SIGNED_OUT_PATH, cookies, fragment: null };
  }

  /** For the last page, on the service's host: at which providers the browser is signed in still, and `Set-Cookie` values that remove the rest. */
  async remaining(
    cookieHeader: string | undefined,
  ): Promise<{ readonly displayNames: string[]; readonly cookies: string[] }> {
    const { service, providers, sessions } = this.#options;
    const displayNames: string[] = [];
    const cookies: string[] = [];
    for (const { id, displayName } of providers.all) {
      const { cookieName, cookie, hostname } = siteOfProvider(service, id);
      const session = await sessions.openAny(readCookies(cookieHeader, cookieName), hostname);
      if (session === null) cookies.push(expireCookie(cookieName, cookie.isSecure));
      else displayNames.push(displayName);
    }
    return { displayNames, cookies };
  }

  /**
   * Ends the session that the provider names from its frame (OpenID Connect Front-Channel Logout 1.0). The cookies of a
   * frame don't arrive, so `sid` alone names the session: it is random, and known to provider and service only.
   */
  async frontChannelLogout(query: URLSearchParams): Promise<void> {
    const { sessionStore } = this.#options;
    const provider = this.frontChannelProvider(query);
    const providerSessionId = query.get('sid') ?? '';
    if (provider === null || providerSessionId === '') return;
    await sessionStore.removeByProviderSession(provider.id, providerSessionId);
  }

  /** The provider that such a frame says it is of; null where it is none of ours. */
  frontChannelProvider(query: URLSearchParams): IdentityProvider | null {
    const issuer = query.get('iss');
    return this.#options.providers.all.find((provider) => provider.issuer === issuer) ?? null;
  }
}
