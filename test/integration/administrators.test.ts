import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccessTokenMaker, makeAccessTokens, makeProviderStateFile } from '../helpers/access-token-maker.ts';
import { API_CHANGES, CHANGES_NOTHING, type ChangeWorld } from '../helpers/api-changes.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { makeConnectorRequest } from '../helpers/connector-request.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const BASE = '/graph/beta';
const READ_METHODS = ['GET', 'HEAD', 'OPTIONS'];
/** It has no end, and its opening is audited: traffic.test.ts is about it. */
const STREAM = `${BASE}/postern/traffic/stream`;
/** It changes nothing by itself: batch.test.ts is about it. */
const BATCH = `${BASE}/$batch`;
/** What the API says of itself. */
const PUBLIC = [`${BASE}/openapi.json`, `${BASE}/docs`];

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

const stateFile = makeProviderStateFile();
const logged: LogLine[] = [];
let provider: StartedProvider;
let service: StartedService;
let tokens: AccessTokenMaker;

beforeAll(async () => {
  provider = await startProvider({ stateFile: stateFile.path });
  const log = pino(
    { level: 'info' },
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logged.push(JSON.parse(chunk.toString()) as LogLine);
        done();
      },
    }),
  );
  service = await startService({ provider, log });
  tokens = await makeAccessTokens(provider, stateFile.path);
});

afterAll(async () => {
  await service.close();
  await provider.close();
  stateFile.remove();
});

/** The API in the name of a user of the provider, whose token is made to measure. */
async function as(name: string, claims: object): Promise<ApiClient> {
  const token = await tokens.forUser(name, provider.apiId, { scp: 'access_as_user', ...claims });
  return makeApiClient(service.apiBaseUrl, token);
}

async function automation(): Promise<ApiClient> {
  return makeApiClient(service.apiBaseUrl, await provider.automationToken());
}

/** The API's own routes that are there to change something; below the base, as `METHOD /path`. */
function changingRoutes(): string[] {
  return service.apiRoutes
    .filter(({ method, path }) => !READ_METHODS.includes(method) && path !== BATCH)
    .map(({ method, path }) => `${method} ${path.startsWith(BASE) ? path.slice(BASE.length) : path}`);
}

function callOf(route: string): [method: string, path: string] {
  const [method = '', path = ''] = route.split(' ');
  return [method, path.replaceAll(/:\w+/g, 'some-id')];
}

describe('roles', () => {
  test('B61 with Reader every route that reads opens, and every one that changes answers 403 with the role it wants', async () => {
    const reader = await as('alice', { roles: ['Application.Read'] });
    const admin = await automation();
    const auditedBefore = (await admin('GET', '/postern/audit?$top=1')).body.value[0]?.id;
    const changing = changingRoutes();
    expect(changing.length).toBeGreaterThan(15);
    for (const route of changing) {
      const [method, path] = callOf(route);
      const target = path.startsWith('/.postern') ? service.url + path : path;
      const body = path.startsWith('/.postern') ? await enrolmentBody() : {};
      const answer = await reader(method, target, method === 'DELETE' ? undefined : body);
      expect([route, answer.status, answer.body.error.code]).toEqual([route, 403, 'API_FORBIDDEN']);
      expect(answer.body.error.message).toMatch(/Alice Archer carries the role Application\.Read\. Needed is/);
      expect(answer.body.error.message).toContain('one of Application.Administrator, Application.ReadWrite.All');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    }
    for (const { method, path } of service.apiRoutes) {
      if (method !== 'GET' || !path.startsWith(BASE) || [STREAM, ...PUBLIC].includes(path)) continue;
      const { status } = await reader('GET', path.slice(BASE.length).replaceAll(/:\w+/g, 'some-id'));
      // 400 of those that ask a question, whose parameters are missing here.
      expect([path, [200, 400, 404].includes(status)]).toEqual([path, true]);
    }
    const requests = [
      { id: 'read', method: 'GET', url: '/applications' },
      { id: 'change', method: 'POST', url: '/applications', headers: { 'Content-Type': 'application/json' }, body: {} },
    ];
    const batch = await reader('POST', '/$batch', { requests });
    expect(batch.body.responses).toMatchObject([{ status: 200 }, { status: 403 }]);
    expect((await admin('GET', '/postern/audit?$top=1')).body.value[0]?.id).toBe(auditedBefore);
  });

  test('B61 a user without a role of this service learns which there are, at every route', async () => {
    const nobody = await as('bob', { roles: ['Payroll.Clerk'] });
    for (const { method, path } of service.apiRoutes) {
      if (!path.startsWith(BASE) || PUBLIC.includes(path)) continue;
      const [verb, target] = callOf(`${method} ${path.slice(BASE.length)}`);
      if (verb === 'HEAD') continue;
      const answer = await nobody(verb, target, verb === 'GET' || verb === 'DELETE' ? undefined : {});
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      for (const role of ['Payroll.Clerk', 'Application.Administrator', 'Application.Read.All']) {
        expect(answer.body.error.message).toContain(role);
      }
    }
    const none = await (await as('bob', { roles: undefined }))('GET', '/applications');
    expect(none.body.error.message).toContain('Bob Baker carries no role');
  });

  test.for([
    [['Application.Administrator'], 'administrator'],
    [['Application.ReadWrite.All'], 'administrator'],
    [['Application.Read', 'Application.ReadWrite.All'], 'administrator'],
    [['Application.Read.All'], 'reader'],
  ] as const)('%j makes a caller %s', async ([roles, access]) => {
    const { body } = await (await as('alice', { roles }))('GET', '/postern/me');
    expect(body).toEqual({
      id: provider.user('alice').id,
      displayName: 'Alice Archer',
      kind: 'user',
      clientId: 'native-client',
      roles: [...roles],
      access,
    });
  });

  test('the configuration may name other roles, and another claim for them', async () => {
    const administrators = {
      authority: provider.authority,
      clientId: provider.clients.desktop.clientId,
      apiAudience: provider.apiId,
      apiScope: provider.apiScope,
      issuer: provider.issuer,
      administratorRoles: ['postern-admin'],
      readerRoles: [],
      rolesClaim: 'realm_access.roles',
    };
    const own = await startService({ provider, configuration: { administrators } });
    try {
      const call = async (claims: object): Promise<number> => {
        const token = await tokens.forUser('alice', provider.apiId, { scp: 'access_as_user', ...claims });
        return (await makeApiClient(own.apiBaseUrl, token)('GET', '/applications')).status;
      };
      expect(await call({ realm_access: { roles: ['postern-admin'] } })).toBe(200);
      expect(await call({ 'realm_access.roles': ['postern-admin'] })).toBe(200);
      expect(await call({ realm_access: { roles: ['Application.Read'] } })).toBe(403);
      expect(await call({ roles: ['postern-admin'] })).toBe(403);
      // English among what a reason names was said in every language: "A or B", "a role, but none is configured".
      const token = await tokens.forUser('alice', provider.apiId, { scp: 'access_as_user' });
      const refused = await makeApiClient(own.apiBaseUrl, token)('GET', '/applications');
      expect(refused.body.error.message).toContain('Needed is one of postern-admin; to read, one of postern-admin.');
    } finally {
      await own.close();
    }
  });
});

describe('tokens', () => {
  const status = async (token: string): Promise<[number, string]> => {
    const { status: code, body } = await makeApiClient(service.apiBaseUrl, token)('GET', '/postern/me');
    return [code, body.error?.message ?? body.kind];
  };
  const roles = ['Application.Administrator'];

  test('a program gets in with client credentials and a role, and is named by its client', async () => {
    const { body } = await (await automation())('GET', '/postern/me');
    expect(body).toMatchObject({
      kind: 'application',
      access: 'administrator',
      clientId: provider.clients.automation.clientId,
      displayName: provider.clients.automation.clientId,
    });
    expect(await status(await tokens.forApplication(provider.apiId))).toEqual([
      403,
      expect.stringContaining('the application daemon carries no role'),
    ]);
    // As Entra has it where `idtyp` is no optional claim of the registration.
    const bare = await tokens.forApplication(provider.apiId, { idtyp: undefined, roles });
    expect(await status(bare)).toEqual([200, 'application']);
  });

  test.for([
    ['an ID token', { scp: undefined, nonce: 'n', roles }, /no access token/],
    ['an ID token without a nonce', { scp: undefined, roles }, /no access token/],
    ['a token that says it is a device', { idtyp: 'device', scp: 'access_as_user', roles }, /no access token/],
  ] as const)('%s is refused', async ([, claims, message]) => {
    expect(await status(await tokens.forUser('admin', provider.apiId, claims))).toEqual([
      401,
      expect.stringMatching(message),
    ]);
  });

  test('a token for another scope of the API is refused with the scope that is wanted', async () => {
    const other = await tokens.forUser('admin', provider.apiId, { scp: 'user_impersonation', roles });
    expect(await status(other)).toEqual([403, expect.stringContaining(provider.apiScope)]);
  });

  test('a v1.0 token is refused with the setting that makes it a v2.0 one', async () => {
    const iss = `https://sts.windows.net/${provider.tenantId}/`;
    const old = await tokens.forUser('admin', provider.apiId, { iss, ver: '1.0', scp: 'access_as_user', roles });
    expect(await status(old)).toEqual([401, expect.stringContaining('requestedAccessTokenVersion')]);
  });
});

describe('audit', () => {
  test('B61 each change leaves who, from where, before, after and the activity; no secret is in it', async () => {
    const known = new Set([...API_CHANGES.map(({ route }) => route), ...Object.keys(CHANGES_NOTHING)]);
    const unknown = changingRoutes().filter((route) => !known.has(route));
    expect(unknown, 'routes without an entry in test/helpers/api-changes.ts').toEqual([]);

    const api = await as('admin', { roles: ['Application.Administrator'] });
    const authority = await makeAuthority('Audit root');
    const world: ChangeWorld = { service, provider, api, authority, ids: new Map(), secrets: [] };
    for (const { route, action, before, after, run } of API_CHANGES) {
      const answer = await run(world);
      expect([route, answer.status < 300 || answer.body]).toEqual([route, true]);
      const activityId = answer.headers.get('x-postern-activity-id');
      const filter = encodeURIComponent(`activityId eq '${activityId}'`);
      const { body } = await api('GET', `/postern/audit?$filter=${filter}`);
      expect([route, body.value.length]).toEqual([route, 1]);
      const [record] = body.value;
      expect([route, record.activityDisplayName]).toEqual([route, action]);
      expect([route, record.before !== null, record.after !== null]).toEqual([route, before, after]);
      const who =
        action === 'connector.enrol'
          ? { id: world.ids.get('token'), displayName: 'Branches', kind: 'enrolmentToken' }
          : { id: provider.user('admin').id, displayName: 'Ada Admin', kind: 'user' };
      expect(record.initiatedBy).toEqual({ ...who, ipAddress: '127.0.0.1' });
      expect(Date.parse(record.activityDateTime)).toBeGreaterThan(Date.now() - 60_000);
      if (before && after) expect(record.after).not.toEqual(record.before);
    }
    const { body } = await api('GET', '/postern/audit?$top=999');
    const text = JSON.stringify(body);
    expect(world.secrets.length).toBeGreaterThan(3);
    for (const secret of world.secrets) expect(text).not.toContain(secret);
  });

  test('what was refused is logged with who, what and from where, and is not in the audit', async () => {
    const reader = await as('alice', { roles: ['Application.Read'] });
    const newest = async () => (await reader('GET', '/postern/audit?$top=1')).body.value[0]?.id;
    const before = await newest();
    const refused = await reader('DELETE', '/applications/some-id?secret=1');
    const anonymous = await makeApiClient(service.apiBaseUrl, null)('POST', '/applications', {});
    expect([refused.status, anonymous.status]).toEqual([403, 401]);
    expect(await newest()).toBe(before);
    const lineOf = (answer: { headers: Headers }): LogLine | undefined =>
      logged.find(({ activityId }) => activityId === answer.headers.get('x-postern-activity-id'));
    expect(lineOf(refused)).toMatchObject({
      msg: 'api.refused',
      code: 'API_FORBIDDEN',
      method: 'DELETE',
      path: '/graph/beta/applications/some-id',
      clientAddress: '127.0.0.1',
      caller: { id: provider.user('alice').id, kind: 'user', clientId: 'native-client' },
    });
    expect(lineOf(anonymous)).toMatchObject({ code: 'API_UNAUTHENTICATED', caller: null });
  });
});

async function enrolmentBody(): Promise<object> {
  const { pem } = await makeConnectorRequest();
  return { displayName: 'Cellar', machineName: 'cellar', version: '1', certificateSigningRequest: pem };
}
