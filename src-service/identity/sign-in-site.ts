import type { ServiceAddresses } from '../config/service-addresses.ts';
import { type CookieAttributes, ownCookieName } from './cookies.ts';

/** A host on which a session cookie is set, and how. */
export interface SignInSite {
  /** Scheme, host and port, as users see them. */
  readonly origin: string;
  readonly hostname: string;
  readonly cookieName: string;
  readonly cookie: Omit<CookieAttributes, 'maxAgeSeconds'>;
  /** Whether the cookie outlives the browser, until the session ends. */
  readonly isPersistent: boolean;
}

/** The site of the service itself, whose session saves the sign-in at the second application. */
export function serviceSite(addresses: ServiceAddresses): SignInSite {
  const isSecure = addresses.scheme === 'https';
  return {
    origin: addresses.origin,
    hostname: addresses.hostname,
    cookieName: ownCookieName('sso', isSecure),
    cookie: { isSecure, isHttpOnly: true, sameSite: 'Lax' },
    isPersistent: false,
  };
}
