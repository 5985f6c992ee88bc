import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import type { SessionView } from '../../src-shared/publishing/session.ts';
import { type ListCondition, type ListFilter, mapConditions } from '../store/list-filter.ts';
import type { SessionRecord } from '../store/session-record.ts';
import type { KnownUser } from '../store/user-records.ts';
import { SESSION_COLUMNS } from '../store/session-records.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { itemQuerystringSchema, selectFields } from './list-parameters.ts';
import { registerList } from './list-route.ts';

const PATH = '/postern/sessions';
const params = z.object({ id: z.string().max(256) });

/** `/postern/sessions` and Graph's `revokeSignInSessions`: who is signed in, and out with them (B22). */
export function registerSessionRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, configuration } = options;
  const providerIds = listIdentityProviders(configuration).map(({ id }) => id);

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
    if (found === undefined) throw new PosternError('API_NOT_FOUND', { reason: makeReason('sessionUnknown', { id }) });
    return selectFields(found, request.query.$select);
  });

  server.delete(`${PATH}/:id`, { schema: { params } }, async (request, reply) => {
    await store.sessions.revoke(request.params.id, changeContext(request));
    return reply.code(204).send();
  });

  // Ends what runs and refuses access tokens that were issued until now. Harmless for somebody who is not signed in.
  const revokeSchema = { params, querystring: z.strictObject({ identityProviderId: z.string().max(64).optional() }) };
  server.post('/users/:id/revokeSignInSessions', { schema: revokeSchema }, async (request) => {
    const { id: userId } = request.params;
    const { identityProviderId } = request.query;
    const known = identityProviderId === undefined ? await store.users.findAll(userId) : [];
    const providerId = identityProviderId ?? providerOf(userId, known, providerIds);
    await store.userRevocations.revoke({ userId, providerId }, changeContext(request));
    return { '@odata.context': `${addresses.apiBaseUrl}/$metadata#Edm.Boolean`, value: true };
  });
}

/**
 * Whose user is meant where nobody says: Graph's own clients can't. That of the default provider, unless another one alone knows the id.
 * @throws PosternError `API_INVALID` where several others do
 */
function providerOf(userId: string, known: readonly KnownUser[], [defaultId = '']: readonly string[]): string {
  const ids = known.map(({ identityProviderId }) => identityProviderId);
  const [first = defaultId, ...others] = ids;
  if (others.length === 0) return first;
  if (ids.includes(defaultId)) return defaultId;
  throw new PosternError('API_INVALID', {
    message: `identityProviderId: several providers know ${userId}, and the default one is not among them. Name one of ${ids.join(', ')}.`,
    target: 'identityProviderId',
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
