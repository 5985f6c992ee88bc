import type { TrialPorts } from './trial-ports.ts';

/** Every address of a trial, none with a slash at its end unless said. */
export interface TrialAddresses {
  readonly scheme: 'http' | 'https';
  /** As users and connectors see it. */
  readonly serviceUrl: string;
  readonly apiBaseUrl: string;
  readonly applicationsDomain: string;
  readonly providerOrigin: string;
  readonly authority: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** Inside and outside address of the intranet; both end in `/`, as the admin API wants them. */
  readonly intranetUrl: string;
  readonly externalUrl: string;
}

const APPLICATIONS_DOMAIN = 'postern.localhost';

/** The addresses that follow from the ports. The intranet speaks plain http, as many a backend does. */
export function trialAddresses(ports: TrialPorts, isTls: boolean, tenantId: string): TrialAddresses {
  const scheme = isTls ? 'https' : 'http';
  const serviceUrl = `${scheme}://localhost:${ports.service}`;
  const providerOrigin = `${scheme}://127.0.0.1:${ports.identityProvider}`;
  const authority = `${providerOrigin}/${tenantId}`;
  return {
    scheme,
    serviceUrl,
    apiBaseUrl: `${serviceUrl}/graph/beta`,
    applicationsDomain: APPLICATIONS_DOMAIN,
    providerOrigin,
    authority,
    issuer: `${authority}/v2.0`,
    tokenEndpoint: `${authority}/oauth2/v2.0/token`,
    intranetUrl: `http://127.0.0.1:${ports.intranet}/`,
    externalUrl: `${scheme}://intranet.${APPLICATIONS_DOMAIN}:${ports.service}/`,
  };
}
