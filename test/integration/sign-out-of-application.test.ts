import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IDENTITY_LIMITS } from '../../src-service/identity/identity-limits.ts';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';

const SIGN_OUT = '.postern/signout/application';

let world: PublishingWorld;
let backend: RawBackend;
let expenses: string;
let wiki: string;
let browser: SignInBrowser;

beforeAll(async () => {
  world = await startPublishingWorld();
  backend = await startRawBackend();
  expenses = await publish('expenses');
  wiki = await publish('wiki');
});

afterAll(async () => {
  await world?.close();
  await backend?.close();
});

beforeEach(async () => {
  browser = new SignInBrowser();
  await browser.signIn(expenses, world.provider.user('alice'));
  await browser.open(wiki);
});

async function publish(name: string): Promise<string> {
  const externalUrl = world.service.externalUrl(name);
  await world.publish(
    { externalUrl, internalUrl: `${backend.url}/`, externalAuthenticationType: 'aadPreAuthentication' },
    { displayName: name, appRoleAssignmentRequired: false },
  );
  return externalUrl;
}

const statusOf = async (url: string): Promise<number> => (await browser.get(url)).status;

/** The address of a link of a page, by its text. */
function linkOf({ body, url }: BrowserResponse, text: string): string {
  const href = new RegExp(`href="([^"]+)">${text}<`).exec(body)?.[1] ?? '';
  return new URL(href.replaceAll('&amp;', '&'), url).href;
}

describe('B21 signing out of one application by itself', () => {
  test('it is out, the others stay open, and a copy of its cookie opens nothing', async () => {
    const { hostname } = new URL(expenses);
    const copy = new Map(browser.jar.get(hostname));
    const page = await browser.get(expenses + SIGN_OUT);
    expect([page.status, page.body.includes('You are signed out of expenses')]).toEqual([200, true]);
    expect([await statusOf(expenses), await statusOf(wiki)]).toEqual([302, 200]);
    browser.jar.set(hostname, copy);
    expect(await statusOf(expenses)).toBe(302);
  });

  test('opening it again asks first, though the session runs on', async () => {
    await browser.get(expenses + SIGN_OUT);
    const asked = await browser.open(`${expenses}a/page?x=1#part`);
    expect([asked.status, asked.body.includes('You have signed out of expenses')]).toEqual([200, true]);
    expect(new URL(asked.url).host).toBe(new URL(world.service.url).host);
    expect(await statusOf(expenses)).toBe(302);
    const again = await browser.open(linkOf(asked, 'Sign in again'));
    expect([again.status, again.url]).toEqual([200, `${expenses}a/page?x=1#part`]);
    expect([await statusOf(expenses), await statusOf(wiki)]).toEqual([200, 200]);
    await browser.get(wiki + SIGN_OUT);
    expect([await statusOf(expenses), await statusOf(wiki)]).toEqual([200, 302]);
  });

  test('the page that says so leads back in without asking once more, and no other site does', async () => {
    const page = await browser.get(expenses + SIGN_OUT);
    const again = linkOf(page, 'Sign in again');
    const led = await browser.get(again, { 'sec-fetch-site': 'cross-site' });
    const asked = await browser.open(/href="([^"]+)"/.exec(led.body)?.[1]?.replaceAll('&amp;', '&') ?? '');
    expect(asked.body).toContain('You have signed out of expenses');
    const forced = await browser.get(linkOf(asked, 'Sign in again'), { 'sec-fetch-site': 'cross-site' });
    expect(forced.body).toContain('You have signed out of expenses');
    expect((await browser.open(again)).url).toBe(expenses);
    expect(await statusOf(expenses)).toBe(200);
  });

  test('twice in and out is as good as once, and out is out', async () => {
    for (const _ of [1, 2]) {
      const page = await browser.get(expenses + SIGN_OUT);
      await browser.get(expenses + SIGN_OUT);
      expect(await statusOf(expenses)).toBe(302);
      await browser.open(linkOf(page, 'Sign in again'));
      expect(await statusOf(expenses)).toBe(200);
    }
  });

  test('signing out everywhere from that page ends the other applications, too', async () => {
    const page = await browser.get(expenses + SIGN_OUT);
    await browser.open(linkOf(page, 'Sign out everywhere'));
    expect(await statusOf(wiki)).toBe(302);
    expect(await statusOf(expenses)).toBe(302);
  });

  test('that page asks nobody twice: it leads out of everything at once, its own user and no other', async () => {
    const elsewhere = { 'sec-fetch-site': 'same-site' };
    const link = linkOf(await browser.get(expenses + SIGN_OUT), 'Sign out everywhere');
    const other = new SignInBrowser();
    await other.signIn(wiki, world.provider.user('bob'));
    const asked = await other.get(link, elsewhere);
    expect([asked.status, asked.body.includes('<form'), (await other.get(wiki)).status]).toEqual([200, true, 200]);
    expect((await browser.get(link.replace(/asked=.*/, 'asked=x'), elsewhere)).body).toContain('<form');
    expect(await statusOf(wiki)).toBe(200);
    const out = await browser.get(link, elsewhere);
    expect([out.status, await statusOf(wiki)]).toEqual([302, 302]);
  });

  test('another site is asked about, an image is refused, and a form of another origin, too', async () => {
    const elsewhere = await browser.get(expenses + SIGN_OUT, { 'sec-fetch-site': 'cross-site' });
    expect(elsewhere.body).toContain(`on ${new URL(expenses).hostname} alone`);
    const image = await browser.get(expenses + SIGN_OUT, { 'sec-fetch-dest': 'image' });
    const foreign = await browser.send('POST', expenses + SIGN_OUT, { origin: 'https://evil.example' }, '');
    expect([image.status, foreign.status, await statusOf(expenses)]).toEqual([400, 400, 200]);
    const own = { origin: new URL(expenses).origin, 'sec-fetch-site': 'same-origin' };
    expect((await browser.send('POST', expenses + SIGN_OUT, own, '')).body).toContain('signed out of expenses');
    expect(await statusOf(expenses)).toBe(302);
  });

  test('a session that was signed out of too many hosts one by one ends as a whole', async () => {
    const names = Array.from({ length: IDENTITY_LIMITS.signedOutHosts }, (_, index) => `many-${index}`);
    for (const name of names) {
      const url = await publish(name);
      await browser.open(url);
      await browser.get(url + SIGN_OUT);
    }
    expect([await statusOf(expenses), await statusOf(wiki)]).toEqual([200, 200]);
    await browser.get(expenses + SIGN_OUT);
    expect([await statusOf(expenses), await statusOf(wiki)]).toEqual([302, 302]);
  });
});
