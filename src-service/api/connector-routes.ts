import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type Connector, connectorPatchSchema } from '../../src-shared/publishing/application.ts';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import { CONNECTOR_COLUMNS, type ConnectorRecord } from '../store/connector-records.ts';
import { type ListCondition, type ListFilter, mapConditions } from '../store/list-filter.ts';
import type { ListPage, ListQuery } from '../store/list-query.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { type Tagged, sendItem, withTag } from './entity-tags.ts';
import { itemQuerystringSchema } from './list-parameters.ts';
import { registerList } from './list-route.ts';
import { invalidOption } from './invalid-option.ts';
import { readReference, referenceSchema } from './references.ts';

const PATH = '/onPremisesPublishingProfiles/applicationProxy/connectors';
const MEMBERS_PATH = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups';
const params = z.object({ id: z.string() });
const STATUS = { status: { column: 'status', kind: 'id' } } as const;

/** `…/connectors`: read, rename, drain, move, revoke, remove. They come to be by enrolment alone. */
export function registerConnectorRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, liveConnectors, clock } = options;

  const readConnectors = async (query: ListQuery, connectorGroupId?: string): Promise<ListPage<Connector>> => {
    const presences = new Map(liveConnectors().map((presence) => [presence.connectorId, presence]));
    const active = [...presences].flatMap(([id, { tunnels }]) => (tunnels > 0 ? [id] : []));
    const conditions: ListFilter[] = query.conditions.map((filter) =>
      mapConditions(filter, (condition) => (condition.field === 'status' ? byStatus(condition, active) : condition)),
    );
    if (connectorGroupId !== undefined) {
      conditions.push({ field: 'connectorGroupId', operator: 'eq', value: connectorGroupId });
    }
    const page = await store.connectors.page({ ...query, conditions });
    return { ...page, items: page.items.map((record) => toConnector(record, presences.get(record.id), clock())) };
  };

  registerList(server, options, {
    path: PATH,
    columns: CONNECTOR_COLUMNS,
    computed: STATUS,
    read: (query) => readConnectors(query),
  });
  registerList(server, options, {
    path: `${MEMBERS_PATH}/:id/members`,
    columns: CONNECTOR_COLUMNS,
    computed: STATUS,
    read: readConnectors,
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request, reply) => {
    const record = await require(request.params.id);
    const presence = liveConnectors().find((each) => each.connectorId === record.id);
    return sendItem(request, reply, toConnector(record, presence, clock()));
  });

  const change = { schema: { params, body: connectorPatchSchema } };
  server.patch(`${PATH}/:id`, change, async (request, reply) => {
    await store.connectors.update(request.params.id, request.body, changeContext(request));
    return reply.code(204).send();
  });

  // Graph knows removing alone: what is revoked stays in the list, so that it can be seen that it was.
  server.post('/postern/connectors/:id/revoke', { schema: { params } }, async (request, reply) => {
    await store.connectors.revoke(request.params.id, changeContext(request));
    return reply.code(204).send();
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
    if (record === null) throw new PosternError('API_NOT_FOUND', { reason: makeReason('connectorUnknown', { id }) });
    return record;
  }
}

/** A condition on the status as one on ids: who stands is known to the relay, not to the store. */
function byStatus(condition: ListCondition, active: readonly string[]): ListFilter {
  const isActive: ListFilter = { field: 'id', operator: 'in', values: active };
  if (condition.operator === 'in') {
    const wanted = condition.values;
    return {
      any: [
        ...(wanted.includes('active') ? [isActive] : []),
        ...(wanted.includes('inactive') ? [{ not: isActive }] : []),
      ],
    };
  }
  const { operator, value } = condition;
  if ((operator !== 'eq' && operator !== 'ne') || (value !== 'active' && value !== 'inactive')) {
    throw invalidOption('$filter', "status can be asked for as status eq 'active' or 'inactive', and by ne and in");
  }
  return (value === 'active') === (operator === 'eq') ? isActive : { not: isActive };
}

function toConnector(
  record: ConnectorRecord,
  presence: ConnectorPresence | undefined,
  nowMs: number,
): Tagged<Connector> {
  const tunnels = presence?.tunnels ?? 0;
  const lastSeenMs = tunnels > 0 ? nowMs : record.lastSeenAtMs;
  return withTag('connector', record, {
    id: record.id,
    machineName: presence?.machineName ?? record.machineName,
    externalIp: presence?.remoteAddress ?? record.externalIp,
    status: tunnels > 0 ? 'active' : 'inactive',
    displayName: record.displayName,
    version: presence?.connectorVersion ?? record.version,
    operatingSystem: presence?.operatingSystem ?? record.operatingSystem,
    connectorGroupId: record.connectorGroupId,
    enrolmentTokenId: record.enrolmentTokenId,
    tunnels,
    outstandingRequests: presence?.openStreams ?? 0,
    requestsPerSecond: presence?.requestsPerSecond ?? 0,
    isCoolingDown: presence?.isCoolingDown ?? false,
    isDraining: record.isDraining,
    revokedDateTime: record.revokedAtMs === null ? null : new Date(record.revokedAtMs).toISOString(),
    canaryMs: presence?.canaryMs ?? null,
    certificateExpiryDateTime: new Date(record.certificateExpiresAtMs).toISOString(),
    createdDateTime: new Date(record.createdAtMs).toISOString(),
    lastSeenDateTime: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
    configurationVersion: presence?.configurationVersion ?? null,
    configurationProblem: presence?.configurationProblem ?? null,
    rejectedApplications: [...(presence?.rejectedApplications ?? [])],
  });
}
