import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { AUDIT_COLUMNS } from '../store/audit-records.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { DIRECTORY_AUDIT_FIELDS, toAuditFilter } from './directory-audit-filter.ts';
import { toDirectoryAudit } from './directory-audit.ts';
import { itemQuerystringSchema, selectFields } from './list-parameters.ts';
import { registerList } from './list-route.ts';

const PATH = '/auditLogs/directoryAudits';
const params = z.object({ id: z.string() });

/** `/auditLogs/directoryAudits`: the audit as Graph shows it, newest first. `/postern/audit` has the same records as they are kept. */
export function registerDirectoryAuditRoutes(server: ApiServer, options: ApiOptions): void {
  const { store } = options;
  const { id, sequence, activityDateTime, activityDisplayName } = AUDIT_COLUMNS;

  registerList(server, options, {
    path: PATH,
    columns: { id, sequence, activityDateTime, activityDisplayName },
    computed: DIRECTORY_AUDIT_FIELDS,
    defaultOrder: 'sequence desc',
    read: async (query) => {
      const page = await store.audit.page({ ...query, conditions: query.conditions.map(toAuditFilter) });
      return { ...page, items: page.items.map(toDirectoryAudit) };
    },
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request) => {
    const record = await store.audit.find(request.params.id);
    if (record === null) {
      throw new PosternError('API_NOT_FOUND', { message: `There is no audit record ${request.params.id}.` });
    }
    return selectFields(toDirectoryAudit(record), request.query.$select);
  });
}
