import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type AttackWorld, LET_THROUGH, startAttackWorld } from '../helpers/start-attack-world.ts';

let plain: AttackWorld;
let secure: AttackWorld;

beforeAll(async () => {
  [plain, secure] = await Promise.all([startAttackWorld({ scheme: 'http' }), startAttackWorld({ scheme: 'https' })]);
});

afterAll(() => Promise.all([plain?.close(), secure?.close()]));

const isComplete = (url: string): boolean => url.includes('/.postern/signin/complete');
const hostOf = (url: string): string => new URL(url).hostname;

/** Signs in, and returns the browser with the value of its session cookie on the application's host. */
async function signedIn(world: AttackWorld, user: string): Promise<[SignInBrowser, string]> {
  const browser = world.browser();
  expect((await browser.signIn(world.app, world.provider.user(user))).status).toBe(LET_THROUGH);
  const [value = ''] = [...(browser.jar.get(hostOf(world.app)) ?? [])]
    .filter(([name]) => name.endsWith('postern-session'))
    .map(([, cookie]) => cookie);
  return [browser, value];
}

/** Who a request with these cookies worked as, in the service's own log; null where it was let through for nobody. */
async function workedAs(world: AttackWorld, cookie: string): Promise<readonly [number, unknown]> {
  const answer = await world.browser().get(world.app, { cookie });
  const activityId = answer.headers['x-postern-activity-id'];
  const line = await expect
    .poll(() => world.edge.logLines.find((entry) => entry['activityId'] === activityId && 'durationMs' in entry))
    .toBeDefined()
    .then(() => world.edge.logLines.find((entry) => entry['activityId'] === activityId && 'durationMs' in entry));
  return [answer.status, line?.['userId'] ?? null];
}

describe('cookies that another host of the domain sets (tossing)', () => {
  test('B15 one that opens nothing locks nobody out, wherever it stands', async () => {
    const [, alice] = await signedIn(plain, 'alice');
    const ours = `postern-session=${alice}`;
    const aliceId = plain.provider.user('alice').id;
    for (const cookie of [
      `postern-session=nonsense; ${ours}`,
      `${ours}; postern-session=nonsense`,
      `postern-session=; ${ours}`,
      `postern-session=${alice.slice(0, -4)}AAAA; x=1; ${ours}; postern-session="a`,
      `${'postern-session=x; '.repeat(15)}${ours}`,
    ]) {
      expect(await workedAs(plain, cookie)).toEqual([LET_THROUGH, aliceId]);
    }
  });

  test('B15 a session of somebody else beside ours is not taken for it, nor ours for it', async () => {
    const [, alice] = await signedIn(plain, 'alice');
    const [, bob] = await signedIn(plain, 'bob');
    for (const cookie of [
      `postern-session=${bob}; postern-session=${alice}`,
      `postern-session=${alice}; postern-session=${bob}`,
    ]) {
      const answer = await plain.browser().get(plain.app, { cookie });
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('SIGNIN_CONFLICT');
      expect(answer.body).toContain('Delete the cookies of this site');
    }
  });

  test('B15 more of them than are looked at cost one refusal, not a hundred decipherings', async () => {
    const [, alice] = await signedIn(plain, 'alice');
    const answer = await plain.browser().get(plain.app, {
      cookie: `${'postern-session=x; '.repeat(100)}postern-session=${alice}`,
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('SIGNIN_CONFLICT');
  });

  test('B15 with https a session under the name without the prefix is none', async () => {
    const [, alice] = await signedIn(secure, 'alice');
    expect(await workedAs(secure, `__Host-postern-session=${alice}`)).toEqual([
      LET_THROUGH,
      secure.provider.user('alice').id,
    ]);
    for (const name of ['postern-session', '__host-postern-session', '__Secure-postern-session', ' postern-session']) {
      expect((await secure.browser().get(secure.app, { cookie: `${name}=${alice}` })).status).toBe(302);
    }
  });

  test('B14 a hand-off of the attacker was taken where its bind cookie was planted under the name without the prefix', async () => {
    const mallory = secure.browser();
    const begun = await mallory.signIn(secure.app, secure.provider.user('bob'), isComplete);
    const bind = [...(mallory.jar.get(hostOf(secure.app)) ?? [])].find(([name]) => name.includes('postern-bind-'));
    expect(bind?.[0]).toMatch(/^__Host-postern-bind-/);
    const [name = '', value = ''] = bind ?? [];
    // What a script at other.postern.localhost can set for .postern.localhost, and so for the victim at app.
    const victim = secure.browser();
    const planted = await victim.get(begun.url, { cookie: `${name.replace('__Host-', '')}=${value}` });
    expect(planted.status).toBe(400);
    expect(planted.body).toContain('SIGNIN_STATE');
    expect(planted.headers['set-cookie']).toBeUndefined();
    // The attacker's own browser goes on: it was the name alone.
    expect((await mallory.get(begun.url)).status).toBe(302);
  });
});

describe('session fixation', () => {
  test('B15 signing in makes a new session, whatever session the browser had', async () => {
    const [, bob] = await signedIn(plain, 'bob');
    const victim = plain.browser();
    victim.jar.set(hostOf(plain.app), new Map([['postern-session', bob]]));
    const page = await victim.signIn(
      `${plain.app}.postern/signin/start?return=/&prompt=login`,
      plain.provider.user('alice'),
    );
    expect(page.status).toBe(LET_THROUGH);
    const fresh = victim.jar.get(hostOf(plain.app))?.get('postern-session') ?? '';
    expect(fresh).not.toBe(bob);
    expect(await workedAs(plain, `postern-session=${fresh}`)).toEqual([LET_THROUGH, plain.provider.user('alice').id]);
    // What was planted does not become the victim's.
    expect(await workedAs(plain, `postern-session=${bob}`)).toEqual([LET_THROUGH, plain.provider.user('bob').id]);
  });

  test("B15 the portal's session is new as well, and the one of another person that was there is ended", async () => {
    const mallory = plain.browser();
    await mallory.signIn(`${plain.edge.origin}/`, plain.provider.user('bob'));
    const planted = mallory.jar.get('localhost')?.get('postern-sso') ?? '';
    const victim = plain.browser();
    victim.jar.set('localhost', new Map([['postern-sso', planted]]));
    await victim.signIn(`${plain.app}.postern/signin/start?return=/&prompt=login`, plain.provider.user('alice'));
    expect(victim.jar.get('localhost')?.get('postern-sso')).not.toBe(planted);
    expect((await victim.get(`${plain.edge.origin}/`)).body).toContain('Alice Archer');
    expect((await mallory.get(`${plain.edge.origin}/`)).status).toBe(302);
  });

  test('two sign-ins of one person are two sessions, and each ends by itself', async () => {
    const [first, one] = await signedIn(plain, 'alice');
    const [second, two] = await signedIn(plain, 'alice');
    expect(one).not.toBe(two);
    await first.open(`${plain.app}.postern/signout`);
    expect((await first.get(plain.app)).status).toBe(302);
    expect((await second.get(plain.app)).status).toBe(LET_THROUGH);
  });
});

describe('stolen cookies', () => {
  test('B15 B21 a copy of a cookie is worth nothing once its owner has signed out, at this application or another', async () => {
    const [alice, stolen] = await signedIn(plain, 'alice');
    await alice.open(plain.other);
    const fromOther = alice.jar.get(hostOf(plain.other))?.get('postern-session') ?? '';
    const portal = alice.jar.get('localhost')?.get('postern-sso') ?? '';
    await alice.open(`${plain.other}.postern/signout`);
    const thief = plain.browser();
    expect((await thief.get(plain.app, { cookie: `postern-session=${stolen}` })).status).toBe(302);
    expect((await thief.get(plain.other, { cookie: `postern-session=${fromOther}` })).status).toBe(302);
    expect((await thief.get(`${plain.edge.origin}/`, { cookie: `postern-sso=${portal}` })).status).toBe(302);
  });

  test("B15 the portal's cookie opens no application, and an application's no portal", async () => {
    const [alice, session] = await signedIn(plain, 'alice');
    const portal = alice.jar.get('localhost')?.get('postern-sso') ?? '';
    const thief = plain.browser();
    expect((await thief.get(plain.app, { cookie: `postern-session=${portal}` })).status).toBe(302);
    expect((await thief.get(`${plain.edge.origin}/`, { cookie: `postern-sso=${session}` })).status).toBe(302);
  });
});

describe('cookies by the hundred (a cookie bomb)', () => {
  test('B32 the page says what to do, up to what a browser sends at most', async () => {
    for (const kib of [100, 127, 200, 700]) {
      const answer = await plain.browser().get(plain.app, { cookie: `x=${'y'.repeat(kib * 1024)}` });
      expect(answer.status).toBe(431);
      expect(answer.headers['content-type']).toContain('text/html');
      expect(answer.body).toContain('Delete the cookies of this site');
    }
  });
});
