import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccessTokenMaker, makeAccessTokens, makeProviderStateFile } from '../helpers/access-token-maker.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { EVERYTHING } from '../../src-service/store/list-query.ts';
import { serviceContext } from '../../src-service/store/unit-of-work.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;

/** Two providers whose users have the same ids: what a second one could always arrange. */
let main: StartedProvider;
let partners: StartedProvider;
let mainTokens: AccessTokenMaker;
let partnersTokens: AccessTokenMaker;
let edge: StartedEdge;
let staffApp: string;
let partnersApp: string;
const stateFiles = [makeProviderStateFile(), makeProviderStateFile()] as const;

beforeAll(async () => {
  main = await startProvider({ stateFile: stateFiles[0].path });
  partners = await startProvider({ kind: 'plain', providerId: 'partners', stateFile: stateFiles[1].path });
  mainTokens = await makeAccessTokens(main, stateFiles[0].path);
  partnersTokens = await makeAccessTokens(partners, stateFiles[1].path);
  const { clientId, clientSecret } = partners.clients.service;
  edge = await startEdge({
    provider: main,
    configuration: {
      identityProviders: [
        { id: 'partners', displayName: 'Partner firms', issuer: partners.issuer, clientId, clientSecret },
      ],
    },
  });
  partners.addServiceUrl(edge.origin);
  staffApp = await edge.publish('staff.postern.localhost', { publishing: { accessTokenAudiences: ['api://apps'] } });
  partnersApp = await edge.publish('partners.postern.localhost', {
    publishing: { identityProviderId: 'partners', accessTokenAudiences: ['api://apps'] },
  });
  for (const url of [staffApp, partnersApp]) await edge.assign(url, main.user('alice').id);
});

afterAll(async () => {
  await edge?.close();
  await main?.close();
  await partners?.close();
  for (const file of stateFiles) file.remove();
});

const isProvider = (url: string): boolean => url.startsWith(main.origin) || url.startsWith(partners.origin);

test('B11 each application sends to its own provider', async () => {
  expect((await new SignInBrowser().open(staffApp, isProvider)).url.startsWith(main.origin)).toBe(true);
  const page = await new SignInBrowser().open(partnersApp, isProvider);
  expect(page.url.startsWith(partners.origin)).toBe(true);
  const redirectUri = new URL(page.url).searchParams.get('redirect_uri');
  expect(redirectUri).toBe(`${edge.origin}/.postern/signin/callback/partners`);
});

test('B17 users of one provider do not get into applications of the other, whatever their ids are', async () => {
  expect(partners.user('alice').id).toBe(main.user('alice').id);
  const browser = new SignInBrowser();
  expect((await browser.signIn(partnersApp, partners.user('alice'))).status).toBe(LET_THROUGH);
  expect((await browser.open(staffApp, isProvider)).url.startsWith(main.origin)).toBe(true);

  const [value = ''] = browser.jar.get('partners.postern.localhost')?.values() ?? [];
  const thief = new SignInBrowser();
  for (const name of ['postern-session', 'postern-session-partners']) {
    expect((await thief.get(staffApp, { cookie: `${name}=${value}` })).status).toBe(302);
  }
});

test('B17 an assignment sleeps while its application has another provider', async () => {
  const url = await edge.publish('moving.postern.localhost');
  await edge.assign(url, main.user('alice').id);
  const staff = new SignInBrowser();
  expect((await staff.signIn(url, main.user('alice'))).status).toBe(LET_THROUGH);
  const found = (await edge.store.applications.list()).find((each) => each.displayName === 'moving.postern.localhost');
  const move = async (identityProviderId: string | null): Promise<void> => {
    await edge.store.applications.update(
      found?.id ?? '',
      { onPremisesPublishing: { identityProviderId } },
      serviceContext(''),
    );
  };
  await move('partners');
  await expect.poll(async () => (await staff.get(url)).status).toBe(302);
  const stranger = await new SignInBrowser().signIn(url, partners.user('alice'));
  expect(stranger.status).toBe(403);
  await move(null);
  await expect.poll(async () => (await staff.get(url)).status).toBe(LET_THROUGH);
});

test('B21 a browser may be signed in at both; signing out of an application offers the other one, too', async () => {
  const browser = new SignInBrowser();
  await browser.signIn(staffApp, main.user('alice'));
  await browser.signIn(partnersApp, partners.user('alice'));
  expect((await browser.get(staffApp)).status).toBe(LET_THROUGH);
  const portal = await browser.get(`${edge.origin}/`);
  for (const url of [staffApp, partnersApp]) expect(portal.body).toContain(`href="${url}"`);

  const left = await browser.open(`${partnersApp}.postern/signout`, (url) => url.startsWith(partners.origin));
  expect(left.url.startsWith(partners.origin)).toBe(true);
  expect((await browser.get(partnersApp)).status).toBe(302);
  expect((await browser.get(staffApp)).status).toBe(LET_THROUGH);
  const last = await browser.get(`${edge.origin}/.postern/signed-out`);
  expect(last.body).toContain('You are still signed in');
  expect(last.body).toMatch(/href="\/\.postern\/signout">Sign out everywhere/);
  await browser.get(`${edge.origin}/.postern/signout`);
  expect((await browser.get(staffApp)).status).toBe(302);
});

test('the portal asks which provider; its own page lists what that account opens', async () => {
  const browser = new SignInBrowser();
  const choice = await browser.open(`${edge.origin}/`);
  expect(choice.status).toBe(200);
  expect(choice.body).toContain('Partner firms');
  const page = await browser.signIn(`${edge.origin}/.postern/signin/begin?provider=partners`, partners.user('alice'));
  expect(page.body).toContain(`href="${partnersApp}"`);
  expect(page.body).not.toContain(`href="${staffApp}"`);
  expect((await browser.open(`${edge.origin}/.postern/signin/begin?provider=nobody`)).body).toContain('Partner firms');
});

test('B14 an answer of one provider is worth nothing in a sign-in at the other', async () => {
  const isCallback = (url: string): boolean => url.includes('/.postern/signin/callback');
  const victim = new SignInBrowser();
  const begun = await victim.open(partnersApp, isProvider);
  const state = new URL(begun.url).searchParams.get('state') ?? '';
  const honest = await victim.signIn(staffApp, main.user('alice'), isCallback);

  // The code of the one with the state of the other, at either address.
  const mixed = new URL(honest.url);
  mixed.searchParams.set('state', state);
  const cookies = new Map(victim.jar.get('localhost'));
  const there = await victim.get(mixed.href);
  expect(there.status).toBe(400);
  expect(there.body).toContain('SIGNIN_STATE');
  victim.jar.set('localhost', new Map(cookies));
  mixed.pathname = '/.postern/signin/callback/partners';
  mixed.searchParams.set('iss', main.issuer);
  const refused = await victim.get(mixed.href);
  expect(refused.status).toBe(403);
  expect(refused.body).toContain('SIGNIN_TOKEN');

  // What was mixed up has not spoilt the honest answer; at another address it would be refused, too.
  victim.jar.set('localhost', new Map(cookies));
  const elsewhere = honest.url.replace('/callback', '/callback/partners');
  expect((await victim.get(elsewhere)).status).toBe(400);
  expect((await victim.open(honest.url)).status).toBe(LET_THROUGH);
});

test('B14 a provider that announces iss and leaves it out, or names another, is refused', async () => {
  const isCallback = (url: string): boolean => url.includes('/.postern/signin/callback');
  for (const change of [null, main.issuer]) {
    const browser = new SignInBrowser();
    const answered = new URL((await browser.signIn(partnersApp, partners.user('alice'), isCallback)).url);
    expect(answered.searchParams.get('iss')).toBe(partners.issuer);
    if (change === null) answered.searchParams.delete('iss');
    else answered.searchParams.set('iss', change);
    const refused = await browser.get(answered.href);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('SIGNIN_TOKEN');
  }
});

test('B18 an access token opens the applications of its own provider alone', async () => {
  const open = async (url: string, tokens: AccessTokenMaker): Promise<[number, string | undefined]> => {
    const authorization = `Bearer ${await tokens.forUser('alice', 'api://apps')}`;
    const { status, headers } = await new SignInBrowser().get(url, { authorization });
    return [status, headers['www-authenticate']];
  };
  expect((await open(staffApp, mainTokens))[0]).toBe(LET_THROUGH);
  expect((await open(partnersApp, partnersTokens))[0]).toBe(LET_THROUGH);
  for (const [url, tokens] of [
    [staffApp, partnersTokens],
    [partnersApp, mainTokens],
  ] as const) {
    const [status, challenge] = await open(url, tokens);
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token"');
  }
});

test('B21 a provider ends its own sessions alone', async () => {
  const browser = new SignInBrowser();
  await browser.signIn(staffApp, main.user('alice'));
  await browser.signIn(partnersApp, partners.user('alice'));
  const { sid } = await sessionOf('partners');
  const frame = (issuer: string): string =>
    `${edge.origin}/.postern/signin/frontchannel-logout?iss=${encodeURIComponent(issuer)}&sid=${sid}`;
  await new SignInBrowser().get(frame(main.issuer));
  await new SignInBrowser().get(frame('https://nobody.example'));
  expect((await browser.get(partnersApp)).status).toBe(LET_THROUGH);

  // By the back channel, from the provider itself.
  const prompt = await browser.get(partners.endSessionEndpoint);
  const action = /<form[^>]*action="([^"]+)"/.exec(prompt.body)?.[1] ?? '';
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(prompt.body)?.[1] ?? '';
  await browser.send('POST', action, {}, new URLSearchParams({ xsrf, logout: 'yes' }).toString());
  await expect.poll(async () => (await browser.get(partnersApp)).status).toBe(302);
  expect((await browser.get(staffApp)).status).toBe(LET_THROUGH);
});

test('B18 B21 B22 revoking the sign-ins of a user leaves a namesake of another provider in', async () => {
  const { id: userId } = main.user('alice');
  const tokenOf = async (tokens: AccessTokenMaker): Promise<string> =>
    `Bearer ${await tokens.forUser('alice', 'api://apps')}`;
  const [staffToken, partnersToken] = [await tokenOf(mainTokens), await tokenOf(partnersTokens)];
  const staff = new SignInBrowser();
  const partner = new SignInBrowser();
  await staff.signIn(staffApp, main.user('alice'));
  await partner.signIn(partnersApp, partners.user('alice'));
  const statuses = async (): Promise<number[]> => [
    (await staff.get(staffApp)).status,
    (await new SignInBrowser().get(staffApp, { authorization: staffToken })).status,
    (await partner.get(partnersApp)).status,
    (await new SignInBrowser().get(partnersApp, { authorization: partnersToken })).status,
  ];
  expect(await statuses()).toEqual([LET_THROUGH, LET_THROUGH, LET_THROUGH, LET_THROUGH]);
  await edge.store.userRevocations.revoke({ userId, providerId: 'default' }, null);
  expect(await statuses()).toEqual([302, 401, LET_THROUGH, LET_THROUGH]);
  await staff.signIn(staffApp, main.user('alice'));
  await edge.store.userRevocations.revoke({ userId, providerId: 'partners' }, null);
  expect(await statuses()).toEqual([LET_THROUGH, 401, 302, 401]);
});

test('an application whose provider is gone from the configuration says so', async () => {
  const url = await edge.publish('gone.postern.localhost', { publishing: { identityProviderId: 'gone' } });
  const page = await new SignInBrowser().open(url);
  expect(page.status).toBe(500);
  expect(page.body).toContain('SIGNIN_PROVIDER_UNKNOWN');
});

/** The `sid` at the provider of the newest session of alice there, as only provider and service know it. */
async function sessionOf(providerId: string): Promise<{ sid: string }> {
  const sessions = (await edge.store.sessions.page(EVERYTHING)).items;
  const own = sessions.filter((session) => session.providerId === providerId);
  return { sid: own.toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0]?.providerSessionId ?? '' };
}
