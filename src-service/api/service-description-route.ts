import { SERVICE_DESCRIPTION_PATH, type ServiceDescription } from '../../src-shared/connector/service-description.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';

/** `GET /.well-known/postern`: what the service is and how its administrators sign in. Public. */
export function registerServiceDescriptionRoute(server: ApiServer, options: ApiOptions): void {
  const { configuration, addresses, serviceVersion } = options;
  const { mode, authority, clientId, apiScope, apiResource, knownAuthorities, authorityMetadata } =
    configuration.administrators;
  const description: ServiceDescription = {
    service: 'postern',
    version: serviceVersion,
    displayName: configuration.displayName,
    apiBaseUrl: addresses.apiBaseUrl,
    applicationsDomain: configuration.applicationsDomain,
    applicationsScheme: addresses.scheme,
    applicationsPort: addresses.port,
    administratorSignIn: {
      mode,
      authority,
      clientId,
      apiScope,
      ...(apiResource !== undefined && { apiResource }),
      knownAuthorities,
      ...(authorityMetadata !== undefined && { authorityMetadata }),
    },
  };
  server.get(SERVICE_DESCRIPTION_PATH, () => description);
}
