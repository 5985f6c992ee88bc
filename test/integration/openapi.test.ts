import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenAPIV3_1 } from 'openapi-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

interface Shown {
  readonly path: string;
  readonly method: Method;
  readonly operation: OpenAPIV3_1.OperationObject;
}

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;
let document: OpenAPIV3_1.Document;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  document = (await makeApiClient(service.apiBaseUrl, null)('GET', '/openapi.json')).body;
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

/** Every operation with its path and method. */
function operations(): Shown[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item?.[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}

function operationAt(path: string, method: Method): OpenAPIV3_1.OperationObject {
  const found = operations().find((each) => each.path === path && each.method === method);
  if (found === undefined) throw new Error(`There is no ${method} ${path}.`);
  return found.operation;
}

/** The names of the parameters; those of one place alone where it is given. */
function parametersOf({ parameters }: OpenAPIV3_1.OperationObject, place?: string): string[] {
  const all = (parameters ?? []) as OpenAPIV3_1.ParameterObject[];
  return all.filter((each) => place === undefined || each.in === place).map(({ name }) => name);
}

/** The schema of an answer; undefined where it is not JSON. */
function answerSchema({ responses }: OpenAPIV3_1.OperationObject, status: number): object | undefined {
  const response = responses?.[status];
  return response !== undefined && 'content' in response ? response.content?.['application/json']?.schema : undefined;
}

test('the document is OpenAPI 3.1', async () => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document));
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('it has every route of the service, and no other', () => {
  const routes = service.apiRoutes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(
    operations()
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
      .toSorted(),
  ).toEqual(routes.toSorted());
});

test('each operation has a name of its own, a tag that is described, errors, and says whether it needs a token', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = document.tags?.map(({ name }) => name);
  for (const { path, operation } of operations()) {
    expect(tags).toContain(operation.tags?.[0]);
    expect(operation.summary).not.toBe('');
    expect(operation).toHaveProperty('security');
    expect(operation.responses).toHaveProperty('500');
    if (operation.security?.length !== 0) expect(operation.responses).toHaveProperty('401');
    expect(parametersOf(operation, 'path')).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  }
  const options = ['$filter', '$search', '$select', '$orderby', '$top', '$count', '$skiptoken'];
  expect(parametersOf(operationAt('/graph/beta/applications', 'get')).toSorted()).toEqual(options.toSorted());
  const change = operationAt('/graph/beta/applications/{id}', 'patch');
  expect(parametersOf(change, 'header')).toEqual(['If-Match', 'Prefer']);
});

test('each field of what administrators work with says what it is', () => {
  type Described = { description?: string; properties?: Record<string, Described> };
  const schemas = (document.components?.schemas ?? {}) as Record<string, Described>;
  const named = [
    'Application',
    'Connector',
    'ConnectorGroup',
    'AppRoleAssignment',
    'Certificate',
    'EnrolmentToken',
    'IdentityProvider',
    'User',
  ];
  const silent: string[] = [];
  const visit = (place: string, { properties = {} }: Described): void => {
    for (const [name, field] of Object.entries(properties)) {
      const path = `${place}.${name}`;
      if (field.description !== undefined) continue;
      if (field.properties === undefined) silent.push(path);
      else visit(path, field);
    }
  };
  for (const name of named) visit(name, schemas[name] ?? { properties: { missing: {} } });
  expect(silent).toEqual([]);
});

test('what the API answers is what the document says', async () => {
  const publishing = { externalUrl: service.externalUrl('docs'), internalUrl: 'http://docs.internal/' };
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('cidrv4', true).addFormat('cidrv6', true);
  ajv.addSchema({ $id: 'api', components: document.components });
  const check = (path: string, method: Method, status: number, body: unknown): void => {
    const text = JSON.stringify(answerSchema(operationAt(path, method), status));
    const validate = ajv.compile(JSON.parse(text.replaceAll('"#/components', '"api#/components')) as object);
    expect([path, validate(body) ? [] : validate.errors]).toEqual([path, []]);
  };
  const create = async (path: string, url: string, body: unknown): Promise<string> => {
    const answer = await api('POST', url, body);
    check(path, 'post', 201, answer.body);
    return answer.body.id;
  };

  const application = { displayName: 'Docs', onPremisesPublishing: publishing };
  const id = await create('/graph/beta/applications', '/applications', application);
  const profile = '/onPremisesPublishingProfiles/applicationProxy';
  const groupId = await create(`/graph/beta${profile}/connectorGroups`, `${profile}/connectorGroups`, { name: 'Two' });
  const tokens = '/postern/enrolmentTokens';
  const tokenId = await create(`/graph/beta${tokens}`, tokens, {});
  const assigned = '/servicePrincipals/{id}/appRoleAssignedTo';
  const person = { principalId: 'group-1', principalType: 'Group', principalDisplayName: 'All' };
  await create(`/graph/beta${assigned}`, assigned.replace('{id}', id), person);

  const [record] = (await api('GET', '/auditLogs/directoryAudits?$top=1')).body.value;
  const ids: Record<string, string> = {
    connectorGroups: groupId,
    directoryAudits: record.id,
    enrolmentTokens: tokenId,
  };
  const failed = await new SignInBrowser().get(service.externalUrl('nowhere'));
  const activityId = String(failed.headers['x-postern-activity-id']);
  const unread: string[] = [];
  for (const { path, method, operation } of operations()) {
    if (method !== 'get' || answerSchema(operation, 200) === undefined) continue;
    const collection = /(\w+)\/\{id\}/.exec(path)?.[1] ?? '';
    const isOther = ['connectors', 'sessions', 'certificates'].includes(collection);
    if (isOther) unread.push(path);
    const url = path
      .replace('{id}', isOther ? 'nobody' : (ids[collection] ?? id))
      .replace('{activityId}', activityId)
      .replace('/graph/beta', '');
    const query = path.endsWith('accessEvaluation')
      ? `?url=${encodeURIComponent(publishing.externalUrl)}&ipAddress=203.0.113.7`
      : '';
    const full = path.startsWith('/graph/beta') ? url + query : service.url + path;
    const { status, body } = await api('GET', full);
    expect([path, status]).toEqual([path, isOther ? 404 : 200]);
    check(path, method, status, body);
  }
  // Of these there is none here; their lists are read above, and their items are those of the lists.
  expect(unread).toHaveLength(5);
  check('/graph/beta/applications', 'post', 400, (await api('POST', '/applications', { displayName: 1 })).body);
  check(
    '/graph/beta/applications',
    'get',
    401,
    (await makeApiClient(service.apiBaseUrl, null)('GET', '/applications')).body,
  );
});

test('the page shows every operation, and fetches and runs nothing', async () => {
  const response = await fetch(`${service.apiBaseUrl}/docs`);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
  );
  for (const { operation } of operations()) expect(page).toContain(`id="${operation.operationId}"`);
  expect(page).not.toMatch(/<script|<img|<link|@import|url\(| on\w+=| style=/i);
  const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, name]) => name);
  for (const name of new Set(anchors)) expect(page).toContain(`id="${name}"`);
});
