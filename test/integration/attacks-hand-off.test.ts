import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type AttackWorld, LET_THROUGH, startAttackWorld } from '../helpers/start-attack-world.ts';
import { endSessions } from '../helpers/end-sessions.ts';

let world: AttackWorld;

beforeAll(async () => {
  world = await startAttackWorld({ scheme: 'https' });
});
afterAll(() => world?.close());

const isCallback = (url: string): boolean => url.includes('/.postern/signin/callback');
const isComplete = (url: string): boolean => url.includes('/.postern/signin/complete');
const isBegin = (url: string): boolean => url.includes('/.postern/signin/begin');

async function victim(): Promise<SignInBrowser> {
  const browser = world.browser();
  await browser.signIn(world.app, world.provider.user('alice'));
  return browser;
}

function expectRefused(answer: BrowserResponse): void {
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('SIGNIN_STATE');
  expect(answer.headers['set-cookie'] ?? []).toEqual([]);
}

/** What the browser's sessions say who it is, at the portal. */
const whoIs = async (browser: SignInBrowser): Promise<string> => {
  const { body } = await browser.get(`${world.edge.origin}/`);
  return /Account of ([^<]+)</.exec(body)?.[1] ?? '';
};

describe('a sign-in of the attacker in the browser of the victim (login CSRF)', () => {
  test('B14 his authorization code is nothing without the sign-in that his browser began', async () => {
    const mallory = world.browser();
    const answered = await mallory.signIn(world.app, world.provider.user('bob'), isCallback);
    expectRefused(await world.browser().get(answered.url));
    const alice = await victim();
    expectRefused(await alice.get(answered.url));
    expect(await whoIs(alice)).toBe('Alice Archer');
  });

  test('B14 his code for the portal is none, either', async () => {
    const mallory = world.browser();
    const answered = await mallory.signIn(`${world.edge.origin}/`, world.provider.user('bob'), isCallback);
    const alice = await victim();
    expectRefused(await alice.get(answered.url));
    expect(await whoIs(alice)).toBe('Alice Archer');
  });

  test('B14 his hand-off opens nothing in a browser that did not begin it', async () => {
    const mallory = world.browser();
    const done = await mallory.signIn(world.app, world.provider.user('bob'), isComplete);
    const alice = await victim();
    expectRefused(await alice.get(done.url));
    expectRefused(await world.browser().get(done.url));
  });

  test('B14 a sign-in that he began and the victim finishes ends at the door in her browser', async () => {
    const mallory = world.browser();
    const begun = await mallory.open(world.app, isBegin);
    // The victim has a session, so that no prompt would warn her.
    const alice = await victim();
    const handedOff = await alice.open(begun.url, isComplete);
    expectRefused(await alice.get(handedOff.url));
    // Her hand-off is in the address of that page: were he to read it there, he would be in (docs/threat-model.md).
    expect((await mallory.get(handedOff.url)).status).toBe(302);
  });

  test('B14 a hand-off is of no use in the flow of another tab, or under another name of it', async () => {
    const browser = world.browser();
    const one = await browser.signIn(world.app, world.provider.user('alice'), isComplete);
    const two = await browser.open(`${world.app}two`, isComplete);
    const cookies = browser.jar.get(new URL(world.app).hostname) ?? new Map<string, string>();
    const names = [...cookies.keys()].filter((name) => name.includes('bind-'));
    expect(names).toHaveLength(2);
    const [first = '', second = ''] = names;
    const swapped = new Map([
      [first, cookies.get(second) ?? ''],
      [second, cookies.get(first) ?? ''],
    ]);
    const thief = world.browser();
    thief.jar.set(new URL(world.app).hostname, swapped);
    expectRefused(await thief.get(one.url));
    expectRefused(await thief.get(two.url));
    // Both are good still, in any order.
    expect((await browser.get(two.url)).headers.location).toBe(`${world.app}two`);
    expect((await browser.get(one.url)).headers.location).toBe(world.app);
  });
});

describe('answers of the provider that are mixed up', () => {
  async function twoFlows(): Promise<[SignInBrowser, URL, URL]> {
    const browser = world.browser();
    const first = await browser.signIn(world.app, world.provider.user('alice'), isCallback);
    const second = await browser.open(`${world.other}.postern/signin/start?return=/`, isCallback);
    return [browser, new URL(first.url), new URL(second.url)];
  }

  test('B14 a code of another sign-in of the same browser is refused (PKCE, nonce)', async () => {
    const [browser, first, second] = await twoFlows();
    const mixed = new URL(first);
    mixed.searchParams.set('code', second.searchParams.get('code') ?? '');
    const answer = await browser.get(mixed.href);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('SIGNIN_TOKEN');
  });

  test('B14 a state of another sign-in is refused with a code that belongs elsewhere', async () => {
    const [browser, first, second] = await twoFlows();
    const mixed = new URL(first);
    mixed.searchParams.set('state', second.searchParams.get('state') ?? '');
    expect((await browser.get(mixed.href)).status).toBe(403);
  });

  test.each([
    ['another issuer (mix-up)', (url: URL) => url.searchParams.set('iss', 'https://login.evil.example/'), 403],
    ['no issuer, where the provider names itself', (url: URL) => url.searchParams.delete('iss'), 403],
    ['two issuers', (url: URL) => url.searchParams.append('iss', 'https://login.evil.example/'), 403],
    ['two codes', (url: URL) => url.searchParams.append('code', 'x'), 403],
    ['two states', (url: URL) => url.searchParams.append('state', 'x'), 403],
    ['no code', (url: URL) => url.searchParams.delete('code'), 403],
    ['no state', (url: URL) => url.searchParams.delete('state'), 400],
    [
      'a state with more behind it',
      (url: URL) => url.searchParams.set('state', `${url.searchParams.get('state')}x`),
      403,
    ],
    ['an ID token in the address', (url: URL) => url.searchParams.set('id_token', 'a.b.c'), 403],
    ['an error beside the code', (url: URL) => url.searchParams.set('error', 'access_denied'), 403],
  ] as const)('B14 an answer with %s signs nobody in', async (_name, change, status) => {
    const browser = world.browser();
    const answered = await browser.signIn(world.app, world.provider.user('alice'), isCallback);
    const url = new URL(answered.url);
    change(url);
    const answer = await browser.get(url.href);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(/SIGNIN_(?:TOKEN|STATE|DENIED)/);
    expect((answer.headers['set-cookie'] ?? []).filter((line) => /postern-sso=[^;]/.test(line))).toEqual([]);
    expect((await browser.get(world.app)).status).toBe(302);
  });
});

test('B13 a script whose session has ended gets 401 and JSON, and goes on after a sign-in in another tab', async () => {
  const alice = await victim();
  const script = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
  expect((await alice.get(`${world.app}data`, script)).status).toBe(LET_THROUGH);
  await endSessions(world.edge.store, world.provider.user('alice').id);
  const refused = await alice.get(`${world.app}data`, script);
  expect([refused.status, refused.headers.location]).toEqual([401, undefined]);
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'EDGE_UNAUTHENTICATED' });
  // The other tab, in the same browser: the provider still knows her.
  expect((await alice.open(world.app)).status).toBe(LET_THROUGH);
  expect((await alice.get(`${world.app}data`, script)).status).toBe(LET_THROUGH);
});
