import { expireCookie, readCookies } from './cookies.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { Sessions } from './sessions.ts';
import type { BrowserStep } from './browser-step.ts';
import type { SignInSite } from './sign-in-site.ts';

export const SIGN_OUT_PATH = '/.postern/signout';
/** Where the provider sends the browser afterwards; registered there. On the service's host. */
export const SIGNED_OUT_PATH = '/.postern/signed-out';

/** What the provider loads in a frame at a sign-out; registered there. On the service's host. */
export const FRONT_CHANNEL_LOGOUT_PATH = '/.postern/signin/frontchannel-logout';

export interface SignOutOptions {
  readonly service: SignInSite;
  readonly provider: IdentityProvider;
  readonly sessions: Sessions;
  readonly sessionStore: {
    removeByProviderSession(providerId: string, providerSessionId: string): Promise<readonly string[]>;
  };
}

/**
 * Signs users out (B21). All cookies of a browser name one session, so that ending it in the store signs out every
 * application at once; then the provider ends its own (OpenID Connect RP-Initiated Logout 1.0).
 */
export class SignOut {
  readonly #options: SignOutOptions;

  constructor(options: SignOutOptions) {
    this.#options = options;
  }

  /** Sign-out on any of our hosts. @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE` */
  async signOut(site: SignInSite, cookieHeader: string | undefined): Promise<BrowserStep> {
    const { service, provider, sessions } = this.#options;
    const cookies = [expireCookie(site.cookieName, site.cookie.isSecure)];
    const session = await sessions.openAny(readCookies(cookieHeader, site.cookieName), site.hostname);
    if (session === null) {
      // The session of this host is gone; that of the service may still run.
      const next = site.hostname === service.hostname ? SIGNED_OUT_PATH : SIGN_OUT_PATH;
      return { url: service.origin + next, cookies, fragment: null };
    }
    const idToken = await sessions.readIdToken(session.id);
    await sessions.end(session.id);
    const providerUrl = await provider.endSessionUrl(idToken);
    return { url: providerUrl ?? service.origin + SIGNED_OUT_PATH, cookies, fragment: null };
  }

  /**
   * Ends the session that the provider names from its frame (OpenID Connect Front-Channel Logout 1.0). The cookies of a
   * frame don't arrive, so `sid` alone names the session: it is random, and known to provider and service only.
   */
  async frontChannelLogout(query: URLSearchParams): Promise<void> {
    const { provider, sessionStore } = this.#options;
    const providerSessionId = query.get('sid') ?? '';
    if (query.get('iss') !== provider.issuer || providerSessionId === '') return;
    await sessionStore.removeByProviderSession(provider.id, providerSessionId);
  }

  /** `Set-Cookie` values for the last page, on the service's host: removes what is left there. */
  signedOutCookies(): string[] {
    const { service } = this.#options;
    return [expireCookie(service.cookieName, service.cookie.isSecure)];
  }
}
