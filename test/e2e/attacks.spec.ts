import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type Page, expect, test } from '@playwright/test';
import { SIGN_IN_PATHS } from '../../src-service/identity/sign-in-paths.ts';
import { FRONT_CHANNEL_LOGOUT_PATH, SIGNED_OUT_PATH, SIGN_OUT_PATH } from '../../src-service/identity/sign-out.ts';
import { type AttackWorld, startAttackWorld } from '../helpers/start-attack-world.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { keepScreenshot } from './screenshots.ts';

/** What an attacker can do from pages of his own, in a real browser: cookies, frames, links and tabs. */
let browser: Browser;
let world: PublishingWorld;
let secure: AttackWorld;
let origin: Origin;
let evil: Server;
/** An address of the attacker's own. */
let evilUrl: string;
let app: string;
let other: string;

test.beforeAll(async () => {
  [browser, world, secure, origin] = await Promise.all([
    launchBrowser(),
    startPublishingWorld(),
    startAttackWorld({ scheme: 'https' }),
    startOrigin(),
  ]);
  const publish = async (name: string): Promise<string> => {
    const externalUrl = world.service.externalUrl(name);
    await world.publish(
      { externalUrl, internalUrl: `${origin.url}/`, externalAuthenticationType: 'aadPreAuthentication' },
      { appRoleAssignmentRequired: false },
    );
    return externalUrl;
  };
  [app, other] = [await publish('app'), await publish('other')];
  evil = createServer((request, response) => {
    const target = new URL(request.url ?? '/', 'http://x').searchParams.get('target') ?? '';
    const attribute = target.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      `<!doctype html><title>Win</title><a href="${attribute}">Win a prize</a><iframe src="${attribute}"></iframe>`,
    );
  });
  evil.listen(0, '127.0.0.1');
  await once(evil, 'listening');
  evilUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/`;
});

test.afterAll(async () => {
  await browser?.close();
  await secure?.close();
  await world?.close();
  await origin?.close();
  evil?.closeAllConnections();
  evil?.close();
});

async function signedIn(url: string, started: Pick<AttackWorld, 'provider'>): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(url);
  await signInAs(page, started.provider, 'alice');
  await page.waitForURL(url);
  return [context, page];
}

test('B12 B14 three tabs of one browser sign in at once and finish in any order, each where it began', async () => {
  for (const order of [
    [2, 0, 1],
    [1, 2, 0],
  ]) {
    const context = await browser.newContext();
    const urls = [`${app}echo?tab=1#one`, `${app}echo?tab=2#two`, `${other}echo?tab=3#three`];
    const tabs = await Promise.all(urls.map(() => context.newPage()));
    await Promise.all(tabs.map((tab, index) => tab.goto(urls[index] ?? '')));
    for (const index of order) await signInAs(tabs[index] as Page, world.provider, 'alice');
    for (const [index, tab] of tabs.entries()) await tab.waitForURL(urls[index] ?? '');
    for (const tab of tabs) expect(await tab.evaluate('document.body.innerText')).not.toContain('SIGNIN_');
    await context.close();
  }
});

test('B13 a page whose session ended gets 401 in its scripts, and they work again after a sign-in in another tab', async () => {
  const [context, page] = await signedIn(`${app}echo`, world);
  const ask = (): Promise<unknown> =>
    page.evaluate(`fetch('/echo', { method: 'POST', body: 'x' }).then((answer) => answer.status)`);
  expect(await ask()).toBe(200);
  const signOut = await context.newPage();
  await signOut.goto(`${app}.postern/signout`);
  await expect(signOut.getByRole('heading', { name: /signed out/i })).toBeVisible();
  expect(await ask()).toBe(401);
  const answer = await page.evaluate(
    `fetch('/echo', { headers: { accept: 'application/json' } }).then(async (answer) => [answer.type, answer.redirected, (await answer.json()).code])`,
  );
  expect(answer).toEqual(['basic', false, 'EDGE_UNAUTHENTICATED']);
  await signOut.goto(`${app}echo`);
  await signInAs(signOut, world.provider, 'alice');
  await signOut.waitForURL(`${app}echo`);
  expect(await ask()).toBe(200);
  await context.close();
});

test('B15 cookies that a neighbour sets for the whole domain change nothing for who is signed in', async () => {
  const [context, page] = await signedIn(secure.app, secure);
  const neighbour = await context.newPage();
  await neighbour.goto(secure.other);
  const planted = [
    '__Host-postern-session',
    'postern-session',
    '__Secure-postern-session',
    '__Host-postern-sso',
    'postern-sso',
  ];
  await neighbour.evaluate((names) => {
    for (const name of names) {
      for (const prefix of [`${name}=`, `=${name}=`]) {
        for (const path of ['/', '/hr']) {
          document.cookie = `${prefix}planted; Domain=postern.localhost; Path=${path}; Secure`;
        }
      }
    }
  }, planted);
  const cookies = await context.cookies(secure.app);
  // The plain names arrived, which shows that the domain takes cookies; the prefixed one is ours alone.
  expect(cookies.some(({ name, value }) => name === 'postern-session' && value === 'planted')).toBe(true);
  expect(cookies.filter(({ name, value }) => name.startsWith('__Host-') && value.includes('planted'))).toEqual([]);
  for (const path of ['', 'hr']) {
    const answer = await page.goto(secure.app + path);
    // Let through: there is no connector.
    expect(answer?.status()).toBe(504);
  }
  // And a new sign-in works beside them.
  await page.goto(`${secure.app}.postern/signin/start?return=/&prompt=login`);
  await signInAs(page, secure.provider, 'bob');
  await page.waitForURL(secure.app);
  await expect(page.getByText(/^504 /).first()).toBeVisible();
  await context.close();
});

test('B32 a browser full of cookies of a neighbour gets a page that says what to do', async () => {
  const [context, page] = await signedIn(secure.app, secure);
  const neighbour = await context.newPage();
  await neighbour.goto(secure.other);
  const kept = await neighbour.evaluate(() => {
    for (let count = 0; count < 30; count += 1) {
      document.cookie = `bomb${count}=${'x'.repeat(3900)}; Domain=postern.localhost; Path=/; Secure`;
    }
    // Reading waits for what was written.
    return document.cookie.length;
  });
  expect(kept).toBeGreaterThan(100_000);
  const answer = await page.goto(secure.app);
  expect(answer?.status()).toBe(431);
  await expect(page.getByText('Delete the cookies of this site')).toBeVisible();
  await context.close();
});

test('B21 a link of another site to the sign-out asks, and the button of that page signs out everywhere', async () => {
  const [context, page] = await signedIn(`${app}echo`, world);
  for (const target of [`${app}.postern/signout`, `${app}echo?appproxy=logout`]) {
    await page.goto(`${evilUrl}?target=${encodeURIComponent(target)}`);
    await page.getByRole('link', { name: 'Win a prize' }).click();
    await expect(page.getByRole('heading', { name: 'Sign out?' })).toBeVisible();
    const answer = await page.goto(`${app}echo`);
    expect(answer?.status()).toBe(200);
  }
  await page.goto(`${evilUrl}?target=${encodeURIComponent(`${app}.postern/signout`)}`);
  await page.getByRole('link', { name: 'Win a prize' }).click();
  await expectAccessible(page, 'light');
  await keepScreenshot(page, 'sign-out-question');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${world.service.url}${SIGNED_OUT_PATH}**`);
  await page.goto(`${app}echo`);
  await expect(page.getByLabel('User name')).toBeVisible();
  await context.close();
});

test('none of our pages is shown in a frame of another site (clickjacking)', async () => {
  const [context, page] = await signedIn(`${app}echo`, world);
  const service = world.service.url;
  const own = [
    `${service}/`,
    service + SIGNED_OUT_PATH,
    service + SIGN_OUT_PATH,
    `${service}${SIGN_IN_PATHS.callback}?state=x`,
    `${service}${SIGN_IN_PATHS.begin}?t=x`,
    `${service}${FRONT_CHANNEL_LOGOUT_PATH}?sid=x`,
    `${service}/nothing`,
    `${app.slice(0, -1)}${SIGN_IN_PATHS.start}?return=/`,
    `${app.slice(0, -1)}${SIGN_IN_PATHS.complete}?h=x`,
    app.slice(0, -1) + SIGN_OUT_PATH,
    `${app}.postern/nothing`,
    `http://nothing.postern.localhost:${world.port}/`,
  ];
  for (const target of own) {
    await page.goto(`${evilUrl}?target=${encodeURIComponent(target)}`);
    const [frame] = page.frames().slice(1);
    await expect.poll(() => frame?.url()).toMatch(/^chrome-error:/);
  }
  // The frame itself works: an application's page without such a policy is shown.
  const neighbour = await context.newPage();
  await neighbour.goto(`${evilUrl}?target=${encodeURIComponent(`${evilUrl}?target=about:blank`)}`);
  await expect(neighbour.frameLocator('body > iframe').getByText('Win a prize')).toBeVisible();
  await context.close();
});
