import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type ListCondition, type ListFilter, mapConditions } from '../store/list-filter.ts';
import type { SessionRecord } from '../store/session-record.ts';
import { SESSION_COLUMNS } from '../store/session-records.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { itemQuerystringSchema, selectFields } from './list-parameters.ts';
import { registerList } from './list-route.ts';

const PATH = '/postern/sessions';
const params = z.object({ id: z.string().max(256) });

/** A session as administrators see it: nothing in it opens anything. */
interface SessionView {
  readonly id: string;
  readonly userId: string;
  readonly userDisplayName: string;
  readonly userPrincipalName: string;
  readonly identityProviderId: string;
  readonly deviceDisplayName: string;
  readonly userAgent: string;
  readonly ipAddress: string;
  readonly createdDateTime: string;
  /** As far as it was written down: up to two minutes late. */
  readonly lastUsedDateTime: string;
  readonly expirationDateTime: string;
  /** Applications that were opened with it. */
  readonly applicationIds: readonly string[];
}

/** `/postern/sessions` and Graph's `revokeSignInSessions`: who is signed in, and out with them (B22). */
export function registerSessionRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses } = options;

  const view = async (records: readonly SessionRecord[]): Promise<SessionView[]> => {
    const applications = await store.sessions.applicationsOf(records.map(({ id }) => id));
    return records.map((record) => toView(record, applications.get(record.id) ?? []));
  };

  registerList(server, options, {
    path: PATH,
    columns: SESSION_COLUMNS,
    computed: { applicationId: { column: 'applicationId', kind: 'id' } },
    read: async (query) => {
      const conditions = query.conditions.map((filter) => mapConditions(filter, byApplication));
      const page = await store.sessions.page({ ...query, conditions });
      return { ...page, items: await view(page.items) };
    },
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request) => {
    const { id } = request.params;
    const record = await store.sessions.find(id);
    const [found] = record === null ? [] : await view([record]);
    if (found === undefined) throw new PosternError('API_NOT_FOUND', { message: `There is no session ${id}.` });
    return selectFields(found, request.query.$select);
  });

  server.delete(`${PATH}/:id`, { schema: { params } }, async (request, reply) => {
    await store.sessions.revoke(request.params.id, changeContext(request));
    return reply.code(204).send();
  });

  // Ends what runs and refuses access tokens that were issued until now. Harmless for somebody who is not signed in.
  server.post('/users/:id/revokeSignInSessions', { schema: { params } }, async (request) => {
    await store.userRevocations.revoke(request.params.id, changeContext(request));
    return { '@odata.context': `${addresses.apiBaseUrl}/$metadata#Edm.Boolean`, value: true };
  });
}

/** `applicationId eq 'ID'`, short for `applicationIds/any(a:a eq 'ID')`. */
function byApplication(condition: ListCondition): ListFilter {
  return condition.field === 'applicationId'
    ? { collection: 'applicationIds', where: { ...condition, field: '' } }
    : condition;
}

function toView(record: SessionRecord, applicationIds: readonly string[]): SessionView {
  return {
    id: record.id,
    userId: record.userId,
    userDisplayName: record.displayName,
    userPrincipalName: record.userPrincipalName,
    identityProviderId: record.providerId,
    deviceDisplayName: record.deviceDisplayName,
    userAgent: record.userAgent,
    ipAddress: record.remoteAddress,
    createdDateTime: new Date(record.createdAtMs).toISOString(),
    lastUsedDateTime: new Date(record.lastUsedAtMs).toISOString(),
    expirationDateTime: new Date(record.expiresAtMs).toISOString(),
    applicationIds,
  };
}
