import { type Answer, answerPage, answerRedirect } from '../edge/answer.ts';
import { renderSignedOut } from '../portal/sign-in-pages.ts';
import { expireCookie, readCookie } from './cookies.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { Sessions } from './sessions.ts';
import type { SignInSite } from './sign-in-site.ts';

export const SIGN_OUT_PATH = '/.postern/signout';
/** Where the provider sends the browser afterwards; registered there. On the service's host. */
export const SIGNED_OUT_PATH = '/.postern/signed-out';

export interface SignOutOptions {
  readonly service: SignInSite;
  readonly brand: string;
  readonly provider: IdentityProvider;
  readonly sessions: Sessions;
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

  /** Sign-out on any of our hosts. @throws PosternError `STORE_UNAVAILABLE` */
  async signOut(site: SignInSite, cookieHeader: string | undefined): Promise<Answer> {
    const { service, provider, sessions } = this.#options;
    const removal = ['Set-Cookie', expireCookie(site.cookieName, site.cookie.isSecure)];
    const cookie = readCookie(cookieHeader, site.cookieName);
    const session = cookie === undefined ? null : await sessions.open(cookie, site.hostname);
    if (session === null) {
      // The session of this host is gone; that of the service may still run.
      const next = site.hostname === service.hostname ? SIGNED_OUT_PATH : SIGN_OUT_PATH;
      return answerRedirect(service.origin + next, removal);
    }
    const idToken = await sessions.readIdToken(session.id);
    await sessions.end(session.id);
    const providerUrl = await provider.endSessionUrl(idToken);
    return answerRedirect(providerUrl ?? service.origin + SIGNED_OUT_PATH, removal);
  }

  /** The last page, on the service's host; removes what is left of the cookies. */
  signedOut(): Answer {
    const { service, brand } = this.#options;
    const removal = ['Set-Cookie', expireCookie(service.cookieName, service.cookie.isSecure)];
    return answerPage(200, renderSignedOut(brand), removal);
  }
}
