import { writeFileSync } from 'node:fs';

import { stringify } from 'yaml';

import type { ProviderConfiguration } from '../identity-provider/provider-configuration.ts';
import type { TrialCertificates } from './local-authority.ts';
import type { TrialAddresses } from './trial-addresses.ts';
import type { TrialPorts } from './trial-ports.ts';
import type { TrialPaths, TrialState } from './trial-state.ts';

export interface ConfigurationInput {
  readonly paths: TrialPaths;
  readonly state: TrialState;
  readonly ports: TrialPorts;
  readonly addresses: TrialAddresses;
  /** Null without `--tls`. */
  readonly certificates: TrialCertificates | null;
}

/** Writes what `identity-provider/main.ts` reads. */
export function writeProviderConfiguration({ paths, state, ports, addresses, certificates }: ConfigurationInput): void {
  const configuration: ProviderConfiguration = {
    listen: { host: '127.0.0.1', port: ports.identityProvider },
    ...(certificates && {
      tls: { certificateFile: certificates.certificateFile, keyFile: certificates.keyFile },
      caFile: certificates.caFile,
    }),
    stateFile: paths.providerState,
    tenantId: state.tenantId,
    tenantName: 'Contoso',
    apiId: state.apiId,
    users: state.users,
    issuesRefreshTokens: true,
    rotatesRefreshTokens: false,
    repeatsAuthentication: true,
    lifetimes: { apiTokenSeconds: 3600, deviceCodeSeconds: 900 },
    clients: {
      ...state.clients,
      service: { ...state.clients.service, serviceUrls: [addresses.serviceUrl] },
    },
  };
  writeFileSync(paths.providerFile, JSON.stringify(configuration, null, 2), { mode: 0o600 });
}

/**
 * Writes the configuration of the service, as an operator would with Entra ID. Only `authorityMetadata` is the trial's
 * own: MSAL takes no plain-http authority, so without TLS it is told the endpoints instead of asking for them.
 */
export function writeServiceConfiguration(input: ConfigurationInput, discoveryDocument: string): void {
  const { paths, state, ports, addresses, certificates } = input;
  const configuration = {
    version: 1,
    displayName: 'Postern (trial)',
    listen: { host: '127.0.0.1', port: ports.service },
    publicUrl: addresses.serviceUrl,
    applicationsDomain: addresses.applicationsDomain,
    dataFolder: paths.serviceData,
    ...(certificates && {
      tls: { certificateFile: certificates.certificateFile, keyFile: certificates.keyFile },
    }),
    operations: { host: '127.0.0.1', port: ports.operations },
    identityProvider: {
      issuer: addresses.issuer,
      clientId: state.clients.service.clientId,
      clientSecret: state.clients.service.clientSecret,
      ...(certificates && { caFile: certificates.caFile }),
    },
    administrators: {
      mode: 'entra',
      authority: `https://127.0.0.1:${ports.identityProvider}/${state.tenantId}`,
      clientId: state.clients.desktop.clientId,
      apiAudience: state.apiId,
      apiScope: `api://${state.apiId}/access_as_user`,
      knownAuthorities: [`127.0.0.1:${ports.identityProvider}`],
      ...(certificates ? {} : { authorityMetadata: discoveryDocument }),
      issuer: addresses.issuer,
    },
    directory: {
      users: state.users.map(({ id, displayName, userPrincipalName }) => ({ id, displayName, userPrincipalName })),
    },
  };
  writeFileSync(paths.serviceFile, stringify(configuration), { mode: 0o600 });
}
