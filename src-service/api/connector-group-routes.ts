import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ConnectorGroup } from '../../src-shared/publishing/application.ts';
import { APPLICATION_COLUMNS } from '../store/application-records.ts';
import { CONNECTOR_GROUP_COLUMNS } from '../store/connector-group-records.ts';
import { type ApiOptions, type ApiServer, changeContext, sendCreated } from './api-context.ts';
import { sendItem, withTag } from './entity-tags.ts';
import { itemQuerystringSchema } from './list-parameters.ts';
import { registerList } from './list-route.ts';

const PATH = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups';
const params = z.object({ id: z.string() });
const groupBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  connectorGroupType: z.literal('applicationProxy').optional(),
});

/** `…/connectorGroups` (B67). */
export function registerConnectorGroupRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, randomId } = options;

  registerList(server, options, {
    path: PATH,
    columns: CONNECTOR_GROUP_COLUMNS,
    read: async (query) => {
      const page = await store.connectorGroups.page(query);
      return { ...page, items: page.items.map((group) => withTag('connectorGroup', group, group)) };
    },
  });

  const creation = { schema: { body: groupBodySchema }, config: { isCreation: true } };
  server.post(PATH, creation, async (request, reply) => {
    const { name } = request.body;
    const group: ConnectorGroup = { id: randomId(), name, isDefault: false, connectorGroupType: 'applicationProxy' };
    const body = withTag('connectorGroup', group, group);
    const answer = { location: `${addresses.apiBaseUrl}${PATH}/${group.id}`, body };
    await store.connectorGroups.create(group.id, name, changeContext(request, answer));
    return sendCreated(reply, answer);
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request, reply) => {
    const { id } = request.params;
    const group = await store.connectorGroups.find(id);
    if (group === null)
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('connectorGroupUnknown', { id }) });
    return sendItem(request, reply, withTag('connectorGroup', group, group));
  });

  server.patch(`${PATH}/:id`, { schema: { params, body: groupBodySchema } }, async (request, reply) => {
    await store.connectorGroups.rename(request.params.id, request.body.name, changeContext(request));
    return reply.code(204).send();
  });

  server.delete(`${PATH}/:id`, { schema: { params } }, async (request, reply) => {
    await store.connectorGroups.remove(request.params.id, changeContext(request));
    return reply.code(204).send();
  });

  registerList(server, options, {
    path: `${PATH}/:id/applications`,
    columns: APPLICATION_COLUMNS,
    read: (query, id) => {
      const inGroup = { field: 'connectorGroupId', operator: 'eq', value: id } as const;
      return store.applications.page({ ...query, conditions: [...query.conditions, inGroup] });
    },
  });
}
