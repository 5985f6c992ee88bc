import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAnswer, type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

const batch = (requests: readonly object[], headers?: Record<string, string>): Promise<ApiAnswer> =>
  api('POST', '/$batch', { requests }, headers);
const json = { 'Content-Type': 'application/json' };
const publish = (name: string): object => ({
  displayName: name,
  onPremisesPublishing: { externalUrl: service.externalUrl(name), internalUrl: `http://${name}.internal/` },
});
const create = (id: string, name: string, more: object = {}): object => ({
  id,
  method: 'POST',
  url: '/applications',
  headers: json,
  body: publish(name),
  ...more,
});
const statuses = ({ body }: ApiAnswer): [string, number][] =>
  body.responses.map((each: { id: string; status: number }) => [each.id, each.status]);

describe('$batch', () => {
  test('up to 20 requests are answered in one, each as if it came alone', async () => {
    const answer = await batch([
      create('a', 'first'),
      { id: 'b', method: 'GET', url: "/applications?$filter=displayName eq 'first'", dependsOn: ['a'] },
      { id: 'c', method: 'GET', url: '/graph/beta/applications/nobody' },
      { id: 'd', method: 'GET', url: '/applications/$count', dependsOn: ['a'] },
    ]);
    expect(answer.status).toBe(200);
    expect(statuses(answer)).toEqual([
      ['a', 201],
      ['b', 200],
      ['c', 404],
      ['d', 200],
    ]);
    const [made, found, missing, counted] = answer.body.responses;
    expect(made.headers).toMatchObject({ Location: expect.any(String) as string, ETag: made.body['@odata.etag'] });
    expect(found.body.value).toMatchObject([{ id: made.body.id }]);
    expect(missing.body.error.code).toBe('API_NOT_FOUND');
    expect(counted.body).toBe('1');
    const activities = answer.body.responses.map(({ headers }: { headers: object }) => Object.values(headers).at(-1));
    expect(new Set(activities).size).toBe(4);
    const audit = await api('GET', `/postern/audit?$filter=targetId eq '${made.body.id}'`);
    expect(audit.body.value).toMatchObject([{ activityId: activities[0] }]);
  });

  test('each is told all that is wrong with its body', async () => {
    const body = { displayName: '', onPremisesPublishing: { externalUrl: 'x', internalUrl: 'y' } };
    const answer = await batch([{ id: 'bad', method: 'POST', url: '/applications', headers: json, body }]);
    const [{ status, body: refusal }] = answer.body.responses;
    expect([status, refusal.error.details.map(({ target }: { target: string }) => target)]).toEqual([
      400,
      ['displayName', 'onPremisesPublishing.externalUrl', 'onPremisesPublishing.internalUrl'],
    ]);
  });

  test('what depends on a failed request is not made, nor what depends on that', async () => {
    const answer = await batch([
      create('third', 'third', { dependsOn: ['second'] }),
      create('second', 'second', { dependsOn: ['wrong'] }),
      { id: 'wrong', method: 'PATCH', url: '/applications/nobody', headers: json, body: { displayName: 'X' } },
    ]);
    expect(statuses(answer)).toEqual([
      ['third', 424],
      ['second', 424],
      ['wrong', 404],
    ]);
    expect(answer.body.responses[0].body.error.code).toBe('API_FAILED_DEPENDENCY');
    expect((await api('GET', "/applications?$filter=displayName in ('second','third')")).body.value).toEqual([]);
  });

  test('conditions and trials hold in it; a batch that is tried changes nothing', async () => {
    const { body } = await api('POST', '/applications', publish('conditions'));
    const patch = (id: string, headers: object): object => ({
      id,
      method: 'PATCH',
      url: `/applications/${body.id}`,
      headers: { ...json, ...headers },
      body: { displayName: id },
    });
    const answer = await batch([
      patch('lost', { 'If-Match': 'W/"other.other"' }),
      patch('tried', { Prefer: 'validate-only' }),
      {
        id: 'known',
        method: 'GET',
        url: `/applications/${body.id}`,
        headers: { 'If-None-Match': body['@odata.etag'] },
      },
    ]);
    expect(statuses(answer)).toEqual([
      ['lost', 412],
      ['tried', 204],
      ['known', 304],
    ]);
    const tried = await batch([create('one', 'tried'), patch('two', {})], { prefer: 'validate-only' });
    expect(statuses(tried)).toEqual([
      ['one', 204],
      ['two', 204],
    ]);
    expect((await api('GET', `/applications/${body.id}`)).body).toEqual(body);
  });

  test('the caller is that of the batch, and no other', async () => {
    const none = makeApiClient(service.apiBaseUrl, null);
    expect((await none('POST', '/$batch', { requests: [create('a', 'nobody')] })).status).toBe(401);
    const headers = { ...json, Authorization: 'Bearer of-somebody-else', 'X-Forwarded-For': '203.0.113.9' };
    const answer = await batch([create('a', 'mine', { headers })]);
    expect(statuses(answer)).toEqual([['a', 201]]);
    const audit = await api('GET', `/postern/audit?$filter=targetId eq '${answer.body.responses[0].body.id}'`);
    expect(audit.body.value).toMatchObject([{ initiatedBy: { ipAddress: '127.0.0.1' } }]);
  });

  test.for([
    ['21 requests', Array.from({ length: 21 }, (_, index) => ({ id: String(index), method: 'GET', url: '/users' }))],
    ['no request', []],
    ['an id twice', ['a', 'a'].map((id) => ({ id, method: 'GET', url: '/users' }))],
    ['a circle', [{ id: 'a', method: 'GET', url: '/users', dependsOn: ['a'] }]],
    ['an unknown dependency', [{ id: 'a', method: 'GET', url: '/users', dependsOn: ['b'] }]],
    ['a batch in it', [{ id: 'a', method: 'POST', url: '/%24batch', body: { requests: [] } }]],
    ['a stream', [{ id: 'a', method: 'GET', url: '/postern/traffic/strea%6d' }]],
    ['a way out of the API', [{ id: 'a', method: 'POST', url: '/../../.postern/connector/enrol', body: {} }]],
  ] as const)('with %s it is refused as a whole', async ([, requests]) => {
    const answer = await batch(requests);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'API_INVALID']);
  });
});
