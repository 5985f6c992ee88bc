import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type EnrolmentToken, enrolmentTokenCreateSchema } from '../../src-shared/publishing/enrolment-token.ts';
import {
  ENROLMENT_TOKEN_COLUMNS,
  type EnrolmentTokenRecord,
  hashEnrolmentToken,
} from '../store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import { type ApiOptions, type ApiServer, changeContext, followUpContext, sendCreated } from './api-context.ts';
import { type Tagged, sendItem, withTag } from './entity-tags.ts';
import { itemQuerystringSchema } from './list-parameters.ts';
import { registerList } from './list-route.ts';

const PATH = '/postern/enrolmentTokens';
const TOKEN_BYTES = 32;
const params = z.object({ id: z.string() });

/**
 * `/postern/enrolmentTokens`: rights to enrol connectors unattended (B61). Which connectors came by one is told by
 * `…/connectors?$filter=enrolmentTokenId eq '{id}'`. Taking one back ends no connector that has enrolled with it.
 */
export function registerEnrolmentTokenRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, clock, randomId } = options;
  const toAnswer = (record: EnrolmentTokenRecord): Tagged<EnrolmentToken> =>
    withTag('enrolmentToken', record, describe(record, clock()));

  registerList(server, options, {
    path: PATH,
    columns: ENROLMENT_TOKEN_COLUMNS,
    read: async (query) => {
      const page = await store.enrolmentTokens.page(query);
      return { ...page, items: page.items.map(toAnswer) };
    },
  });

  server.get(`${PATH}/:id`, { schema: { params, querystring: itemQuerystringSchema } }, async (request, reply) =>
    sendItem(request, reply, toAnswer(await store.enrolmentTokens.require(request.params.id))),
  );

  // The token is in this answer and nowhere else, ever.
  const creation = { schema: { body: enrolmentTokenCreateSchema }, config: { isCreation: true } };
  server.post(PATH, creation, async (request, reply) => {
    const { displayName, expiresInSeconds, maxUses, connectorGroupId } = request.body;
    const token = `pet_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const createdAtMs = clock();
    const record: EnrolmentTokenRecord = {
      id: randomId(),
      displayName: displayName ?? null,
      connectorGroupId: connectorGroupId ?? DEFAULT_CONNECTOR_GROUP_ID,
      maxUses,
      uses: 0,
      createdAtMs,
      expiresAtMs: createdAtMs + expiresInSeconds * 1000,
      createdBy: followUpContext(request).actor.displayName,
    };
    const answer = { location: null, body: { ...toAnswer(record), token } };
    await store.enrolmentTokens.create(record, hashEnrolmentToken(token), changeContext(request, answer));
    return sendCreated(reply, answer);
  });

  server.delete(`${PATH}/:id`, { schema: { params } }, async (request, reply) => {
    await store.enrolmentTokens.remove(request.params.id, changeContext(request));
    return reply.code(204).send();
  });
}

function describe(record: EnrolmentTokenRecord, nowMs: number): EnrolmentToken {
  const { createdAtMs, expiresAtMs, uses, maxUses, ...rest } = record;
  return {
    ...rest,
    uses,
    maxUses,
    status: uses >= maxUses ? 'used' : expiresAtMs <= nowMs ? 'expired' : 'active',
    createdDateTime: new Date(createdAtMs).toISOString(),
    expiryDateTime: new Date(expiresAtMs).toISOString(),
  };
}
