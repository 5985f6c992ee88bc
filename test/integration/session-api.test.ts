import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';

let stateFile: ProviderStateFile;
let world: PublishingWorld;
let backend: RawBackend;
let tokens: AccessTokenMaker;
let app: string;
let applicationId: string;

beforeAll(async () => {
  stateFile = makeProviderStateFile();
  world = await startPublishingWorld({ stateFile: stateFile.path });
  tokens = await makeAccessTokens(world.provider, stateFile.path);
  backend = await startRawBackend();
  app = world.service.externalUrl('listed');
  applicationId = await world.publish(
    { externalUrl: app, internalUrl: `${backend.url}/`, externalAuthenticationType: 'aadPreAuthentication' },
    { appRoleAssignmentRequired: false },
  );
});

afterAll(async () => {
  await world?.close();
  await backend?.close();
  stateFile?.remove();
});

async function signIn(name: string): Promise<SignInBrowser> {
  const browser = new SignInBrowser();
  const answer = await browser.signIn(app, world.provider.user(name));
  if (answer.status !== 200) throw new Error(`${name} got ${answer.status}.`);
  return browser;
}

const statusOf = async (browser: SignInBrowser): Promise<number> => (await browser.get(app)).status;
const list = (query: string) => world.api('GET', `/postern/sessions?${query}`);
const filter = (text: string): string => `$filter=${encodeURIComponent(text)}`;

test('B22 sessions are listed by user, and one that is revoked is out at once while the other goes on', async () => {
  const { id: userId, name, password } = world.provider.user('alice');
  const own = filter(`userId eq '${userId}'`);
  const first = await signIn(name);
  // Whose session is whose is not told by times, which may be those of one millisecond, or of a clock that was set.
  const [{ id }] = (await list(own)).body.value;
  const second = await signIn(name);
  await signIn('bob');
  const { body } = await list(`${own}&$orderby=createdDateTime`);
  expect(body.value).toHaveLength(2);
  expect(body.value[0]).toMatchObject({ userId, identityProviderId: 'default', ipAddress: '127.0.0.1' });
  expect(JSON.stringify(body)).not.toMatch(/eyJ|token/i);
  expect(password.length).toBeGreaterThan(0);
  expect((await world.api('GET', `/postern/sessions/${id}?$select=userPrincipalName`)).body).toEqual({
    userPrincipalName: world.provider.user(name).userPrincipalName,
  });
  expect((await world.api('DELETE', `/postern/sessions/${id}`)).status).toBe(204);
  expect([await statusOf(first), await statusOf(second)]).toEqual([302, 200]);
  expect((await world.api('DELETE', `/postern/sessions/${id}`)).status).toBe(404);
});

test('a filter by application finds those who opened it', async () => {
  await signIn('bob');
  // Which applications a session opened is written down in the background, with its last use.
  const none = await list(filter("applicationId eq 'no-such-application'"));
  expect([none.status, none.body.value]).toEqual([200, []]);
  const without = await list(filter(`not (applicationIds/any(a:a eq '${applicationId}')) or applicationId eq 'x'`));
  expect(without.status).toBe(200);
  const unknown = await list(filter("refreshToken eq 'x'"));
  expect([unknown.status, unknown.body.error.target]).toEqual([400, '$filter']);
});

test("B18 B22 Graph's revokeSignInSessions ends every session of a user and refuses the tokens from before", async () => {
  const browsers = [await signIn('bob'), await signIn('bob')];
  const alice = await signIn('alice');
  const token = await tokens.forUser('bob', app, {});
  const withToken = async (value: string): Promise<number> =>
    (await new SignInBrowser().get(app, { accept: 'application/json', authorization: `Bearer ${value}` })).status;
  expect(await withToken(token)).toBe(200);
  const bob = world.provider.user('bob').id;
  const answer = await world.api('POST', `/users/${bob}/revokeSignInSessions`);
  expect([answer.status, answer.body.value]).toEqual([200, true]);
  expect(await Promise.all(browsers.map(statusOf))).toEqual([302, 302]);
  expect([await withToken(token), await statusOf(alice)]).toEqual([401, 200]);
  // Entra dates its tokens five minutes back; what tells a fresh one is when its user signed in.
  const now = Math.floor(Date.now() / 1000);
  const [before, after] = [
    { iat: now - 300, auth_time: now - 60 },
    { iat: now - 300, auth_time: now + 1 },
  ];
  expect(await withToken(await tokens.forUser('bob', app, before))).toBe(401);
  expect(await withToken(await tokens.forUser('bob', app, after))).toBe(200);
  expect((await list(filter(`userId eq '${bob}'`))).body.value).toEqual([]);
});

test('B21 sign-out on all devices takes a form of the portal alone, and ends what this person began anywhere', async () => {
  const [here, elsewhere, bob] = [await signIn('alice'), await signIn('alice'), await signIn('bob')];
  const portal = `${world.service.url}/`;
  const everywhere = `${portal}.postern/signout/everywhere`;
  expect((await here.open(portal)).body).toContain('action="/.postern/signout/everywhere"');
  const foreign = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'same-site' }];
  for (const headers of foreign) expect((await here.send('POST', everywhere, headers, '')).status).toBe(400);
  const opened = await here.get(everywhere);
  expect([opened.status, opened.headers.location]).toEqual([302, '/']);
  expect([await statusOf(here), await statusOf(elsewhere)]).toEqual([200, 200]);
  const own = { origin: world.service.url, 'sec-fetch-site': 'same-origin' };
  const answer = await here.send('POST', everywhere, own, '');
  expect([answer.status, answer.body.includes('Signing you out')]).toEqual([200, true]);
  expect([await statusOf(here), await statusOf(elsewhere), await statusOf(bob)]).toEqual([302, 302, 200]);
});
