import { UNNAMED_PROVIDER_ID } from '../config/identity-provider-configuration.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import { type CookieAttributes, ownCookieName } from './cookies.ts';

/** A host on which a session cookie is set, and how. */
export interface SignInSite {
  /** Scheme, host and port, as users see them. */
  readonly origin: string;
  readonly hostname: string;
  /** Whose sessions the cookie names. */
  readonly providerId: string;
  readonly cookieName: string;
  readonly cookie: Omit<CookieAttributes, 'maxAgeSeconds'>;
  /** Whether the cookie outlives the browser, until the session ends. */
  readonly isPersistent: boolean;
}

/**
 * The site of the service itself, whose session saves the sign-in at the second application.
 * @param providerId the default provider
 */
export function serviceSite(addresses: ServiceAddresses, providerId: string): SignInSite {
  const isSecure = addresses.scheme === 'https';
  return {
    origin: addresses.origin,
    hostname: addresses.hostname,
    providerId,
    cookieName: sessionCookieName('sso', providerId, isSecure),
    cookie: { isSecure, isHttpOnly: true, sameSite: 'Lax' },
    isPersistent: false,
  };
}

/** The service's site with the cookie of another provider's sessions: a browser may be signed in at several at once. */
export function siteOfProvider(service: SignInSite, providerId: string): SignInSite {
  return { ...service, providerId, cookieName: sessionCookieName('sso', providerId, service.cookie.isSecure) };
}

/** The name of a session cookie. That of the provider without an id of its own is the one that there was before others. */
export function sessionCookieName(kind: 'session' | 'sso', providerId: string, isSecure: boolean): string {
  return ownCookieName(providerId === UNNAMED_PROVIDER_ID ? kind : `${kind}-${providerId}`, isSecure);
}
