import { ownCookieName } from '../identity/cookies.ts';
import type { SignInSite } from '../identity/sign-in-site.ts';
import type { PublishedApplication } from './application-catalog.ts';

/** The site of an application, with the cookie that its settings ask for (B16). */
export function applicationSite(published: PublishedApplication, hostname: string): SignInSite {
  const { isHttpOnlyCookieEnabled, isSecureCookieEnabled, isPersistentCookieEnabled } =
    published.application.onPremisesPublishing;
  const isSecure = published.isHttps && isSecureCookieEnabled;
  return {
    origin: `${published.isHttps ? 'https' : 'http'}://${hostname}${published.portSuffix}`,
    hostname,
    cookieName: ownCookieName('session', isSecure),
    cookie: { isSecure, isHttpOnly: isHttpOnlyCookieEnabled, sameSite: 'None' },
    isPersistent: isPersistentCookieEnabled,
  };
}
