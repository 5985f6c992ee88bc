import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AUDIT_COLUMNS } from '../store/audit-records.ts';
import {
  ENROLMENT_TOKEN_COLUMNS,
  type EnrolmentTokenRecord,
  hashEnrolmentToken,
} from '../store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { listAnswer, listQuerystringSchema, readListQuery } from './list-parameters.ts';

const MAX_LIFETIME_SECONDS = 30 * 86_400;
const TOKEN_BYTES = 32;

const tokenBodySchema = z.strictObject({
  expiresInSeconds: z.number().int().min(1).max(MAX_LIFETIME_SECONDS).default(3600),
  maxUses: z.number().int().min(1).max(10_000).default(1),
  connectorGroupId: z.string().max(128).default(DEFAULT_CONNECTOR_GROUP_ID),
});

/** `/postern/…`: what Graph has no word for. */
export function registerPosternRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, clock, randomId } = options;

  server.get('/postern/enrolmentTokens', { schema: { querystring: listQuerystringSchema } }, async ({ query }) => {
    const page = await store.enrolmentTokens.page(readListQuery(query, ENROLMENT_TOKEN_COLUMNS));
    const items = page.items.map(toAnswer);
    return listAnswer({ ...page, items }, query, addresses.apiBaseUrl, '/postern/enrolmentTokens');
  });

  // The token is in this answer and nowhere else, ever.
  server.post('/postern/enrolmentTokens', { schema: { body: tokenBodySchema } }, async (request, reply) => {
    const { expiresInSeconds, maxUses, connectorGroupId } = request.body;
    const context = changeContext(request);
    const token = `pet_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const createdAtMs = clock();
    const record = await store.enrolmentTokens.create(
      {
        id: randomId(),
        connectorGroupId,
        maxUses,
        uses: 0,
        createdAtMs,
        expiresAtMs: createdAtMs + expiresInSeconds * 1000,
        createdBy: context.actor.displayName,
      },
      hashEnrolmentToken(token),
      context,
    );
    return reply.code(201).send({ ...toAnswer(record), token });
  });

  server.delete(
    '/postern/enrolmentTokens/:id',
    { schema: { params: z.object({ id: z.string() }) } },
    async (request, reply) => {
      await store.enrolmentTokens.remove(request.params.id, changeContext(request));
      return reply.code(204).send();
    },
  );

  // Newest first where the caller asks for no order.
  server.get('/postern/audit', { schema: { querystring: listQuerystringSchema } }, async ({ query }) => {
    const ordered = { ...query, $orderby: query.$orderby ?? 'sequence desc' };
    const page = await store.audit.page(readListQuery(ordered, AUDIT_COLUMNS));
    return listAnswer(page, query, addresses.apiBaseUrl, '/postern/audit');
  });
}

function toAnswer(record: EnrolmentTokenRecord): object {
  const { createdAtMs, expiresAtMs, ...rest } = record;
  return {
    ...rest,
    createdDateTime: new Date(createdAtMs).toISOString(),
    expiryDateTime: new Date(expiresAtMs).toISOString(),
  };
}
