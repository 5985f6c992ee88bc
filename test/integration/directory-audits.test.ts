import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type AccessTokenMaker, makeAccessTokens, makeProviderStateFile } from '../helpers/access-token-maker.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const PATH = '/auditLogs/directoryAudits';
const stateFile = makeProviderStateFile();
let provider: StartedProvider;
let service: StartedService;
let tokens: AccessTokenMaker;
let admin: ApiClient;
let reader: ApiClient;
let automation: ApiClient;
let wiki: string;
let groupId: string;
const began = new Date().toISOString();

async function as(name: string, role: string): Promise<ApiClient> {
  const token = await tokens.forUser(name, provider.apiId, { scp: 'access_as_user', roles: [role] });
  return makeApiClient(service.apiBaseUrl, token);
}

beforeAll(async () => {
  provider = await startProvider({ stateFile: stateFile.path });
  service = await startService({ provider });
  tokens = await makeAccessTokens(provider, stateFile.path);
  admin = await as('admin', 'Application.Administrator');
  reader = await as('alice', 'Application.Read');
  automation = makeApiClient(service.apiBaseUrl, await provider.automationToken());

  const onPremisesPublishing = { externalUrl: service.externalUrl('wiki'), internalUrl: 'http://wiki.intra/' };
  wiki = (await admin('POST', '/applications', { displayName: 'Wiki', onPremisesPublishing })).body.id;
  const change = { displayName: 'Wiki of all', onPremisesPublishing: { internalUrl: 'http://wiki2.intra/' } };
  await admin('PATCH', `/applications/${wiki}`, change);
  const groups = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups';
  groupId = (await automation('POST', groups, { name: 'Branches' })).body.id;
  await admin('DELETE', `/applications/${wiki}`);
});

afterAll(async () => {
  await service.close();
  await provider.close();
  stateFile.remove();
});

interface Item {
  readonly id: string;
  readonly activityDisplayName: string;
}

async function list(options: Readonly<Record<string, string>> = {}): Promise<Item[]> {
  const { status, body } = await reader('GET', `${PATH}?${new URLSearchParams(options).toString()}`);
  expect([options, status, body.error?.message]).toEqual([options, 200, undefined]);
  return body.value;
}

async function filtered($filter: string): Promise<string[]> {
  return (await list({ $filter })).map(({ activityDisplayName }) => activityDisplayName);
}

const ALL = ['application.delete', 'connectorGroup.create', 'application.update', 'application.create'];
const OF_WIKI = ALL.filter((name) => name.startsWith('application'));

describe('B61 the audit in the shape of Graph', () => {
  test('is read by a reader, newest first, one by one too', async () => {
    const items = await list();
    expect(items.map(({ activityDisplayName }) => activityDisplayName)).toEqual(ALL);
    const [, , update] = items;
    expect(update).toMatchObject({
      category: 'ApplicationManagement',
      operationType: 'Update',
      loggedByService: 'Application Proxy',
      result: 'success',
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      initiatedBy: {
        user: { id: provider.user('admin').id, displayName: 'Ada Admin', ipAddress: '127.0.0.1' },
        app: null,
      },
      targetResources: [
        {
          id: wiki,
          displayName: 'Wiki of all',
          type: 'Application',
          modifiedProperties: [
            { displayName: 'displayName', oldValue: '"Wiki"', newValue: '"Wiki of all"' },
            {
              displayName: 'onPremisesPublishing/internalUrl',
              oldValue: '"http://wiki.intra/"',
              newValue: '"http://wiki2.intra/"',
            },
          ],
        },
      ],
    });
    expect((await reader('GET', `${PATH}/${update?.id}`)).body).toEqual(update);
    expect((await reader('GET', `${PATH}/nothing`)).status).toBe(404);
    const [, byApplication] = items;
    expect(byApplication).toMatchObject({
      category: 'GroupManagement',
      operationType: 'Add',
      initiatedBy: { user: null, app: { servicePrincipalId: expect.any(String) as string } },
      targetResources: [{ id: groupId, displayName: 'Branches', type: 'ConnectorGroup' }],
    });
  });

  test('takes no change', async () => {
    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      expect((await admin(method, PATH, method === 'DELETE' ? undefined : {})).status).toBeGreaterThanOrEqual(404);
    }
  });

  test('is filtered by who, what, on what and when', async () => {
    const me = provider.user('admin').id;
    const cases: Readonly<Record<string, string[]>> = {
      [`initiatedBy/user/id eq '${me}'`]: OF_WIKI,
      [`initiatedBy/user/id ne '${me}'`]: ['connectorGroup.create'],
      'initiatedBy/user/id eq null': ['connectorGroup.create'],
      'initiatedBy/user/id ne null': OF_WIKI,
      'initiatedBy/app/servicePrincipalId ne null': ['connectorGroup.create'],
      "startswith(initiatedBy/user/displayName,'ada')": OF_WIKI,
      "not startswith(initiatedBy/user/displayName,'ada')": ['connectorGroup.create'],
      [`targetResources/any(t:t/id eq '${wiki}')`]: OF_WIKI,
      [`targetResources/any(t:t/id eq '${wiki}') and activityDisplayName eq 'application.update'`]: [
        'application.update',
      ],
      "targetResources/any(t:t/type eq 'ConnectorGroup')": ['connectorGroup.create'],
      "targetResources/any(t:t/displayName eq 'Branches')": ['connectorGroup.create'],
      "targetResources/any(t:contains(t/displayName,'of all'))": ['application.delete', 'application.update'],
      'targetResources/any()': ALL,
      "category eq 'ApplicationManagement'": OF_WIKI,
      "category ne 'ApplicationManagement'": ['connectorGroup.create'],
      "category in ('Other','GroupManagement')": ['connectorGroup.create'],
      "category eq 'Other'": [],
      "result eq 'success'": ALL,
      "result eq 'failure'": [],
      "loggedByService eq 'Application Proxy'": ALL,
      "startswith(activityDisplayName,'application.')": OF_WIKI,
      [`activityDateTime ge ${began}`]: ALL,
      [`activityDateTime lt ${began}`]: [],
    };
    for (const [$filter, names] of Object.entries(cases)) {
      expect([$filter, await filtered($filter)]).toEqual([$filter, names]);
    }
    const [newest] = (await list()) as (Item & { correlationId: string })[];
    expect(await filtered(`correlationId eq '${newest?.correlationId}'`)).toEqual(['application.delete']);
    const refused = await reader('GET', `${PATH}?$filter=${encodeURIComponent("nobody eq 'x'")}`);
    expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('correlationId')]);
  });

  test('comes in pages, counted, ordered, and with the fields that were asked for', async () => {
    const seen: Item[] = [];
    let url = `${PATH}?$top=3&$count=true&$select=id,activityDisplayName&$orderby=activityDateTime`;
    for (let pages = 0; pages < 2; pages += 1) {
      const { body } = await reader('GET', url);
      expect(body['@odata.count']).toBe(4);
      seen.push(...body.value);
      url = body['@odata.nextLink'];
    }
    expect(url).toBeUndefined();
    expect(seen.map(({ activityDisplayName }) => activityDisplayName)).toEqual(ALL.toReversed());
    expect(Object.keys(seen[0] ?? {})).toEqual(['id', 'activityDisplayName']);
    expect((await reader('GET', `${PATH}/$count`)).body).toBe(4);
  });
});
