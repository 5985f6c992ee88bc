import type { IdentityProvider } from '../../src-shared/publishing/identity-provider.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import { pageOf } from '../store/list-in-memory.ts';
import type { ListColumns } from '../store/list-query.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { registerList } from './list-route.ts';

const PROVIDER_COLUMNS = {
  id: { column: 'id', kind: 'id' },
  displayName: { column: 'displayName', kind: 'text' },
  issuer: { column: 'issuer', kind: 'id' },
  isDefault: { column: 'isDefault', kind: 'boolean' },
} as const satisfies ListColumns;

/** `/identity/identityProviders`: who may be named as an application's identity provider. Set up in the configuration alone. */
export function registerIdentityProviderRoutes(server: ApiServer, options: ApiOptions): void {
  const providers = listIdentityProviders(options.configuration).map(
    ({ id, displayName, issuer }, index): IdentityProvider => ({ id, displayName, issuer, isDefault: index === 0 }),
  );
  registerList(server, options, {
    path: '/identity/identityProviders',
    columns: PROVIDER_COLUMNS,
    defaultOrder: 'displayName',
    read: async (query) => pageOf(providers, query, PROVIDER_COLUMNS, ({ id }) => id),
  });
}
