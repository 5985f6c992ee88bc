import { type SignInSite, sessionCookieName as cookieNameOf } from '../identity/sign-in-site.ts';
import type { PublishedApplication } from './published-application.ts';

/** The name of the session cookie of an application. */
export function sessionCookieName(published: PublishedApplication): string {
  return cookieNameOf('session', published.identityProviderId, isCookieSecure(published));
}

/** The site of an application, with the cookie that its settings ask for (B16). */
export function applicationSite(published: PublishedApplication, hostname: string): SignInSite {
  const { isHttpOnlyCookieEnabled, isPersistentCookieEnabled } = published.application.onPremisesPublishing;
  return {
    origin: `${published.isHttps ? 'https' : 'http'}://${hostname}${published.portSuffix}`,
    hostname,
    providerId: published.identityProviderId,
    cookieName: sessionCookieName(published),
    cookie: { isSecure: isCookieSecure(published), isHttpOnly: isHttpOnlyCookieEnabled, sameSite: 'None' },
    isPersistent: isPersistentCookieEnabled,
  };
}

/** Whether our cookies on the application's host carry `Secure`. */
export function isCookieSecure({ isHttps, application }: PublishedApplication): boolean {
  return isHttps && application.onPremisesPublishing.isSecureCookieEnabled;
}
