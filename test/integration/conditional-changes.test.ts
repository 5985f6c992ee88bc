import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAnswer, type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { makePng } from '../helpers/logo-pictures.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const GROUPS = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups';
const TRIAL = { prefer: 'validate-only' };

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;
let nowMs = 0;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider, clock: () => Date.now() + nowMs });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

function draft(name: string, more: object = {}): object {
  const onPremisesPublishing = {
    externalUrl: service.externalUrl(name),
    internalUrl: `http://${name}.internal/`,
    ...more,
  };
  return { displayName: name, onPremisesPublishing };
}

async function publish(name: string): Promise<{ path: string; etag: string; id: string }> {
  const { status, body } = await api('POST', '/applications', draft(name));
  if (status !== 201) throw new Error(`The application ${name} was refused.`);
  return { path: `/applications/${body.id}`, etag: body['@odata.etag'], id: body.id };
}

const countOf = async (path: string): Promise<number> => (await api('GET', `${path}/$count`)).body;

describe('entity tags', () => {
  test('are the same wherever a resource is shown, and change with it', async () => {
    const { path, etag, id } = await publish('tagged');
    const read = await api('GET', path);
    expect([read.headers.get('etag'), read.body['@odata.etag']]).toEqual([etag, etag]);
    const listed = await api('GET', `/applications?$filter=id eq '${id}'&$select=id`);
    expect(listed.body.value).toEqual([{ '@odata.etag': etag, id }]);
    const patched = await api('PATCH', path, { displayName: 'Tagged anew' });
    const after = (await api('GET', path)).headers.get('etag');
    expect(after).not.toBe(etag);
    expect(patched.headers.get('etag')).toBe(after);
  });

  test('a read of what is known already gives 304, and of what has changed the resource', async () => {
    const { path, etag } = await publish('known');
    const known = await api('GET', path, undefined, { 'if-none-match': `"x", ${etag}` });
    expect([known.status, known.body, known.headers.get('etag')]).toEqual([304, null, etag]);
    await api('PATCH', path, { displayName: 'Known 2' });
    expect((await api('GET', path, undefined, { 'if-none-match': etag })).status).toBe(200);
  });

  test('a change of what has changed meanwhile is refused with 412, and one of anything is made with *', async () => {
    const { path, etag } = await publish('raced');
    expect((await api('PATCH', path, { displayName: 'First' }, { 'if-match': etag })).status).toBe(204);
    for (const [method, body] of [
      ['PATCH', { displayName: 'Second' }],
      ['DELETE', undefined],
    ] as const) {
      const lost = await api(method, path, body, { 'if-match': etag });
      expect([lost.status, lost.body.error.code, lost.body.error.target]).toEqual([
        412,
        'API_PRECONDITION_FAILED',
        'If-Match',
      ]);
    }
    expect((await api('GET', path)).body.displayName).toBe('First');
    expect((await api('DELETE', path, undefined, { 'if-match': '*' })).status).toBe(204);
  });

  test('of 20 changes at once with one tag, one is made', async () => {
    const { path, etag } = await publish('crowd');
    const names = Array.from({ length: 20 }, (_, index) => `Crowd ${index}`);
    const answers = await Promise.all(
      names.map((displayName) => api('PATCH', path, { displayName }, { 'if-match': etag })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([204, ...Array.from({ length: 19 }, () => 412)]);
    expect((await api('GET', path)).body.displayName).toBe(names[statuses.indexOf(204)]);
  });

  test('groups, assignments, enrolment tokens and service principals have them too', async () => {
    const { path, id, etag } = await publish('others');
    const principal = await api('GET', `/servicePrincipals/${id}`);
    const assigned = `/servicePrincipals/${id}/appRoleAssignedTo`;
    const lists: [string, object][] = [
      [GROUPS, { name: 'Tagged' }],
      [assigned, { principalId: 'id-x' }],
      ['/postern/enrolmentTokens', {}],
    ];
    for (const [list, body] of lists) {
      const { status, body: made } = await api('POST', list, body);
      expect(status).toBe(201);
      const listed = (await api('GET', list)).body.value.find((item: { id: string }) => item.id === made.id);
      expect(listed['@odata.etag']).toBe(made['@odata.etag']);
      const one = `${list}/${made.id}`;
      expect((await api('DELETE', one, undefined, { 'if-match': 'W/"x.y"' })).status).toBe(412);
      expect((await api('DELETE', one, undefined, { 'if-match': made['@odata.etag'] })).status).toBe(204);
    }
    const change = { appRoleAssignmentRequired: false };
    const tag = principal.headers.get('etag') ?? '';
    expect((await api('PATCH', `/servicePrincipals/${id}`, change, { 'if-match': tag })).status).toBe(204);
    expect((await api('PATCH', path, { displayName: 'x' }, { 'if-match': etag })).status).toBe(412);
  });

  test('what was read can be sent back with its tag in it', async () => {
    const { path, etag } = await publish('back');
    expect((await api('PATCH', path, { '@odata.etag': etag, displayName: 'Back 2' })).status).toBe(204);
  });
});

describe('Prefer: validate-only', () => {
  test('tells what is wrong in every field at once, whoever finds it, and changes nothing', async () => {
    await publish('there');
    const [before, audited] = [await countOf('/applications'), await countOf('/postern/audit')];
    const body = {
      ...draft('there', { colour: 'red', isPersistentCookieEnabled: 'yes', accessTokenAudiences: ['a b'] }),
      displayName: 'Tried',
      connectorGroupId: 'no-such-group',
      shape: 'round',
    };
    const tried = await api('POST', '/applications', body, TRIAL);
    expect([tried.status, tried.headers.get('preference-applied')]).toEqual([400, 'validate-only']);
    const targets = tried.body.error.details.map((detail: { target: string }) => detail.target);
    expect(targets).toEqual(
      expect.arrayContaining([
        'shape',
        'onPremisesPublishing.isPersistentCookieEnabled',
        'onPremisesPublishing.accessTokenAudiences.0',
        'connectorGroupId',
      ]),
    );
    const taken = await api('POST', '/applications', draft('there', { backendTrustedCertificates: 'x' }), TRIAL);
    expect(taken.body.error.details.map((detail: { target: string }) => detail.target)).toEqual([
      'onPremisesPublishing.backendTrustedCertificates',
      'onPremisesPublishing.externalUrl',
    ]);
    expect([await countOf('/applications'), await countOf('/postern/audit')]).toEqual([before, audited]);
  });

  const targetsOf = ({ body }: ApiAnswer): string[] => {
    const targets = body.error.details.map(({ target }: { target: string }) => target);
    return targets.toSorted();
  };

  test('an empty name hides no bad URL, no URL of somebody else and no unknown group, tried or not (B1)', async () => {
    await publish('taken');
    const before = await countOf('/applications');
    const url = (name: string): string => service.externalUrl(name);
    const bad = {
      displayName: '',
      connectorGroupId: 'no-such-group',
      web: { homePageUrl: 'ftp://x/' },
      onPremisesPublishing: { externalUrl: 'https://10.0.0.1/', internalUrl: 'http://a.internal/?q', colour: 'red' },
    };
    const expected = [
      'connectorGroupId',
      'displayName',
      'onPremisesPublishing.colour',
      'onPremisesPublishing.externalUrl',
      'onPremisesPublishing.internalUrl',
      'web.homePageUrl',
    ];
    for (const headers of [TRIAL, {}]) {
      const refused = await api('POST', '/applications', bad, headers);
      expect([refused.status, refused.body.error.code, targetsOf(refused)]).toEqual([400, 'API_INVALID', expected]);
    }
    const taken = { displayName: ' ', onPremisesPublishing: { externalUrl: url('taken'), internalUrl: 7 } };
    expect(targetsOf(await api('POST', '/applications', taken))).toEqual([
      'displayName',
      'onPremisesPublishing.externalUrl',
      'onPremisesPublishing.internalUrl',
    ]);
    const segments = [
      { externalUrl: url('taken'), internalUrl: 'http://a.internal/' },
      { externalUrl: 5, internalUrl: 'gopher://a/' },
      { externalUrl: 'nowhere', internalUrl: 'http://b.internal/' },
    ];
    const complex = {
      onPremisesPublishing: {
        externalUrl: url('new'),
        internalUrl: 'http://a.internal/',
        segmentsConfiguration: { applicationSegments: segments },
      },
    };
    const place = 'onPremisesPublishing.segmentsConfiguration.applicationSegments';
    expect(targetsOf(await api('POST', '/applications', complex))).toEqual([
      'displayName',
      `${place}.0.externalUrl`,
      `${place}.1.externalUrl`,
      `${place}.1.internalUrl`,
      `${place}.2.externalUrl`,
    ]);
    expect(targetsOf(await api('POST', '/applications', {}))).toEqual(['displayName', 'onPremisesPublishing']);
    expect(await countOf('/applications')).toBe(before);
  });

  test('a change is told the same, with the roles that somebody has, and so is an assignment', async () => {
    const { path, id } = await publish('changed');
    const role = {
      id: '3c0a1f5e-1111-4111-8111-111111111111',
      allowedMemberTypes: ['User'],
      displayName: 'Boss',
      value: 'boss',
    };
    await api('PATCH', path, { appRoles: [role] });
    const assigned = `/servicePrincipals/${id}/appRoleAssignedTo`;
    expect((await api('POST', assigned, { principalId: 'p', appRoleId: role.id })).status).toBe(201);
    const refused = await api('PATCH', path, {
      displayName: '',
      appRoles: [],
      onPremisesPublishing: { internalUrl: 'http://x', externalAuthenticationType: 'none' },
    });
    expect(targetsOf(refused)).toEqual([
      'appRoles',
      'displayName',
      'onPremisesPublishing.externalAuthenticationType',
      'onPremisesPublishing.internalUrl',
    ]);
    expect((await api('GET', path)).body.displayName).toBe('changed');
    const badRole = { principalId: '', appRoleId: '22222222-2222-4222-8222-222222222222', resourceId: 'other' };
    expect(targetsOf(await api('POST', assigned, badRole))).toEqual(['appRoleId', 'principalId', 'resourceId']);
    const twice = await api('POST', assigned, { principalId: 'p', appRoleId: role.id, colour: 'red' });
    const codes = twice.body.error.details.map(({ code, target }: { code: string; target: string }) => [target, code]);
    expect(codes).toEqual([
      ['colour', 'API_INVALID'],
      ['principalId', 'API_CONFLICT'],
    ]);
    expect((await api('PATCH', '/applications/none', { displayName: '' })).status).toBe(404);
  });

  test('of every change that would work leaves nothing behind', async () => {
    const { path, id, etag } = await publish('tried');
    const { body: group } = await api('POST', GROUPS, { name: 'Tried' });
    const { body: token } = await api('POST', '/postern/enrolmentTokens', {});
    const { body: assignment } = await api('POST', `/servicePrincipals/${id}/appRoleAssignedTo`, { principalId: 'p' });
    const audited = await countOf('/postern/audit');
    const reference = { '@odata.id': `${service.apiBaseUrl}${GROUPS}/${group.id}` };
    const changes: [string, string, unknown?][] = [
      ['POST', '/applications', draft('tried-new')],
      ['PATCH', path, { displayName: 'Changed' }],
      ['PUT', `${path}/connectorGroup/$ref`, reference],
      ['PUT', `${path}/logo`, makePng(64, 64)],
      ['DELETE', path],
      ['PATCH', `/servicePrincipals/${id}`, { appRoleAssignmentRequired: false }],
      ['POST', `/servicePrincipals/${id}/appRoleAssignedTo`, { principalId: 'q' }],
      ['DELETE', `/servicePrincipals/${id}/appRoleAssignedTo/${assignment.id}`],
      ['POST', GROUPS, { name: 'Tried too' }],
      ['PATCH', `${GROUPS}/${group.id}`, { name: 'Tried 2' }],
      ['DELETE', `${GROUPS}/${group.id}`],
      ['POST', '/postern/enrolmentTokens', {}],
      ['DELETE', `/postern/enrolmentTokens/${token.id}`],
      ['POST', '/users/id-alice/revokeSignInSessions'],
    ];
    for (const [method, each, body] of changes) {
      const { status, headers } = await api(method, each, body, TRIAL);
      expect({ method, each, status, applied: headers.get('preference-applied') }).toEqual({
        method,
        each,
        status: 204,
        applied: 'validate-only',
      });
    }
    expect(await countOf('/postern/audit')).toBe(audited);
    expect((await api('GET', path)).headers.get('etag')).toBe(etag);
    expect((await api('DELETE', '/applications/none', undefined, TRIAL)).status).toBe(404);
    expect((await api('DELETE', path, undefined, { ...TRIAL, 'if-match': '"x"' })).status).toBe(412);
  });
});

describe('Idempotency-Key', () => {
  test('the same request again gets the same answer and makes nothing', async () => {
    const lists: [string, object][] = [
      ['/applications', draft('once')],
      [GROUPS, { name: 'Once' }],
      ['/postern/enrolmentTokens', { displayName: 'Once' }],
    ];
    for (const [list, body] of lists) {
      const key = { 'idempotency-key': `"key for ${list}"`.replaceAll(' ', '-') };
      const first = await api('POST', list, body, key);
      const again = await api('POST', list, body, key);
      expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
    }
    expect((await api('GET', `${GROUPS}/$count?$filter=name eq 'Once'`)).body).toBe(1);
  });

  test('another body with the same key is refused with 422, and what is no key with 400', async () => {
    const key = { 'idempotency-key': 'mine' };
    expect((await api('POST', GROUPS, { name: 'Mine' }, key)).status).toBe(201);
    const reused = await api('POST', GROUPS, { name: 'Mine 2' }, key);
    expect([reused.status, reused.body.error.code]).toEqual([422, 'API_KEY_REUSED']);
    const bad = await api('POST', GROUPS, { name: 'Bad' }, { 'idempotency-key': 'a b' });
    expect([bad.status, bad.body.error.target]).toEqual([400, 'Idempotency-Key']);
  });

  test('of many at once with one key one is made, and the others are told so or to wait', async () => {
    const key = { 'idempotency-key': 'crowd' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api('POST', GROUPS, { name: 'Crowd' }, key)));
    expect(
      new Set(answers.map(({ status, body }) => (status === 201 ? body.id : body.error.code))).size,
    ).toBeLessThanOrEqual(2);
    expect(answers.every(({ status, body }) => status === 201 || body.error.code === 'API_KEY_IN_FLIGHT')).toBe(true);
    expect((await api('GET', `${GROUPS}/$count?$filter=name eq 'Crowd'`)).body).toBe(1);
  });

  test('a refused request keeps no key, and a kept one is forgotten after a day', async () => {
    const key = { 'idempotency-key': 'day' };
    expect((await api('POST', GROUPS, { name: 'Default' }, key)).status).toBe(409);
    expect((await api('POST', GROUPS, { name: 'Day' }, key)).status).toBe(201);
    nowMs = 25 * 3_600_000;
    const later = makeApiClient(service.apiBaseUrl, await provider.automationToken());
    const forgotten = await later('POST', GROUPS, { name: 'Day after' }, key);
    nowMs = 0;
    expect(forgotten.status).not.toBe(422);
  });
});

test('404, 405, 406, 413, 415: each in the shape of Graph', async () => {
  const ask = async (method: string, path: string, init: RequestInit = {}) => {
    const authorization = `Bearer ${await provider.automationToken()}`;
    const headers = { authorization, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(service.apiBaseUrl + path, { ...init, method, headers });
    const { error } = (await response.json()) as { error: { code: string; innerError: { activityId: string } } };
    expect(error.innerError.activityId).toBe(response.headers.get('x-postern-activity-id'));
    return [response.status, error.code, response.headers.get('allow')];
  };
  expect(await ask('GET', '/colours')).toEqual([404, 'API_NOT_FOUND', null]);
  expect(await ask('PUT', '/applications')).toEqual([405, 'API_METHOD_NOT_ALLOWED', 'GET, HEAD, POST']);
  expect(await ask('POST', '/applications/x')).toEqual([405, 'API_METHOD_NOT_ALLOWED', 'DELETE, GET, HEAD, PATCH']);
  expect(await ask('GET', '/applications', { headers: { accept: 'text/html' } })).toEqual([
    406,
    'API_NOT_ACCEPTABLE',
    null,
  ]);
  const json = { 'content-type': 'application/json' };
  const large = JSON.stringify({ displayName: 'x'.repeat(2 * 1024 * 1024) });
  expect(await ask('POST', '/applications', { headers: json, body: large })).toEqual([413, 'API_BODY_TOO_LARGE', null]);
  const xml = { headers: { 'content-type': 'application/xml' }, body: '<x/>' };
  expect(await ask('POST', '/applications', xml)).toEqual([415, 'API_MEDIA_TYPE', null]);
});
