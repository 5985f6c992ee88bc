import swagger from '@fastify/swagger';
import type { RouteOptions } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../../src-shared/errors/registry.ts';
import { ADMIN_API_PATH } from '../../config/service-addresses.ts';
import type { ApiOptions, ApiServer } from '../api-context.ts';
import { errorAnswer } from './answer-schemas.ts';
import { type Operation, TAGS } from './operation.ts';
import { OPERATIONS } from './operations.ts';

const BEARER = 'administratorToken';
const header = z.string().optional();
const HEADERS = {
  'If-Match': header.describe('The change is made only if the resource is still this version; `*` for any.'),
  'If-None-Match': header.describe('304 where the resource is still this version.'),
  'Idempotency-Key': header.describe('The same key again gets the same answer, and makes nothing.'),
  Prefer: header.describe(
    '`validate-only`: nothing is changed; 204 where the change would work, else what it would be refused with.',
  ),
} as const;

/**
 * Has the routes that are registered from now on described as OpenAPI 3.1: their own schemas, which they check requests by, with
 * what `OPERATIONS` adds. `server.swagger()` gives the document once the server is ready.
 */
export async function addApiDocument(server: ApiServer, options: ApiOptions): Promise<void> {
  const { addresses, serviceVersion, configuration } = options;
  const transform = createJsonSchemaTransform({});
  const gather = createJsonSchemaTransformObject({});
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `${configuration.displayName}: admin API`,
        version: serviceVersion,
        description:
          'Shaped as Microsoft Graph beta, so that its client libraries and scripts work with another base address. What Graph has no word for is below `/postern`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: new URL(addresses.apiBaseUrl).origin }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          [BEARER]: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: "An access token for this service with an administrator's or a reader's role.",
          },
        },
      },
    },
    transform: (document) => {
      const { route } = document;
      return transform({ ...document, schema: describeRoute(route) });
    },
    transformObject: (document) => {
      const whole = gather(document);
      return 'components' in whole ? withoutUnused(whole) : whole;
    },
  });
}

/** The schema of a route as the document shows it. */
function describeRoute(route: RouteOptions & { readonly url: string }): object {
  const method = [route.method].flat()[0] ?? '';
  const operation = OPERATIONS.get(`${method} ${route.url}`);
  if (operation === undefined)
    throw new TypeError(`src-service/api/openapi/operations.ts has no ${method} ${route.url}.`);
  const { params, ...schema } = route.schema ?? {};
  const { operationId, tag, summary, isPublic = false, requestMediaTypes } = operation;
  const isCreation = route.config?.isCreation === true;
  return {
    ...schema,
    // Lists check the id of those that have one by a schema of all.
    ...(route.url.includes(':') && { params }),
    ...(requestMediaTypes !== undefined && {
      body: z.string().meta({ format: 'binary' }),
      consumes: requestMediaTypes,
    }),
    operationId,
    tags: [tag],
    summary,
    security: isPublic ? [] : [{ [BEARER]: [] }],
    headers: describeHeaders(method, route.url, operation, isCreation),
    response: { ...describeAnswer(operation, method), ...describeErrors(method, route, operation, isCreation) },
  };
}

function describeHeaders(
  method: string,
  url: string,
  { isTagged }: Operation,
  isCreation: boolean,
): z.ZodType | undefined {
  const isRead = method === 'GET';
  const isGated = url.startsWith(ADMIN_API_PATH);
  const names: (keyof typeof HEADERS)[] = [
    ...(isTagged === true ? [isRead ? ('If-None-Match' as const) : ('If-Match' as const)] : []),
    ...(isCreation ? ['Idempotency-Key' as const] : []),
    ...(!isRead && isGated ? ['Prefer' as const] : []),
  ];
  return names.length === 0 ? undefined : z.object(Object.fromEntries(names.map((name) => [name, HEADERS[name]])));
}

function describeAnswer({ answer, status, mediaTypes, isTagged }: Operation, method: string): Record<string, unknown> {
  if (answer === null) return { 204: z.null().describe('Done.') };
  const types = mediaTypes ?? ['application/json'];
  const content = Object.fromEntries(types.map((type) => [type, { schema: answer }]));
  return {
    [status ?? 200]: { description: status === 201 ? 'Made.' : 'The answer.', content },
    ...(isTagged === true && method === 'GET' && { 304: z.null().describe('Nothing has changed.') }),
  };
}

function describeErrors(
  method: string,
  { url, schema }: RouteOptions,
  { isPublic = false, isTagged = false, requestMediaTypes, answer }: Operation,
  isCreation: boolean,
): Record<string, unknown> {
  const isRead = method === 'GET';
  const hasBody = schema?.body !== undefined || requestMediaTypes !== undefined;
  const codes: ErrorCode[] = [
    ...(isPublic ? [] : (['API_UNAUTHENTICATED', 'API_FORBIDDEN', 'API_NOT_ACCEPTABLE', 'API_RATE_LIMITED'] as const)),
    ...(isPublic ? [] : (['API_INVALID', 'STORE_UNAVAILABLE'] as const)),
    ...(url.includes(':') ? (['API_NOT_FOUND'] as const) : []),
    ...(isRead || isPublic ? [] : (['API_CONFLICT'] as const)),
    ...(method === 'DELETE' ? (['API_IN_USE'] as const) : []),
    ...(isTagged && !isRead ? (['API_PRECONDITION_FAILED'] as const) : []),
    ...(hasBody ? (['API_BODY_TOO_LARGE', 'API_MEDIA_TYPE'] as const) : []),
    ...(isCreation && answer !== null ? (['API_KEY_REUSED', 'API_KEY_IN_FLIGHT'] as const) : []),
    'EDGE_INTERNAL',
  ];
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => {
      const description = own.map((code) => `\`${code}\`: ${ERRORS[code].summary}`).join('\n');
      return [status, { description, content: { 'application/json': { schema: errorAnswer } } }];
    }),
  );
}

/** Every schema that has a name gets one for requests and one for answers; most are used as one of them alone. */
function withoutUnused<Document extends object>(document: Document): Document {
  const { components, ...rest } = document as Document & { components: { schemas: Record<string, unknown> } };
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(components.schemas[name]);
    }
  };
  visit(rest);
  const schemas = Object.fromEntries(Object.entries(components.schemas).filter(([name]) => used.has(name)));
  return { ...document, components: { ...components, schemas } };
}
