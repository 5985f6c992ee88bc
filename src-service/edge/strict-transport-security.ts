import { isLoopbackHost } from '../config/loopback-host.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { PublishedApplication } from './published-application.ts';

const NO_HEADERS: readonly string[] = [];

/** Of the service's own hosts, a year. A browser that holds it for this machine could not reach other programs of a developer. */
export function ownStrictTransportSecurity({ scheme, hostname }: ServiceAddresses): readonly string[] {
  if (scheme !== 'https' || isLoopbackHost(hostname)) return NO_HEADERS;
  return ['strict-transport-security', 'max-age=31536000'];
}

/** The header that keeps browsers to https on an application's host (RFC 6797 section 7.2), where it wants one (B31). */
export function strictTransportSecurity({ application, isHttps }: PublishedApplication): readonly string[] {
  const { strictTransportSecurityMaxAgeSeconds: maxAge } = application.onPremisesPublishing;
  return maxAge === null || !isHttps ? NO_HEADERS : ['strict-transport-security', `max-age=${maxAge}`];
}
