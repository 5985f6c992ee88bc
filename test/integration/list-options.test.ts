import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const ROLE = '11111111-0000-4000-8000-000000000001';
const NAMES = ['Wiki', 'Ärzte', "Bob's 50%", 'Payroll', 'wiki archive'];

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  for (const [index, displayName] of NAMES.entries()) {
    const { status } = await api('POST', '/applications', {
      displayName,
      ...(index < 2 && { description: `The ${displayName} of Contoso` }),
      ...(index === 3 && { tags: ['HideApp', 'Finance'] }),
      ...(index === 4 && {
        appRoles: [{ id: ROLE, displayName: 'Editor', value: 'edit', allowedMemberTypes: ['User'] }],
      }),
      appRoleAssignmentRequired: index !== 0,
      onPremisesPublishing: {
        externalUrl: service.externalUrl(`app${index}`),
        internalUrl: `http://app${index}.internal/`,
        ...(index === 0 && { externalAuthenticationType: 'passthru' }),
      },
    });
    if (status !== 201) throw new Error(`The application ${displayName} was refused.`);
  }
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

const ask = (options: Record<string, string>, path = '/applications') =>
  api('GET', `${path}?${new URLSearchParams(options).toString()}`);

async function namesFor(options: Record<string, string>): Promise<string[]> {
  const { status, body } = await ask({ $orderby: 'createdDateTime', ...options });
  expect({ options, status, body }).toMatchObject({ status: 200 });
  return body.value.map((item: { displayName: string }) => item.displayName).toSorted();
}

const [WIKI = '', DOCTORS = '', BOB = '', PAYROLL = '', ARCHIVE = ''] = NAMES;

describe('$filter', () => {
  test.each([
    ["displayName eq 'WIKI'", [WIKI]],
    ["displayName ne 'wiki'", [ARCHIVE, BOB, DOCTORS, PAYROLL]],
    ["startswith(displayName,'wiki')", [WIKI, ARCHIVE]],
    ["endswith(displayName,'E')", [DOCTORS, ARCHIVE]],
    ["contains(displayName,'''s 50%')", [BOB]],
    ["contains(displayName,'_')", []],
    ["displayName in ('ärzte', 'payroll')", [DOCTORS, PAYROLL]],
    ["displayName eq 'wiki' or (displayName eq 'payroll' and appRoleAssignmentRequired eq true)", [WIKI, PAYROLL]],
    ["displayName eq 'wiki' or displayName eq 'payroll' and appRoleAssignmentRequired eq false", [WIKI]],
    ["not (startswith(displayName,'wiki'))", [BOB, DOCTORS, PAYROLL]],
    ["not startswith(displayName,'wiki') and not (displayName eq 'payroll')", [BOB, DOCTORS]],
    ["startswith(displayName,'wiki') eq false", [BOB, DOCTORS, PAYROLL]],
    ['description eq null', [ARCHIVE, BOB, PAYROLL]],
    ["description ne 'The Wiki of Contoso'", [ARCHIVE, BOB, DOCTORS, PAYROLL]],
    ["not (description eq 'the wiki of contoso')", [ARCHIVE, BOB, DOCTORS, PAYROLL]],
    ["contains(description,'CONTOSO')", [DOCTORS, WIKI]],
    ["onPremisesPublishing/externalAuthenticationType eq 'passthru'", [WIKI]],
    ["onPremisesPublishing/internalUrl eq 'http://app2.internal/'", [BOB]],
    ["tags/any(t:t eq 'HideApp')", [PAYROLL]],
    ['tags/any()', [PAYROLL]],
    ["not tags/any(t:startswith(t,'fin'))", [ARCHIVE, BOB, DOCTORS, WIKI]],
    [`appRoles/any(r:r/value eq 'edit' and r/id eq '${ROLE}')`, [ARCHIVE]],
    ["appRoles/any(r:r/value eq 'edit' and r/displayName eq 'Reader')", []],
    ['createdDateTime ge 2020-01-01T00:00:00Z and createdDateTime lt 2999-01-01', NAMES],
    ["displayName ge 'payroll' and displayName le 'wiki'", [PAYROLL, WIKI]],
  ] as const)('%s', async (filter, expected) => {
    expect(await namesFor({ $filter: filter })).toEqual(expected.toSorted());
  });

  test('what a filter leaves out, its negation finds', async () => {
    for (const filter of ["description eq 'x'", "startswith(description,'the')", "tags/any(t:t ne 'x')", "id gt 'b'"]) {
      const [yes, no] = [await namesFor({ $filter: filter }), await namesFor({ $filter: `not (${filter})` })];
      expect({ filter, all: [...yes, ...no].toSorted() }).toEqual({ filter, all: NAMES.toSorted() });
    }
  });

  test('what cannot be asked is refused with what can', async () => {
    const deep = `${'('.repeat(20)}id eq 'x'${')'.repeat(20)}`;
    const many = `id in (${Array.from({ length: 60 }, (_, index) => `'${index}'`).join(',')})`;
    for (const [filter, said] of [
      ["colour eq 'red'", 'displayName, createdDateTime'],
      ["displayName matches 'x'", 'eq, ne, gt, ge, lt, le and in'],
      ["indexof(displayName,'x')", 'startswith, endswith, contains and any'],
      ['displayName eq 7', "write 'TEXT'"],
      ['createdDateTime gt yesterday', 'a time such as'],
      ['appRoleAssignmentRequired gt true', 'eq, ne, in'],
      ["tags eq 'x'", 'tags/any'],
      ["displayName/any(d:d eq 'x')", 'there are tags, appRoles'],
      ["appRoles/any(r:r/colour eq 'x')", 'r/id, r/displayName, r/value'],
      ["id eq 'x' and", 'ends too early'],
      ["id eq 'a\0b'", 'U+0000'],
      [deep, 'levels deep'],
      [many, 'more than 50 conditions'],
    ] as const) {
      const { status, body } = await ask({ $filter: filter });
      expect({ filter, status, target: body.error?.target }).toEqual({ filter, status: 400, target: '$filter' });
      expect(body.error.message).toContain(said);
    }
  });

  test('an option that is not known is refused, and a name without a dollar is not looked at', async () => {
    expect((await ask({ $expand: 'owners' })).body.error).toMatchObject({ code: 'API_INVALID', target: '$expand' });
    expect((await ask({ colour: 'red' })).status).toBe(200);
  });
});

test('$search finds words in any text or in one field', async () => {
  expect(await namesFor({ $search: '"displayName:wiki"' })).toEqual([WIKI, ARCHIVE].toSorted());
  expect(await namesFor({ $search: '"contoso"' })).toEqual([WIKI, DOCTORS].toSorted());
  expect(await namesFor({ $search: '"contoso" AND "displayName:ä"' })).toEqual([DOCTORS]);
  expect(await namesFor({ $search: '"displayName:wiki" OR "payroll"' })).toEqual([WIKI, ARCHIVE, PAYROLL].toSorted());
  expect(await namesFor({ $search: 'wiki archive' })).toEqual([ARCHIVE]);
  expect(await namesFor({ $search: '"app3.internal"', $filter: "tags/any(t:t eq 'Finance')" })).toEqual([PAYROLL]);
  const refused = await ask({ $search: '"colour:red"' });
  expect([refused.status, refused.body.error.target]).toEqual([400, '$search']);
});

test('$count counts all pages, beside them or alone', async () => {
  const { body } = await ask({ $count: 'true', $top: '2', $filter: "displayName ne 'Wiki'" });
  expect([body['@odata.count'], body.value.length]).toEqual([4, 2]);
  const next = await api('GET', body['@odata.nextLink']);
  expect([next.body['@odata.count'], next.body.value.length]).toEqual([4, 2]);
  expect((await ask({})).body).not.toHaveProperty('@odata.count');
  expect((await ask({ $filter: "startswith(displayName,'wiki')" }, '/applications/$count')).body).toBe(2);
  expect((await ask({}, '/users/$count')).headers.get('content-type')).toContain('text/plain');
});

test('pages are stable while items come and go', async () => {
  const seen: string[] = [];
  let next: string | undefined = '/applications?$orderby=displayName&$top=2&$select=displayName';
  let count = 0;
  while (next !== undefined) {
    const { body } = await api('GET', next);
    seen.push(...body.value.map((item: { displayName: string }) => item.displayName));
    next = body['@odata.nextLink'];
    count += 1;
    // One that belongs before what was read, which must not push anything over the edge of a page.
    const created = await api('POST', '/applications', {
      displayName: `AA ${count}`,
      onPremisesPublishing: { externalUrl: service.externalUrl(`new${count}`), internalUrl: 'http://new.internal/' },
    });
    expect(created.status).toBe(201);
  }
  expect(seen.toSorted()).toEqual(NAMES.toSorted());
});

test('$orderby takes several fields, and pages follow one another in that order', async () => {
  const order = 'appRoleAssignmentRequired desc, displayName desc,id';
  const { body: whole } = await ask({ $orderby: order, $select: 'id' });
  const found: string[] = [];
  let next = `/applications?${new URLSearchParams({ $orderby: order, $top: '2', $select: 'id' }).toString()}`;
  while (next !== '') {
    const { body } = await api('GET', next);
    found.push(...body.value.map(({ id }: { id: string }) => id));
    next = body['@odata.nextLink'] ?? '';
  }
  expect(found).toEqual(whole.value.map(({ id }: { id: string }) => id));
  const { body } = await ask({ $orderby: order });
  const shown = body.value.map((item: { appRoleAssignmentRequired: boolean }) => item.appRoleAssignmentRequired);
  expect(shown).toEqual(shown.toSorted((a: boolean, b: boolean) => Number(b) - Number(a)));
  expect(body.value.at(-1).displayName).toBe(WIKI);
  for (const wrong of [
    'displayName,colour',
    'id,id desc',
    'id,,id',
    'tags',
    'id,appId,displayName,createdDateTime,id',
  ]) {
    const refused = await ask({ $orderby: wrong });
    expect([refused.status, refused.body.error.target]).toEqual([400, '$orderby']);
  }
});

test('certificate hosts are a list as any other', async () => {
  const path = '/postern/certificateHosts';
  const { body } = await ask({ $filter: "status eq 'missing' and startswith(hostname,'app')", $count: 'true' }, path);
  expect(body['@odata.count']).toBe(NAMES.length);
  const first = await ask({ $orderby: 'status desc,hostname desc', $top: '3', $select: 'hostname' }, path);
  const second = await api('GET', first.body['@odata.nextLink']);
  const hosts = [...first.body.value, ...second.body.value].map(({ hostname }: { hostname: string }) => hostname);
  expect(hosts).toEqual(hosts.toSorted().toReversed());
  expect((await ask({ $filter: 'applicationIds/any()' }, `${path}/$count`)).body).toBe(
    (await ask({}, '/applications/$count')).body,
  );
  expect((await ask({ $orderby: 'id' }, '/postern/certificates')).body.value).toEqual([]);
});

test('a link of one order is refused in another', async () => {
  const { body } = await ask({ $orderby: 'displayName', $top: '1' });
  const token = new URL(body['@odata.nextLink']).searchParams.get('$skiptoken') ?? '';
  const refused = await ask({ $orderby: 'createdDateTime', $skiptoken: token });
  expect([refused.status, refused.body.error.target]).toEqual([400, '$skiptoken']);
});
