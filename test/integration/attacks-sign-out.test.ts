import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type AttackWorld, LET_THROUGH, startAttackWorld } from '../helpers/start-attack-world.ts';

let world: AttackWorld;
let alice: SignInBrowser;

beforeAll(async () => {
  world = await startAttackWorld({ scheme: 'http' });
});
afterAll(() => world?.close());

beforeEach(async () => {
  alice = world.browser();
  await alice.signIn(world.app, world.provider.user('alice'));
  await alice.open(world.other);
});

const signOutPages = (): string[] => [`${world.app}.postern/signout`, `${world.edge.origin}/.postern/signout`];

async function expectSignedIn(isSignedIn: boolean): Promise<void> {
  const status = isSignedIn ? LET_THROUGH : 302;
  expect([(await alice.get(world.app)).status, (await alice.get(world.other)).status]).toEqual([status, status]);
}

describe('sign-out that somebody else asks for (CSRF)', () => {
  test.each(['cross-site', 'same-site'])(
    'B21 a link of another page (%s) asks first and ends nothing',
    async (site) => {
      const urls = [...signOutPages(), `${world.app}any?appproxy=logout`];
      for (const url of urls) {
        let answer: BrowserResponse = await alice.get(url, { 'sec-fetch-site': site });
        // A redirect keeps what its first request said.
        if (answer.headers.location !== undefined) {
          answer = await alice.get(new URL(answer.headers.location, url).href, { 'sec-fetch-site': site });
        }
        expect(answer.status).toBe(200);
        expect(answer.body).toContain('Sign out?');
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
      await expectSignedIn(true);
    },
  );

  test.each(['image', 'iframe', 'script', 'object', 'embed', 'style', 'font', 'frame'])(
    'B21 nothing that a page embeds (%s) ends a session',
    async (destination) => {
      const headers = { 'sec-fetch-dest': destination, 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'cross-site' };
      for (const url of signOutPages()) expect((await alice.get(url, headers)).status).toBe(400);
      await expectSignedIn(true);
    },
  );

  test('B21 a form of another page is refused, one of ours signs out', async () => {
    const [page = ''] = signOutPages();
    const ownOrigin = new URL(page).origin;
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: new URL(world.other).origin },
      { origin: ownOrigin.replace('http:', 'https:') },
      { origin: `${ownOrigin}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: ownOrigin },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    ];
    for (const headers of foreign) {
      const answer = await alice.send('POST', page, headers, '');
      expect({ headers, status: answer.status }).toEqual({ headers, status: 400 });
    }
    await expectSignedIn(true);
    const answer = await alice.send('POST', page, { 'sec-fetch-site': 'same-origin', origin: ownOrigin }, '');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('Signing you out');
    await expectSignedIn(false);
  });

  test('B21 in a browser that says nothing of the page, the origin of the form decides', async () => {
    const [page = ''] = signOutPages();
    expect((await alice.send('POST', page, { origin: new URL(page).origin }, '')).status).toBe(200);
    await expectSignedIn(false);
  });

  test('B21 a link on the host itself, a bookmark, or an older browser signs out at once', async () => {
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, {}]) {
      const browser = world.browser();
      await browser.signIn(world.app, world.provider.user('bob'));
      const answer = await browser.get(`${world.app}.postern/signout`, headers);
      expect(answer.headers.location).toContain(world.provider.origin);
      expect((await browser.get(world.app)).status).toBe(302);
    }
  });
});

test('no page of ours but the sign-out takes anything else than GET and HEAD, and the logout of the provider only a form', async () => {
  const own = ['start', 'begin', 'callback', 'complete', 'frontchannel-logout'].map(
    (name) => `.postern/signin/${name}`,
  );
  const pages = [...own, '.postern/signed-out', ''].map((path) => `${world.edge.origin}/${path}`);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const url of [...pages, `${world.app}.postern/signin/start`, `${world.app}.postern/signin/complete`]) {
      const hasBody = method !== 'DELETE' && method !== 'OPTIONS';
      const answer = await alice.send(method, url, {}, hasBody ? 'x=y' : null);
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  }
  const logout = `${world.edge.origin}/.postern/signin/backchannel-logout`;
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/jwt']) {
    expect((await alice.send('POST', logout, { 'content-type': type }, 'logout_token=x')).status).toBe(400);
  }
  expect((await alice.send('PUT', logout, {}, 'logout_token=x')).status).toBe(400);
  expect((await alice.get(`${logout}?logout_token=x`)).status).toBe(404);
  await expectSignedIn(true);
});
