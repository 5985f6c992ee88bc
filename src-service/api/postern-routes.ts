import type { Caller } from '../../src-shared/publishing/administrator.ts';
import { AUDIT_COLUMNS } from '../store/audit-records.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { listAnswer, listQuerystringSchema, readListQuery } from './list-parameters.ts';

/** `/postern/…`: what Graph has no word for. */
export function registerPosternRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses } = options;

  server.get('/postern/me', async ({ administrator }): Promise<Caller> => {
    if (administrator === null || administrator.access === 'none') throw new TypeError('The gate let nobody in.');
    const { id, displayName, kind, clientId, roles, access } = administrator;
    return { id, displayName, kind, clientId, roles: [...roles], access };
  });

  // Newest first where the caller asks for no order.
  server.get('/postern/audit', { schema: { querystring: listQuerystringSchema } }, async ({ query }) => {
    const ordered = { ...query, $orderby: query.$orderby ?? 'sequence desc' };
    const page = await store.audit.page(readListQuery(ordered, AUDIT_COLUMNS));
    return listAnswer(page, query, addresses.apiBaseUrl, '/postern/audit');
  });
}
