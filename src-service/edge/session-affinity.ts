import { ownCookieName, readCookie, serializeCookie } from '../identity/cookies.ts';
import type { SessionAffinity } from '../relay/relay-types.ts';
import type { PublishedApplication } from './published-application.ts';
import { isCookieSecure } from './application-site.ts';

/**
 * What ties the requests of one browser to one connector (B68), or null where the application doesn't ask for it. The
 * cookie is one for each application, ends with the browser, and never reaches the backend.
 */
export function sessionAffinity(
  published: PublishedApplication,
  cookieHeader: string | undefined,
): SessionAffinity | null {
  const { id, onPremisesPublishing } = published.application;
  if (!onPremisesPublishing.isSessionAffinityEnabled) return null;
  const isSecure = isCookieSecure(published);
  const name = ownCookieName(`affinity-${id}`, isSecure);
  return {
    key: readCookie(cookieHeader, name),
    makeCookie: (key) =>
      serializeCookie(name, key, { isSecure, isHttpOnly: true, sameSite: 'None', maxAgeSeconds: null }),
  };
}
