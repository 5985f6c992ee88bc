import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { makeConnectorRequest } from '../helpers/connector-request.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const NOBODY = '00000000-0000-4000-8000-00000000dead';

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;

beforeAll(async () => {
  provider = await startProvider();
  const users = [
    { id: 'id-alice', displayName: 'Alice Ärmel', userPrincipalName: 'alice@contoso.test' },
    { id: 'id-bob', displayName: "Bob O'Neill", userPrincipalName: 'bob@contoso.test' },
  ];
  service = await startService({ provider, configuration: { directory: { users } } });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

function publish(name: string, more: object = {}): ReturnType<ApiClient> {
  return api('POST', '/applications', {
    displayName: name,
    onPremisesPublishing: {
      externalUrl: service.externalUrl(name.toLowerCase()),
      internalUrl: `http://${name}.internal/`,
    },
    ...more,
  });
}

test('a request that names the type of a body and has none is answered', async () => {
  const headers = {
    Authorization: `Bearer ${await provider.automationToken()}`,
    'Content-Type': 'application/json',
  };
  const answer = await fetch(`${service.apiBaseUrl}/applications/${NOBODY}`, { method: 'DELETE', headers });
  expect(answer.status).toBe(404);
  await answer.body?.cancel();
});

describe('applications', () => {
  test('are published, read, changed and withdrawn, and each step is in the audit', async () => {
    const created = await publish('Wiki');
    expect(created.status).toBe(201);
    expect(created.body.onPremisesPublishing).toMatchObject({
      externalUrl: service.externalUrl('wiki'),
      internalUrl: 'http://wiki.internal/',
      externalAuthenticationType: 'aadPreAuthentication',
      isHttpOnlyCookieEnabled: true,
    });
    const path = `/applications/${created.body.id}`;
    expect((await api('GET', path)).body).toEqual(created.body);

    const patch = { displayName: 'Wiki 2', onPremisesPublishing: { isPersistentCookieEnabled: true } };
    const patched = await api('PATCH', path, patch);
    expect(patched.status).toBe(204);
    const after = (await api('GET', path)).body;
    expect(after.displayName).toBe('Wiki 2');
    expect(after.onPremisesPublishing).toEqual({
      ...created.body.onPremisesPublishing,
      isPersistentCookieEnabled: true,
    });

    expect((await api('DELETE', path)).status).toBe(204);
    expect((await api('GET', path)).status).toBe(404);
    const audit = await api('GET', `/postern/audit?$filter=${encodeURIComponent(`targetId eq '${created.body.id}'`)}`);
    const actions = audit.body.value.map((record: { activityDisplayName: string }) => record.activityDisplayName);
    expect(actions).toEqual(['application.delete', 'application.update', 'application.create']);
    expect(audit.body.value[1]).toMatchObject({
      before: { displayName: 'Wiki' },
      after: { displayName: 'Wiki 2' },
      initiatedBy: { kind: 'application' },
      activityId: patched.headers.get('x-postern-activity-id'),
    });
  });

  test('B1 a taken external URL is refused with the name of its application, however it is spelled', async () => {
    const first = await publish('Taken');
    const again = await api('POST', '/applications', {
      displayName: 'Another',
      onPremisesPublishing: {
        externalUrl: service.externalUrl('TAKEN'),
        internalUrl: 'http://other.internal/',
      },
    });
    expect(again.status).toBe(400);
    expect(again.body.error).toMatchObject({ code: 'API_INVALID', target: 'onPremisesPublishing.externalUrl' });
    expect(again.body.error.message).toContain('"Taken"');
    const other = await publish('Untaken');
    const moved = await api('PATCH', `/applications/${other.body.id}`, {
      onPremisesPublishing: { externalUrl: first.body.onPremisesPublishing.externalUrl },
    });
    expect(moved.status).toBe(400);
  });

  test('B1 all fields at fault are named at once', async () => {
    const answer = await api('POST', '/applications', {
      displayName: 'Bad',
      onPremisesPublishing: { externalUrl: 'http://a.postern.localhost/x', internalUrl: 'http://10.0.0.1/' },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('API_INVALID');
    expect(answer.body.error.details.map((detail: { target: string }) => detail.target)).toEqual([
      'onPremisesPublishing.externalUrl',
      'onPremisesPublishing.externalUrl',
      'onPremisesPublishing.internalUrl',
    ]);
    expect(answer.body.error.details.slice(0, 2).map(({ message }: { message: string }) => message)).toEqual([
      'The address must end in /.',
      expect.stringContaining("The service doesn't listen there"),
    ]);
    expect(answer.body.error.innerError.activityId).toMatch(/^[\da-f-]{36}$/);
    const shape = await api('POST', '/applications', {
      displayName: '',
      onPremisesPublishing: { internalUrl: 7 },
      colour: 1,
    });
    expect(shape.status).toBe(400);
    expect(shape.body.error.details.length).toBeGreaterThanOrEqual(3);
  });

  test('B1 what the schema refuses was told in the words of a library', async () => {
    const answer = await api('POST', '/applications', {
      displayNme: 'Bad',
      onPremisesPublishing: {
        externalURL: service.externalUrl('bad'),
        internalUrl: 7,
        applicationServerTimeout: 'Loong',
        maximumRequestsPerSecond: -1,
        verifiedCustomDomainKeyCredential: { type: 'X509CertAndPassword', value: ['MIIsecret'] },
      },
    });
    expect(answer.status).toBe(400);
    const told = Object.fromEntries(
      answer.body.error.details.map(({ target, message }: { target: string; message: string }) => [target, message]),
    );
    expect(told).toMatchObject({
      displayNme: 'there is no such key. Did you mean displayName?',
      displayName: 'is missing.',
      'onPremisesPublishing.externalURL': 'there is no such key. Did you mean onPremisesPublishing.externalUrl?',
      'onPremisesPublishing.internalUrl': 'has the value 7, but must be of the type string.',
      'onPremisesPublishing.applicationServerTimeout': expect.stringMatching(
        /^has the value "Loong", but must be one of /,
      ),
      'onPremisesPublishing.maximumRequestsPerSecond': 'has the value -1, but must be at least 0.',
      'onPremisesPublishing.verifiedCustomDomainKeyCredential.value': expect.stringContaining('[secret]'),
    });
    expect(JSON.stringify(answer.body)).not.toContain('MIIsecret');
  });

  test('a body of ten thousand lists within each other was told of as a fault of the service', async () => {
    const depth = 10_000;
    const deep = '['.repeat(depth) + ']'.repeat(depth);
    const body = Buffer.from(`{"displayName":${deep},"requests":${deep}}`);
    for (const [method, path] of [
      ['POST', '/applications'],
      ['POST', '/$batch'],
    ] as const) {
      const answer = await api(method, path, body, { 'content-type': 'application/json' });
      expect([answer.status, answer.body.error.code, answer.body.error.target]).toEqual([400, 'API_INVALID', 'body']);
    }
  });

  test('a body of very many faults is told the first hundred, and is looked at no further', async () => {
    const publishing = {
      externalUrl: service.externalUrl('many'),
      internalUrl: 'http://many.corp/',
      ...Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`zzzqqq${index}`, 0])),
    };
    const answer = await api('POST', '/applications', { displayName: 'Many', onPremisesPublishing: publishing });
    const { code, details } = answer.body.error;
    expect([answer.status, code, details?.length]).toEqual([400, 'API_INVALID', 101]);
    expect(details?.at(-1)).toMatchObject({ target: 'body', message: '49900 more fields are not as they must be.' });
    const name = 'n'.repeat(500_000);
    const long = await api('POST', '/applications', { displayName: 'Long', [name]: 1 });
    expect(long.status).toBe(400);
    expect(JSON.stringify(long.body).length).toBeLessThan(10_000);
  });

  test('an option that nobody knows was said to stand in the body', async () => {
    const answer = await api('GET', '/postern/accessEvaluation?url=http://a.example/&ipAddress=10.0.0.1&who=alice');
    expect(answer.status).toBe(400);
    expect(answer.body.error.target).toBe('query');
    expect(answer.body.error.message).toContain('who');
  });

  test('B1 an IP address is an internal host only where the application allows it', async () => {
    const publishing = { externalUrl: service.externalUrl('ip'), internalUrl: 'http://10.0.0.1:8080/' };
    const refused = await api('POST', '/applications', { displayName: 'Ip', onPremisesPublishing: publishing });
    expect(refused.body.error.message).toContain('allowIpHosts');
    const allowed = { ...publishing, allowIpHosts: true };
    expect((await api('POST', '/applications', { displayName: 'Ip', onPremisesPublishing: allowed })).status).toBe(201);
  });

  test("B2 the service's own host and a port on which it doesn't listen are refused", async () => {
    const create = async (externalUrl: string) =>
      (
        await api('POST', '/applications', {
          displayName: 'Own',
          onPremisesPublishing: { externalUrl, internalUrl: 'http://own.internal/' },
        })
      ).body.error;
    expect((await create(`${service.url}/`)).message).toContain("service's own host");
    expect((await create('http://own.postern.localhost:1/')).message).toContain(service.externalUrl('own'));
  });

  test('are listed by name, in pages, with selected fields', async () => {
    for (const name of ['Page-c', 'Page-a', 'Page-b', "Page-d's"]) {
      const slug = name.replaceAll(/\W/g, '');
      await publish(slug, { displayName: name });
    }
    const filter = encodeURIComponent("startswith(displayName,'PAGE-')");
    const names: string[] = [];
    let next: string | undefined =
      `/applications?$filter=${filter}&$orderby=displayName desc&$top=3&$select=displayName`;
    let pages = 0;
    while (next !== undefined) {
      const { body } = await api('GET', next);
      expect(Object.keys(body.value[0])).toEqual(['@odata.etag', 'displayName']);
      names.push(...body.value.map((item: { displayName: string }) => item.displayName));
      next = body['@odata.nextLink'];
      pages += 1;
    }
    expect(names).toEqual(["Page-d's", 'Page-c', 'Page-b', 'Page-a']);
    expect(pages).toBe(2);
    const quoted = await api('GET', `/applications?$filter=${encodeURIComponent("displayName eq 'page-D''s'")}`);
    expect(quoted.body.value).toHaveLength(1);
  });

  test('a filter, order or page that cannot be read says what can', async () => {
    for (const query of [
      '$filter=colour eq 1',
      '$filter=displayName gt 1',
      '$top=0',
      '$orderby=colour',
      '$skiptoken=x',
      '$select=colour',
    ]) {
      const { status, body } = await api(
        'GET',
        `/applications?${query.replace(/=(.*)/, (_, value: string) => `=${encodeURIComponent(value)}`)}`,
      );
      expect({ query, status, target: body.error?.target }).toEqual({
        query,
        status: 400,
        target: query.split('=', 1)[0],
      });
    }
  });
});

describe('people', () => {
  test('are found by the beginning of their name', async () => {
    const find = async (text: string) =>
      (await api('GET', `/users?$filter=${encodeURIComponent(`startswith(displayName,'${text}')`)}`)).body.value;
    expect(await find('alice ä')).toEqual([
      {
        id: 'id-alice',
        displayName: 'Alice Ärmel',
        userPrincipalName: 'alice@contoso.test',
        identityProviderId: 'default',
      },
    ]);
    expect(await find("bob o''n")).toHaveLength(1);
    expect(await find('%')).toHaveLength(0);
  });

  test('B17 are assigned once, and let out again', async () => {
    const { body: application } = await publish('Assigned');
    const path = `/servicePrincipals/${application.id}`;
    const assigned = await api('POST', `${path}/appRoleAssignedTo`, { principalId: 'id-alice' });
    expect(assigned.status).toBe(201);
    expect(assigned.body).toMatchObject({ principalDisplayName: 'Alice Ärmel', principalType: 'User' });
    const twice = await api('POST', `${path}/appRoleAssignedTo`, { principalId: 'id-alice' });
    expect([twice.status, twice.body.error.target]).toEqual([409, 'principalId']);
    expect((await api('GET', `${path}/appRoleAssignedTo`)).body.value).toEqual([assigned.body]);
    expect((await api('DELETE', `${path}/appRoleAssignedTo/${assigned.body.id}`)).status).toBe(204);
    expect((await api('DELETE', `${path}/appRoleAssignedTo/${assigned.body.id}`)).status).toBe(404);
    await api('PATCH', path, { appRoleAssignmentRequired: false });
    expect((await api('GET', path)).body.appRoleAssignmentRequired).toBe(false);
  });
});

describe('connector groups', () => {
  test('B67 are made, renamed and deleted, but neither Default nor one in use', async () => {
    const groups = await api('GET', `${PROFILE}/connectorGroups`);
    const standard = groups.body.value.find((group: { isDefault: boolean }) => group.isDefault);
    expect(standard.name).toBe('Default');
    expect((await api('DELETE', `${PROFILE}/connectorGroups/${standard.id}`)).body.error.code).toBe('API_IN_USE');

    const { body: group } = await api('POST', `${PROFILE}/connectorGroups`, { name: 'Berlin' });
    expect((await api('POST', `${PROFILE}/connectorGroups`, { name: 'berlin' })).status).toBe(409);
    expect((await api('PATCH', `${PROFILE}/connectorGroups/${group.id}`, { name: 'Bonn' })).status).toBe(204);
    const { body: application } = await publish('Grouped');
    const reference = { '@odata.id': `https://graph.microsoft.com/beta${PROFILE}/connectorGroups/${group.id}` };
    expect((await api('PUT', `/applications/${application.id}/connectorGroup/$ref`, reference)).status).toBe(204);
    expect((await api('GET', `/applications/${application.id}/connectorGroup`)).body.name).toBe('Bonn');
    const used = await api('DELETE', `${PROFILE}/connectorGroups/${group.id}`);
    expect(used.body.error.message).toContain('Grouped');
    await api('DELETE', `/applications/${application.id}`);
    expect((await api('DELETE', `${PROFILE}/connectorGroups/${group.id}`)).status).toBe(204);
    const gone = await publish('Nowhere', { connectorGroupId: group.id });
    expect([gone.status, gone.body.error.target]).toEqual([400, 'connectorGroupId']);
  });
});

describe('enrolment', () => {
  const enrol = async (body: object, token: string | null = null) =>
    makeApiClient(service.url, token)('POST', '/.postern/connector/enrol', {
      displayName: 'Cellar',
      machineName: 'cellar-1',
      version: '0.1.0',
      certificateSigningRequest: (await makeConnectorRequest()).pem,
      ...body,
    });

  test('B61 with a one-time token makes a connector, once', async () => {
    const { body: token } = await api('POST', '/postern/enrolmentTokens', { expiresInSeconds: 60 });
    const first = await enrol({ enrolmentToken: token.token });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      connectorGroupName: 'Default',
      tunnelUrl: `${service.url.replace('http', 'ws')}/.postern/tunnel`,
      tunnelAudience: service.url,
    });
    const connector = await api('GET', `${PROFILE}/connectors/${first.body.connectorId}`);
    expect(connector.body).toMatchObject({
      displayName: 'Cellar',
      status: 'inactive',
      tunnels: 0,
      externalIp: '127.0.0.1',
    });
    const second = await enrol({ enrolmentToken: token.token });
    expect([second.status, second.body.error.code]).toEqual([401, 'ENROLMENT_TOKEN_USED']);
    const listed = await api('GET', '/postern/enrolmentTokens');
    expect(JSON.stringify(listed.body)).not.toContain(token.token);
    expect(listed.body.value[0]).toMatchObject({ id: token.id, uses: 1, maxUses: 1 });

    const inactive = await api('GET', `${PROFILE}/connectors?$filter=${encodeURIComponent("status eq 'inactive'")}`);
    expect(inactive.body.value).toHaveLength(1);
    const { body: group } = await api('POST', `${PROFILE}/connectorGroups`, { name: 'Other' });
    const reference = { '@odata.id': `${service.apiBaseUrl}${PROFILE}/connectorGroups/${group.id}` };
    const path = `${PROFILE}/connectors/${first.body.connectorId}`;
    expect((await api('POST', `${path}/memberOf/$ref`, reference)).status).toBe(204);
    expect((await api('GET', `${PROFILE}/connectorGroups/${group.id}/members`)).body.value).toHaveLength(1);
    expect((await api('DELETE', path)).status).toBe(204);
    expect((await api('GET', path)).status).toBe(404);
  });

  test('B61 with a token that is unknown, or whose request is none, is refused in words', async () => {
    const unknown = await enrol({ enrolmentToken: 'pet_nothing' });
    expect([unknown.status, unknown.body.error.code]).toEqual([401, 'ENROLMENT_TOKEN_INVALID']);
    const { body: token } = await api('POST', '/postern/enrolmentTokens', {});
    const bad = await enrol({ enrolmentToken: token.token, certificateSigningRequest: 'nonsense' });
    expect([bad.status, bad.body.error.code]).toEqual([400, 'ENROLMENT_REQUEST_INVALID']);
    // A request that failed has not used the token up.
    expect((await enrol({ enrolmentToken: token.token })).status).toBe(201);
  });

  test('B61 needs a token of one kind or the other; an administrator may enrol', async () => {
    expect((await enrol({})).status).toBe(401);
    expect((await enrol({}, await provider.automationToken())).status).toBe(201);
  });

  test('one address may try only so often', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 70; attempt += 1) statuses.push((await enrol({ enrolmentToken: 'no' })).status);
    expect(statuses.at(-1)).toBe(429);
    expect(statuses[0]).toBe(401);
  });
});

describe('who may call', () => {
  test('nobody without a token for this service', async () => {
    const none = await makeApiClient(service.apiBaseUrl, null)('GET', '/applications');
    expect([none.status, none.body.error.code, none.headers.get('www-authenticate')]).toEqual([
      401,
      'API_UNAUTHENTICATED',
      'Bearer',
    ]);
    const forged = `${(await provider.automationToken()).split('.', 2).join('.')}.AAAA`;
    expect((await makeApiClient(service.apiBaseUrl, forged)('GET', '/applications')).status).toBe(401);
  });

  test.for([
    { roles: ['Application.Read'], read: 200, change: 403 },
    { roles: ['Something.Else'], read: 403, change: 403 },
  ])('with $roles: reading gives $read, changing $change', async ({ roles, read, change }) => {
    const clients = {
      service: { clientId: 'web', clientSecret: 'web-secret', serviceUrls: [] },
      desktop: { clientId: 'desktop' },
      automation: { clientId: 'automation', clientSecret: 'automation-secret', apiRoles: roles },
    };
    await using stack = new AsyncDisposableStack();
    const limited = await startProvider({ clients });
    stack.defer(() => limited.close());
    const own = await startService({ provider: limited });
    stack.defer(() => own.close());
    const caller = makeApiClient(own.apiBaseUrl, await limited.automationToken());
    expect((await caller('GET', '/applications')).status).toBe(read);
    const refused = await caller('POST', `${PROFILE}/connectorGroups`, { name: 'Mine' });
    expect({ status: refused.status, code: refused.body.error.code }).toEqual({
      status: change,
      code: 'API_FORBIDDEN',
    });
  });

  test('what there is not is said as the API says all else', async () => {
    expect((await api('GET', '/applications/%c3')).body.error.code).toBe('API_INVALID');
    expect((await api('GET', '/nothing')).body.error.code).toBe('API_NOT_FOUND');
    expect((await api('GET', `/servicePrincipals/${NOBODY}`)).body.error.message).toContain(NOBODY);
  });
});

test('the service says what it is, and whether it is ready', async () => {
  const description = await (await fetch(`${service.url}/.well-known/postern`)).json();
  expect(description).toMatchObject({
    service: 'postern',
    apiBaseUrl: service.apiBaseUrl,
    applicationsDomain: 'postern.localhost',
  });
  expect((await fetch(`${service.operationsUrl}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${service.operationsUrl}/metrics`)).text();
  expect(metrics).toContain('postern_tunnels 0');
});
