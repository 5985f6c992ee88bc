import type { Caller } from '../../src-shared/publishing/administrator.ts';
import { AUDIT_COLUMNS } from '../store/audit-records.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { registerList } from './list-route.ts';

/** `/postern/…`: what Graph has no word for. */
export function registerPosternRoutes(server: ApiServer, options: ApiOptions): void {
  const { store } = options;

  server.get('/postern/me', async ({ administrator }): Promise<Caller> => {
    if (administrator === null || administrator.access === 'none') throw new TypeError('The gate let nobody in.');
    const { id, displayName, kind, clientId, roles, access } = administrator;
    return { id, displayName, kind, clientId, roles: [...roles], access };
  });

  registerList(server, options, {
    path: '/postern/audit',
    columns: AUDIT_COLUMNS,
    defaultOrder: 'sequence desc',
    read: (query) => store.audit.page(query),
  });
}
