import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Connector } from '../../src-shared/publishing/application.ts';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import { CONNECTOR_COLUMNS, type ConnectorRecord } from '../store/connector-records.ts';
import type { ListPage } from '../store/list-query.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import {
  type ListQuerystring,
  listAnswer,
  listQuerystringSchema,
  readListQuery,
  selectFields,
} from './list-parameters.ts';
import { readReference, referenceSchema } from './references.ts';

const PATH = '/onPremisesPublishingProfiles/applicationProxy/connectors';
const MEMBERS_PATH = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups';
const params = z.object({ id: z.string() });

/** `…/connectors`: read, move, remove. They come to be by enrolment alone. */
export function registerConnectorRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, liveConnectors, clock } = options;

  /** `status` lives in the relay, not in the store: a filter by it is applied to all, on one page. */
  const readConnectors = async (query: ListQuerystring, connectorGroupId?: string): Promise<ListPage<Connector>> => {
    const asked = readListQuery(query, CONNECTOR_COLUMNS, ['status']);
    const status = asked.conditions.filter((condition) => condition.field === 'status');
    const others = asked.conditions.filter((condition) => condition.field !== 'status');
    const inGroup = connectorGroupId && { field: 'connectorGroupId', operator: 'eq' as const, value: connectorGroupId };
    const conditions = inGroup ? [...others, inGroup] : others;
    const isByStatus = status.length > 0;
    const page = await store.connectors.page({ ...asked, conditions, ...(isByStatus && { top: ALL, after: null }) });
    const presences = new Map(liveConnectors().map((presence) => [presence.connectorId, presence]));
    const items = page.items.map((record) => toConnector(record, presences.get(record.id), clock()));
    const isMeant = (connector: Connector): boolean => status.every(({ value }) => value === connector.status);
    return { items: items.filter(isMeant), next: page.next };
  };

  server.get(PATH, { schema: { querystring: listQuerystringSchema } }, async ({ query }) =>
    listAnswer(await readConnectors(query), query, addresses.apiBaseUrl, PATH),
  );

  server.get(
    `${MEMBERS_PATH}/:id/members`,
    { schema: { params, querystring: listQuerystringSchema } },
    async ({ query, params: { id } }) => {
      const page = await readConnectors(query, id);
      return listAnswer(page, query, addresses.apiBaseUrl, `${MEMBERS_PATH}/${encodeURIComponent(id)}/members`);
    },
  );

  server.get(`${PATH}/:id`, { schema: { params, querystring: listQuerystringSchema } }, async (request) => {
    const record = await require(request.params.id);
    const presence = liveConnectors().find((each) => each.connectorId === record.id);
    return selectFields(toConnector(record, presence, clock()), request.query.$select);
  });

  // The relay hears of the removal from the store and ends the connector's tunnels.
  server.delete(`${PATH}/:id`, { schema: { params } }, async (request, reply) => {
    await store.connectors.remove(request.params.id, changeContext(request));
    return reply.code(204).send();
  });

  server.get(`${PATH}/:id/memberOf`, { schema: { params } }, async (request) => {
    const { connectorGroupId } = await require(request.params.id);
    const group = await store.connectorGroups.find(connectorGroupId);
    return { value: group === null ? [] : [group] };
  });

  server.post(`${PATH}/:id/memberOf/$ref`, { schema: { params, body: referenceSchema } }, async (request, reply) => {
    const connectorGroupId = readReference(request.body, 'connectorGroups');
    await store.connectors.move(request.params.id, connectorGroupId, changeContext(request));
    return reply.code(204).send();
  });

  async function require(id: string): Promise<ConnectorRecord> {
    const record = await store.connectors.find(id);
    if (record === null) throw new PosternError('API_NOT_FOUND', { message: `There is no connector ${id}.` });
    return record;
  }
}

const ALL = Number.MAX_SAFE_INTEGER - 1;

function toConnector(record: ConnectorRecord, presence: ConnectorPresence | undefined, nowMs: number): Connector {
  const tunnels = presence?.tunnels ?? 0;
  const lastSeenMs = tunnels > 0 ? nowMs : record.lastSeenAtMs;
  return {
    id: record.id,
    machineName: presence?.machineName ?? record.machineName,
    externalIp: presence?.remoteAddress ?? record.externalIp,
    status: tunnels > 0 ? 'active' : 'inactive',
    displayName: record.displayName,
    version: presence?.connectorVersion ?? record.version,
    connectorGroupId: record.connectorGroupId,
    enrolmentTokenId: record.enrolmentTokenId,
    tunnels,
    canaryMs: presence?.canaryMs ?? null,
    certificateExpiryDateTime: new Date(record.certificateExpiresAtMs).toISOString(),
    createdDateTime: new Date(record.createdAtMs).toISOString(),
    lastSeenDateTime: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
  };
}
