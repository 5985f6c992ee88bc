import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeTrialUsers } from '../../trial/trial-users.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type RawBackend, type RawRequest, startRawBackend } from '../helpers/start-raw-backend.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };

const RULES = [
  {
    path: '/',
    headers: [
      {
        name: 'X-Remote-User',
        source: 'claim',
        claim: 'preferred_username',
        transformations: [{ kind: 'toUppercase' }],
      },
      { name: 'SM_USER', source: 'claim', claim: 'oid', transformations: [{ kind: 'prefix', prefix: 'id:' }] },
      { name: 'X-Full-Name', source: 'claim', claim: 'name' },
      { name: 'X-Mail', source: 'claim', claim: 'email', transformations: [{ kind: 'extract', pattern: '^([^@]+)@' }] },
      {
        name: 'X-Groups',
        source: 'groups',
        separator: ';',
        transformations: [
          { kind: 'extract', pattern: '(?i)^CN=([^,]+)' },
          { kind: 'toLowercase' },
          { kind: 'prefix', prefix: 'ROLE_' },
        ],
      },
      { name: 'X-App-Roles', source: 'roles' },
      { name: 'X-Gateway', source: 'constant', value: 'postern Ü' },
      { name: 'X-Nothing', source: 'claim', claim: 'employeeid' },
    ],
  },
  { path: '/reports/', headers: [{ name: 'X-Area', source: 'constant', value: 'reports' }] },
  { path: '/reports/public', headers: [] },
];
const NAMES = ['x-remote-user', 'sm_user', 'x-full-name', 'x-mail', 'x-groups', 'x-app-roles', 'x-gateway', 'x-area'];

let world: PublishingWorld;
let backend: RawBackend;
let browser: SignInBrowser;
let app: URL;
let appId: string;
let zoe: ReturnType<typeof makeTrialUsers>[number];

beforeAll(async () => {
  const [alice, ...others] = makeTrialUsers();
  zoe = {
    ...(alice as typeof zoe),
    displayName: 'Zoë Žižka',
    groups: ['CN=Finance,OU=Groups', 'cn=Sales,OU=x', 'CN=evil;ROLE_admin,OU=x', 'CN=a\r\nX-Admin: 1', 'plain'],
    signInRoles: ['Auditor', 'Reader'],
  };
  world = await startPublishingWorld({ users: [zoe, ...others] });
  backend = await startRawBackend();
  app = new URL(world.service.externalUrl('sso'));
  appId = await world.publish(
    {
      externalUrl: app.href,
      internalUrl: `${backend.url}/`,
      externalAuthenticationType: 'aadPreAuthentication',
      singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased', headerSignOnSettings: { rules: RULES } },
    },
    { appRoleAssignmentRequired: false },
  );
  browser = new SignInBrowser();
  await vi.waitUntil(async () => (await browser.get(app.href)).status === 302, PATIENCE);
  await browser.signIn(app.href, zoe);
});

afterAll(async () => {
  await world?.close();
  await backend?.close();
});

/** What the backend saw of a request with the user's session. */
async function ask(path: string, headers: Record<string, string> = {}): Promise<RawRequest> {
  const before = backend.requests.length;
  const answer = await browser.get(new URL(path, app).href, headers);
  expect(answer.status).toBe(200);
  return backend.requests[before] as RawRequest;
}

/** The headers of identity, names as they came and values read as UTF-8. */
function identityOf({ lines }: RawRequest): string[] {
  return lines
    .filter((line) => NAMES.includes((line.split(':')[0] ?? '').toLowerCase()))
    .map((line) => Buffer.from(line, 'latin1').toString());
}

const expected = (): string[] => [
  'X-Remote-User: ALICE@CONTOSO.EXAMPLE',
  `SM_USER: id:${zoe.id}`,
  'X-Full-Name: Zoë Žižka',
  'X-Mail: alice',
  'X-Groups: ROLE_finance;ROLE_sales',
  'X-App-Roles: Auditor,Reader',
  'X-Gateway: postern Ü',
];

test('B80 claims, groups, roles and constants arrive transformed; what would break a header or a list is left out', async () => {
  const seen = await ask('/');
  expect(seen.lines.join('\n')).not.toMatch(/x-admin|evil|x-nothing/i);
  expect(identityOf(seen)).toEqual(expected());
});

test('B80 the most specific path decides alone', async () => {
  expect(identityOf(await ask('/reports/1'))).toEqual(['X-Area: reports']);
  expect(identityOf(await ask('/reports'))).toEqual(['X-Area: reports']);
  expect(identityOf(await ask('/reports/public/1'))).toEqual([]);
  expect(identityOf(await ask('/reportsX'))).toEqual(expected());
});

test('B80 a path that servers read differently chooses no rule', async () => {
  const before = backend.requests.length;
  expect((await browser.get(`${app.href}reports%2Fpublic/1`)).status).toBe(400);
  expect(backend.requests).toHaveLength(before);
});

test('B30 B80 what a client sends under such names is removed in every spelling, on every path, value or not', async () => {
  const spellings = ['X-Remote-User', 'x_remote_user', 'X.Remote-User', 'SM-User', 'sm_user', 'X-NOTHING', 'x_nothing'];
  spellings.push('X-Groups', 'x-area', 'X-Postern-Jwt-Assertion', 'x_postern_jwt_assertion');
  const forged = Object.fromEntries(spellings.map((name) => [name, 'forged']));
  for (const path of ['/', '/reports/1', '/reports/public/1']) {
    const seen = await ask(path, { ...forged, 'x-mine': 'kept', connection: 'keep-alive, x-remote-user' });
    expect(seen.lines.join('\n')).not.toContain('forged');
    expect(seen.lines).toContain('x-mine: kept');
    expect(identityOf(seen)).toEqual(identityOf(await ask(path)));
  }
});

test('B30 such a name is no trailer either, and a request to switch protocols carries what others carry', async () => {
  const cookie = [...(browser.jar.get(app.hostname) ?? [])].map((pair) => pair.join('=')).join('; ');
  const raw = async (head: string[], rest: string): Promise<RawRequest> => {
    const before = backend.requests.length;
    const socket = connect(Number(app.port), '127.0.0.1');
    socket.write(`${[...head, `Host: ${app.host}`, `Cookie: ${cookie}`, '', ''].join('\r\n')}${rest}`);
    await once(socket, 'data');
    socket.destroy();
    return backend.requests[before] as RawRequest;
  };
  const chunked = ['POST /trailers HTTP/1.1', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'];
  const posted = await raw(chunked, '2\r\nok\r\n0\r\nx_remote_user: forged\r\nSM-USER: forged\r\nX-Sum: 5\r\n\r\n');
  expect([posted.body, posted.trailers]).toEqual(['ok', ['X-Sum: 5']]);
  const upgrade = ['GET /ws HTTP/1.1', 'Connection: Upgrade', 'Upgrade: example', 'X-Remote-User: forged'];
  expect(identityOf(await raw(upgrade, ''))).toEqual(identityOf(await ask('/')));
});

test('B32 B80 what we add to a head that is full already never reaches the tunnel, which others need', async () => {
  const many = Object.fromEntries(Array.from({ length: 985 }, (_, index) => [`x-${index}`, '1']));
  expect((await browser.get(app.href, many)).status).toBe(431);
  expect((await browser.get(`${app.href}reports/public/`, many)).status).toBe(200);
});

test('B63 B80 a change of the settings holds at once for running sessions; rules switched off still keep clients out', async () => {
  const change = (singleSignOnSettings: unknown): ReturnType<PublishingWorld['api']> =>
    world.api('PATCH', `/applications/${appId}`, { onPremisesPublishing: { singleSignOnSettings } });
  const headers = [{ name: 'X-Area', source: 'constant', value: 'changed' }];
  const headerSignOnSettings = { rules: [{ headers }] };
  expect((await change({ singleSignOnMode: 'aadHeaderBased', headerSignOnSettings })).status).toBe(204);
  await expect.poll(async () => identityOf(await ask('/')), PATIENCE).toEqual(['X-Area: changed']);
  expect((await change({ singleSignOnMode: 'none', headerSignOnSettings })).status).toBe(204);
  await expect.poll(async () => identityOf(await ask('/', { 'x-area': 'forged' })), PATIENCE).toEqual([]);
  expect((await change(null)).status).toBe(204);
  await expect.poll(async () => identityOf(await ask('/', { 'x-area': 'mine' })), PATIENCE).toEqual(['x-area: mine']);
});

test('B19 B80 the API names each setting that can not be', async () => {
  const problems = async (publishing: object): Promise<string[]> => {
    const { status, body } = await world.tryToPublish({
      externalUrl: world.service.externalUrl('refused'),
      internalUrl: `${backend.url}/`,
      externalAuthenticationType: 'aadPreAuthentication',
      ...publishing,
    });
    expect(status).toBe(400);
    const details = body.error.details as { target: string; message: string }[];
    return details.map(({ target }) =>
      target.replace(/.*singleSignOnSettings\./, '').replace('headerSignOnSettings.', ''),
    );
  };
  const withHeaders = (...headers: object[]): object => ({
    singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased', headerSignOnSettings: { rules: [{ headers }] } },
  });
  const mail = { source: 'claim', claim: 'email' };
  const refused = [
    'Host',
    'content_type',
    'Cookie',
    'Authorization',
    'X-Forwarded-User',
    'x_postern_user',
    'TE',
    'Sec-X',
  ];
  expect(await problems(withHeaders(...refused.map((name) => ({ ...mail, name }))))).toEqual(
    refused.map((_, index) => `rules.0.headers.${index}.name`),
  );
  expect(await problems(withHeaders({ ...mail, name: 'X-User' }, { ...mail, name: 'x_user' }))).toEqual([
    'rules.0.headers.1.name',
  ]);
  const patterns = ['(a)\\1', '(?=a)', '((a{1000}){1000})', '(a{100}){5}', '['];
  for (const pattern of patterns) {
    expect(
      await problems(withHeaders({ ...mail, name: 'X-A', transformations: [{ kind: 'extract', pattern }] })),
    ).toEqual(['rules.0.headers.0.transformations.0.pattern']);
  }
  const constant = { name: 'X-A', source: 'constant', value: 'a\r\nX-B: 1' };
  expect(await problems(withHeaders(constant))).toEqual(['rules.0.headers.0.value']);
  expect(await problems(withHeaders({ ...mail, name: 'X A' }))).toEqual(['rules.0.headers.0.name']);
  expect(await problems(withHeaders({ name: 'X-A', source: 'cookie' }))).toEqual(['rules.0.headers.0.source']);
  for (const singleSignOnMode of ['onPremisesKerberos', 'pingHeaderBased', 'oAuthToken', 'other']) {
    expect(await problems({ singleSignOnSettings: { singleSignOnMode } })).toEqual(['singleSignOnMode']);
  }
  expect(await problems({ singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased' } })).toEqual([
    'headerSignOnSettings',
  ]);
  const passthru = { externalAuthenticationType: 'passthru', isIdentityAssertionEnabled: true };
  expect(await problems({ ...passthru, ...withHeaders({ ...mail, name: 'X-A' }) })).toEqual([
    'singleSignOnMode',
    'onPremisesPublishing.isIdentityAssertionEnabled',
  ]);
  const rules = [
    { path: '/a/', headers: [] },
    { path: '/%61', headers: [] },
    { path: '/a/../b', headers: [] },
  ];
  const headerSignOnSettings = { rules };
  expect(await problems({ singleSignOnSettings: { singleSignOnMode: 'none', headerSignOnSettings } })).toEqual([
    'rules.1.path',
    'rules.2.path',
  ]);
});
