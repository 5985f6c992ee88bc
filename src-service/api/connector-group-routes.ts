import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { APPLICATION_COLUMNS } from '../store/application-records.ts';
import { CONNECTOR_GROUP_COLUMNS } from '../store/connector-group-records.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { itemQuerystringSchema, selectFields } from './list-parameters.ts';
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
    read: (query) => store.connectorGroups.page(query),
  });

  server.post(PATH, { schema: { body: groupBodySchema } }, async (request, reply) => {
    const group = await store.connectorGroups.create(randomId(), request.body.name, changeContext(request));
    return reply.code(201).header('Location', `${addresses.apiBaseUrl}${PATH}/${group.id}`).send(group);
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request) => {
    const { id } = request.params;
    const group = await store.connectorGroups.find(id);
    if (group === null) throw new PosternError('API_NOT_FOUND', { message: `There is no connector group ${id}.` });
    return selectFields(group, request.query.$select);
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
