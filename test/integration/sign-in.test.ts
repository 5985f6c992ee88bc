import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { endSessions } from '../helpers/end-sessions.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;

/** A discovery document like the provider's under an issuer of its own, which answers 503 until `comeBack`. */
async function startFlakyIssuer(realIssuer: string) {
  const real = (await (await fetch(`${realIssuer}/.well-known/openid-configuration`)).json()) as object;
  let isBack = false;
  const server = createServer((_, response) => {
    if (!isBack) return response.writeHead(503).end();
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...real, issuer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, issuer, comeBack: () => (isBack = true) };
}

let provider: StartedProvider;
let edge: StartedEdge;
let app: string;
let other: string;

const isComplete = (url: string): boolean => url.includes('/.postern/signin/complete');

describe.each(['entra', 'plain'] as const)('sign-in at a provider of the kind %s', (kind) => {
  beforeAll(async () => {
    provider = await startProvider({ kind });
    edge = await startEdge({ provider });
    app = await edge.publish('app.postern.localhost');
    other = await edge.publish('other.postern.localhost');
    for (const url of [app, other]) await edge.assign(url, provider.user('alice').id);
  });

  afterAll(async () => {
    await edge?.close();
    await provider?.close();
  });

  test('B11 B12 a navigation is sent to sign-in and comes back to path, query and fragment', async () => {
    const browser = new SignInBrowser();
    const first = await browser.get(`${app}reports/2026?q=a%20b&x=1`);
    expect(first.status).toBe(302);
    expect(first.headers.location).toMatch(/^\/\.postern\/signin\/start\?return=/);
    const page = await browser.signIn(`${app}reports/2026?q=a%20b&x=1#section-3`, provider.user('alice'));
    expect(page.url).toBe(`${app}reports/2026?q=a%20b&x=1#section-3`);
    expect(page.status).toBe(LET_THROUGH);
    expect((await edge.store.users.findAll(provider.user('alice').id)).map((user) => user.displayName)).toEqual([
      'Alice Archer',
    ]);
  });

  test('a second application opens without a prompt', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, provider.user('alice'));
    const visited: string[] = [];
    const page = await browser.open(`${other}x`, (url) => {
      visited.push(url);
      return false;
    });
    expect(page.url).toBe(`${other}x`);
    expect(page.status).toBe(LET_THROUGH);
    expect(visited.some((url) => url.startsWith(provider.origin))).toBe(false);
  });

  test('B15 B16 the session cookie is HttpOnly, of its host alone, and good for no other', async () => {
    const browser = new SignInBrowser();
    const done = await browser.signIn(app, provider.user('alice'), isComplete);
    const completed = await browser.get(done.url);
    const line = completed.headers['set-cookie']?.find((entry) => entry.startsWith('postern-session='));
    expect(line).toMatch(/^postern-session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const stolen = browser.jar.get('app.postern.localhost')?.get('postern-session') ?? '';
    const thief = new SignInBrowser();
    expect((await thief.get(app, { cookie: `postern-session=${stolen}` })).status).toBe(LET_THROUGH);
    expect((await thief.get(other, { cookie: `postern-session=${stolen}` })).status).toBe(302);
    expect((await thief.get(app, { cookie: `postern-session=${stolen.slice(0, -4)}AAAA` })).status).toBe(302);
  });

  test('B14 a hand-off is refused the second time, in another browser, and on another host', async () => {
    const browser = new SignInBrowser();
    const done = await browser.signIn(app, provider.user('alice'), isComplete);
    const stranger = await new SignInBrowser().get(done.url);
    expect(stranger.status).toBe(400);
    expect(stranger.body).toContain('SIGNIN_STATE');
    const bindName = [...(browser.jar.get('app.postern.localhost') ?? new Map<string, string>()).keys()].find((name) =>
      name.startsWith('postern-bind-'),
    );
    const mallory = new SignInBrowser();
    await mallory.get(`${app}.postern/signin/start?return=/`);
    const [own = ''] = mallory.jar.get('app.postern.localhost')?.values() ?? [];
    expect((await mallory.get(done.url, { cookie: `${bindName}=${own}` })).status).toBe(400);
    browser.jar.set('other.postern.localhost', new Map(browser.jar.get('app.postern.localhost')));
    expect((await browser.get(done.url.replace('app.', 'other.'))).status).toBe(400);
    const cookies = new Map(browser.jar.get('app.postern.localhost'));
    expect((await browser.get(done.url)).status).toBe(302);
    expect((await browser.get(done.url)).status).toBe(400);
    browser.jar.set('app.postern.localhost', cookies);
    expect((await browser.get(done.url)).status).toBe(400);
  });

  test('B14 an authorization response is refused the second time, in another browser, and when changed', async () => {
    const browser = new SignInBrowser();
    const isCallback = (url: string): boolean => url.includes('/.postern/signin/callback');
    const answered = await browser.signIn(app, provider.user('alice'), isCallback);
    expect((await new SignInBrowser().get(answered.url)).status).toBe(400);
    const cookies = new Map(browser.jar.get('localhost'));
    expect((await browser.get(answered.url)).status).toBe(302);
    browser.jar.set('localhost', cookies);
    expect((await browser.get(answered.url)).status).toBe(400);

    const second = new SignInBrowser();
    const fresh = await second.signIn(app, provider.user('alice'), isCallback);
    const forged = await second.get(fresh.url.replace(/code=[^&]+/, 'code=forged'));
    expect(forged.status).toBe(403);
    expect(forged.body).toContain('SIGNIN_TOKEN');
    expect(forged.headers['x-postern-activity-id']).toMatch(/^[\da-f-]{36}$/);
  });

  test('B14 a refusal of the provider names its cause', async () => {
    const browser = new SignInBrowser();
    const page = await browser.open(app);
    const fields = new URLSearchParams({ username: '', password: '', action: 'cancel' });
    const answer = await browser.send('POST', page.url, {}, fields.toString());
    const refused = await browser.open(new URL(answer.headers.location ?? '', answer.url).href);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('SIGNIN_DENIED');
    expect(refused.body).toContain('User declined to consent');
  });

  test('several tabs sign in at once', async () => {
    const browser = new SignInBrowser();
    const isProvider = (url: string): boolean => url.startsWith(provider.origin);
    const tabs = [`${app}one`, `${app}two`, `${other}three`];
    const begun = [];
    for (const tab of tabs) begun.push((await browser.open(tab, isProvider)).url);
    const landed = [(await browser.signIn(begun[0] ?? '', provider.user('alice'))).url];
    for (const url of begun.slice(1)) landed.push((await browser.open(url)).url);
    expect(landed).toEqual(tabs);
  });

  test('abandoned sign-ins do not pile up cookies', async () => {
    const browser = new SignInBrowser();
    for (let count = 0; count < 20; count += 1) await browser.get(`${app}.postern/signin/start?return=/`);
    expect(browser.jar.get('app.postern.localhost')?.size).toBeLessThanOrEqual(12);
  });

  test('B12 a forged return target leads to the application itself', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, provider.user('alice'));
    for (const target of ['https://evil.example/', '//evil.example', '/\\evil.example', '/.postern/signout']) {
      const page = await browser.open(`${app}.postern/signin/start?return=${encodeURIComponent(target)}`);
      expect(page.url).toBe(app);
    }
  });

  test('B17 who is not assigned gets a 403 page with the name and another sign-in, and nothing is forwarded', async () => {
    const browser = new SignInBrowser();
    const page = await browser.signIn(`${app}a"><script>alert(1)</script>`, provider.user('bob'));
    expect(page.status).toBe(403);
    expect(page.body).toContain(kind === 'plain' ? '<dd>bob</dd>' : '<dd>bob@contoso.example</dd>');
    expect(page.body).toMatch(/href="\/\.postern\/signin\/start\?return=[^"<>]+prompt=login"/);
    expect(page.body).not.toContain('<script>alert');
    const again = await browser.open(`${app}.postern/signin/start?return=%2F&prompt=login`);
    expect(again.url.startsWith(provider.origin)).toBe(true);
  });

  test('B17 a group may be assigned, or everyone let in', async () => {
    const url = await edge.publish('groups.postern.localhost');
    const open = await edge.publish('open.postern.localhost', { appRoleAssignmentRequired: false });
    const browser = new SignInBrowser();
    expect((await browser.signIn(open, provider.user('bob'))).status).toBe(LET_THROUGH);
    expect((await browser.open(url)).status).toBe(403);
    const [group = ''] = provider.user('bob').groups;
    await edge.assign(url, group, 'Group');
    expect((await browser.open(url)).status).toBe(LET_THROUGH);
    await edge.unassign(group);
    expect((await browser.open(url)).status).toBe(403);
  });

  test('B13 what is no navigation gets 401 and JSON, never a redirect', async () => {
    const browser = new SignInBrowser();
    const requests: [string, Record<string, string>][] = [
      ['GET', { 'sec-fetch-mode': 'cors' }],
      ['GET', { 'x-requested-with': 'XMLHttpRequest' }],
      ['GET', { accept: 'application/json' }],
      ['POST', {}],
      ['GET', { 'sec-fetch-dest': 'iframe' }],
    ];
    for (const [method, headers] of requests) {
      const answer = await browser.send(method, app, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    }
    const form = await browser.send('POST', `${app}deep/form?step=2`, {}, 'a=b');
    expect(form.body).toContain('what you sent was not kept');
    // Of the form's own address a browser would ask for what is no page: the way back is the application's folder.
    const back = new URLSearchParams({ return: new URL(app).pathname });
    expect(form.body).toContain(`?${back.toString()}"`);
    const answer = await browser.get(app, { accept: 'application/json' });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 401, code: 'EDGE_UNAUTHENTICATED' });
  });

  test('B20 an unauthenticated preflight is not passed on', async () => {
    const headers = { origin: 'https://x.example', 'access-control-request-method': 'PUT', accept: '*/*' };
    expect((await new SignInBrowser().send('OPTIONS', app, headers)).status).toBe(403);
  });

  test('B21 signing out ends the session on every host and at the provider', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, provider.user('alice'));
    await browser.open(other);
    const visited: string[] = [];
    await browser.open(`${app}any?appproxy=logout`, (url) => {
      visited.push(url);
      return false;
    });
    expect(visited.some((url) => url.startsWith(`${provider.origin}/`) && url.includes('id_token_hint='))).toBe(true);
    expect((await browser.get(app)).status).toBe(302);
    expect((await browser.get(other)).status).toBe(302);
    expect((await browser.get(`${edge.origin}/`)).status).toBe(302);
    const image = await browser.get(`${app}.postern/signout`, {
      'sec-fetch-dest': 'image',
      'sec-fetch-mode': 'no-cors',
    });
    expect(image.status).toBe(400);
  });

  test('B21 the provider ends a session by a back-channel logout; a forged one is refused', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, provider.user('alice'));
    expect((await browser.get(app)).status).toBe(LET_THROUGH);
    const form = (token: string) => new URLSearchParams({ logout_token: token }).toString();
    const url = `${edge.origin}/.postern/signin/backchannel-logout`;
    expect((await new SignInBrowser().send('POST', url, {}, form('forged.token.x'))).status).toBe(400);
    expect((await browser.get(app)).status).toBe(LET_THROUGH);
    // Signs out at the provider alone, which tells the service by itself.
    const prompt = await browser.get(provider.endSessionEndpoint);
    const action = /<form[^>]*action="([^"]+)"/.exec(prompt.body)?.[1] ?? '';
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(prompt.body)?.[1] ?? '';
    await browser.send('POST', action, {}, new URLSearchParams({ xsrf, logout: 'yes' }).toString());
    await expect.poll(async () => (await browser.get(app)).status).toBe(302);
  });

  test('B21 the frame that a provider loads at sign-out ends the session that it names', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, provider.user('alice'));
    const prompt = await browser.get(provider.endSessionEndpoint);
    const frame = /<iframe src="([^"]+)"/.exec(prompt.body)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const stranger = new SignInBrowser();
    expect((await stranger.get(frame.replace(/sid=[^&]+/, 'sid=guess'))).status).toBe(200);
    expect((await browser.get(app)).status).toBe(LET_THROUGH);
    const answer = await stranger.get(frame, { 'sec-fetch-dest': 'iframe' });
    expect(answer.headers['content-security-policy']).toContain(`frame-ancestors ${provider.origin}`);
    expect((await browser.get(app)).status).toBe(302);
  });

  test('B22 a session that is revoked in the store is refused with the next request', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, provider.user('alice'));
    expect((await browser.get(app)).status).toBe(LET_THROUGH);
    await endSessions(edge.store, provider.user('alice').id);
    expect((await browser.get(app)).status).toBe(302);
  });

  test('the portal shows the applications that the signed-in person may open', async () => {
    const browser = new SignInBrowser();
    const page = await browser.signIn(`${edge.origin}/`, provider.user('alice'));
    expect(page.status).toBe(200);
    expect(page.body).toContain('Alice Archer');
    expect(page.body).toContain(`href="${app}"`);
    expect(page.body).not.toContain('groups.postern.localhost');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('a provider that is down gives a page that says so, and the sign-in works once it is back', async () => {
    let nowMs = Date.now();
    const { server, issuer, comeBack } = await startFlakyIssuer(provider.issuer);
    const own = await startEdge({ provider: { ...provider, issuer }, clock: () => nowMs });
    try {
      const url = await own.publish('app.postern.localhost');
      const refused = await new SignInBrowser().open(url);
      expect(refused.status).toBe(502);
      expect(refused.body).toContain('SIGNIN_PROVIDER');
      comeBack();
      expect((await new SignInBrowser().open(url)).status).toBe(502);
      nowMs += 2000;
      const isAway = (next: string): boolean => next.startsWith(provider.origin);
      expect(isAway((await new SignInBrowser().open(url, isAway)).url)).toBe(true);
    } finally {
      await own.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

test('an administrator token is checked: role, audience, signature', async () => {
  const provider = await startProvider();
  const edge = await startEdge({ provider });
  try {
    const token = await provider.automationToken();
    expect(await edge.verifyAdministrator(token)).toMatchObject({
      kind: 'application',
      roles: ['Application.Administrator'],
    });
    await expect(edge.verifyAdministrator(`${token.slice(0, -8)}AAAAAAAA`)).rejects.toMatchObject({
      code: 'API_UNAUTHENTICATED',
    });
    await expect(edge.verifyAdministrator('nonsense')).rejects.toMatchObject({ code: 'API_UNAUTHENTICATED' });
  } finally {
    await edge.close();
    await provider.close();
  }
});
