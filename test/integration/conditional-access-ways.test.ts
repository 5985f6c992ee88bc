import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { makeTestLog } from '../helpers/test-log.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
const MINUTE_MS = 60_000;
/** The proxy before the service tells whose client asks. */
const OFFICE = { 'x-forwarded-for': '203.0.113.7' };
const ELSEWHERE = { 'x-forwarded-for': '198.51.100.9' };
const XHR = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

let stateFile: ProviderStateFile;
let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;
let tokens: AccessTokenMaker;
/** What is added to the service's clock. */
let offsetMs = 0;
let count = 0;
/** What the service logged. */
const logLines: Record<string, unknown>[] = [];

beforeAll(async () => {
  stateFile = makeProviderStateFile();
  provider = await startProvider({ stateFile: stateFile.path });
  service = await startService({
    provider,
    clock: () => Date.now() + offsetMs,
    configuration: { trustedProxies: ['127.0.0.1'] },
    log: makeTestLog('info', (line) => void logLines.push(JSON.parse(line) as Record<string, unknown>)),
  });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  tokens = await makeAccessTokens(provider, stateFile.path);
});

afterAll(async () => {
  await service?.close();
  await provider?.close();
  stateFile?.remove();
});

/** Publishes an application for everybody, and returns its external URL and the path of it in the API. */
async function publish(policies: unknown[], publishing: Record<string, unknown> = {}): Promise<[string, string]> {
  count += 1;
  const externalUrl = service.externalUrl(`app${count}`);
  const onPremisesPublishing = {
    externalUrl,
    internalUrl: 'http://backend.test/',
    conditionalAccessPolicies: policies,
    ...publishing,
  };
  const body = { displayName: externalUrl, appRoleAssignmentRequired: false, onPremisesPublishing };
  const answer = await api('POST', '/applications', body);
  expect(answer.body).toMatchObject({ displayName: externalUrl });
  return [externalUrl, `/applications/${answer.body.id}`];
}

async function signedIn(): Promise<SignInBrowser> {
  const browser = new SignInBrowser();
  const [plain] = await publish([]);
  expect((await browser.signIn(plain, provider.user('alice'))).status).toBe(LET_THROUGH);
  return browser;
}

const codeOf = ({ body }: BrowserResponse): unknown => (JSON.parse(body) as { code: unknown }).code;

const ONLY_OFFICE = {
  displayName: 'Only the office',
  conditions: { locations: { excludeLocations: ['203.0.113.0/24', '2001:db8::/32'] } },
  grantControls: { builtInControls: ['block'] },
};

test('B17 B28 the address that a trusted proxy tells decides, before anybody signs in', async () => {
  const [app] = await publish([ONLY_OFFICE]);
  const browser = new SignInBrowser();
  const stranger = await browser.get(app, ELSEWHERE);
  expect([stranger.status, /203\.0\.113|Only the office/.test(stranger.body)]).toEqual([403, false]);
  expect((await browser.get(app, OFFICE)).status).toBe(302);
  expect((await browser.get(app, { 'x-forwarded-for': '2001:db8::5' })).status).toBe(302);
  expect(codeOf(await browser.get(app, { ...ELSEWHERE, ...XHR }))).toBe('EDGE_ACCESS_BLOCKED');
});

test('B17 B72 the access log names the policy that settled a request, and those that only report', async () => {
  const gold = { displayName: 'Gold', grantControls: { acrValues: ['gold'] } };
  const reporting = { ...ONLY_OFFICE, displayName: 'Some day', state: 'enabledForReportingButNotEnforced' };
  const [app] = await publish([gold, ONLY_OFFICE, reporting]);
  const browser = await signedIn();
  const policiesOf = async (answer: BrowserResponse): Promise<unknown[]> => {
    const id = answer.headers['x-postern-activity-id'];
    const find = () => logLines.find(({ msg, activityId }) => msg === 'edge.request' && activityId === id);
    await expect.poll(find).toBeDefined();
    return [find()?.['policy'], find()?.['reportedPolicies']];
  };
  // A block settles it whatever comes before it.
  expect(await policiesOf(await browser.get(app, ELSEWHERE))).toEqual(['Only the office', ['Some day']]);
  expect(await policiesOf(await browser.get(app, { ...OFFICE, ...XHR }))).toEqual([undefined, undefined]);
  const authorization = `Bearer ${await tokens.forUser('bob', app)}`;
  const program = new SignInBrowser();
  expect(await policiesOf(await program.get(app, { ...OFFICE, authorization }))).toEqual(['Gold', undefined]);
  const strong = `Bearer ${await tokens.forUser('bob', app, { acr: 'gold' })}`;
  const granted = await program.get(app, { ...OFFICE, authorization: strong });
  expect([granted.status, ...(await policiesOf(granted))]).toEqual([LET_THROUGH, undefined, undefined]);
});

test('B19 networks hold for passthru too, which knows nobody', async () => {
  const [app] = await publish([ONLY_OFFICE], { externalAuthenticationType: 'passthru' });
  const browser = new SignInBrowser();
  expect((await browser.get(app, OFFICE)).status).toBe(LET_THROUGH);
  expect((await browser.get(app, ELSEWHERE)).status).toBe(403);
});

test('B7 a segment may have conditions of its own', async () => {
  const app = service.externalUrl('segments');
  const admin = `${app}admin/`;
  const segment = (externalUrl: string, path: string) => ({ externalUrl, internalUrl: `http://segments.test/${path}` });
  const conditions = { ...ONLY_OFFICE.conditions, segments: { includeSegments: [admin] } };
  const answer = await api('POST', '/applications', {
    displayName: 'Segments',
    appRoleAssignmentRequired: false,
    onPremisesPublishing: {
      ...segment(app, ''),
      segmentsConfiguration: { applicationSegments: [segment(app, ''), segment(admin, 'admin/')] },
      conditionalAccessPolicies: [{ ...ONLY_OFFICE, conditions }],
    },
  });
  expect(answer.status).toBe(201);
  const browser = new SignInBrowser();
  expect((await browser.get(admin, ELSEWHERE)).status).toBe(403);
  expect((await browser.get(`${app}admin/x`, OFFICE)).status).toBe(302);
  expect((await browser.get(app, ELSEWHERE)).status).toBe(302);
});

test('B13 B18 B53 WebSockets and access tokens hear what is missing (RFC 9470), and a program never has it', async () => {
  const policies = [
    { displayName: 'Gold', grantControls: { acrValues: ['gold'] } },
    { displayName: 'Fresh', sessionControls: { signInFrequency: { type: 'minutes', value: 5 } } },
  ];
  const [app, path] = await publish([]);
  const browser = await signedIn();
  await browser.open(app);
  await api('PATCH', path, { onPremisesPublishing: { conditionalAccessPolicies: policies } });
  const challenge =
    /^Bearer realm="postern", error="insufficient_user_authentication", error_description="[^"]+", acr_values="gold", max_age="300"$/;
  await expect.poll(async () => (await browser.get(app, XHR)).status).toBe(401);
  const answer = await browser.get(app, XHR);
  expect(answer.headers['www-authenticate']).toMatch(challenge);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'EDGE_STEP_UP', acr_values: 'gold', max_age: 300 });
  const cookie = [...(browser.jar.get(new URL(app).hostname) ?? [])].map((pair) => pair.join('=')).join('; ');
  const socket = new WebSocket(app.replace('http', 'ws').replace(new URL(app).hostname, '127.0.0.1'), {
    headers: { cookie, host: new URL(app).host },
  });
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  expect([response.statusCode, challenge.test(response.headers['www-authenticate'] ?? '')]).toEqual([401, true]);
  response.resume();
  socket.on('error', () => undefined).terminate();
  const withToken = async (claims: Record<string, unknown>): Promise<BrowserResponse> => {
    const authorization = `Bearer ${await tokens.forUser('bob', app, claims)}`;
    return new SignInBrowser().get(app, { accept: 'application/json', authorization });
  };
  const now = Math.floor(Date.now() / 1000);
  expect((await withToken({ auth_time: now })).headers['www-authenticate']).toMatch(challenge);
  expect((await withToken({ auth_time: now - 3600, acr: 'gold' })).status).toBe(401);
  expect((await withToken({ auth_time: now, acr: 'gold' })).status).toBe(LET_THROUGH);
  expect((await withToken({ auth_time: now, acrs: ['c2', 'gold'] })).status).toBe(LET_THROUGH);
  const program = `Bearer ${await tokens.forApplication(app, { acr: 'gold', auth_time: now })}`;
  const refused = await new SignInBrowser().get(app, { accept: 'application/json', authorization: program });
  expect([refused.status, codeOf(refused)]).toEqual([403, 'EDGE_ACCESS_BLOCKED']);
});

test('B17 a sign-in that is too old is asked for again, and one that stays too old does not go round in circles', async () => {
  const policy = { displayName: 'Often', sessionControls: { signInFrequency: { type: 'minutes', value: 10 } } };
  const [app] = await publish([policy]);
  const browser = new SignInBrowser();
  expect((await browser.signIn(app, provider.user('alice'))).status).toBe(LET_THROUGH);
  try {
    offsetMs = 30 * MINUTE_MS;
    const page = await browser.open(app, (url) => url.startsWith(provider.origin));
    expect(new URL(page.url).searchParams.get('max_age')).toBe('600');
    // The provider's clock stands where it was: by ours the user signed in half an hour ago once more.
    const refused = await browser.open(page.url);
    expect([refused.status, refused.body.includes('a sign-in no more than 10 minutes ago')]).toEqual([403, true]);
  } finally {
    offsetMs = 0;
  }
  expect((await browser.get(app)).status).toBe(LET_THROUGH);
});

test('B17 who is excluded by a group gets in where others of the same policy do not', async () => {
  const [everyone] = provider.user('bob').groups;
  const [, finance] = provider.user('alice').groups;
  const users = { includeGroups: [everyone], excludeGroups: [finance] };
  const [app] = await publish([{ displayName: 'P', conditions: { users }, grantControls: ONLY_OFFICE.grantControls }]);
  expect((await (await signedIn()).open(app)).status).toBe(LET_THROUGH);
  const page = await new SignInBrowser().signIn(app, provider.user('bob'));
  expect([page.status, page.body.includes('Your account may not open this application.')]).toEqual([403, true]);
});
