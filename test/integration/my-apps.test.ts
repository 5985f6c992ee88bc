import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makePng } from '../helpers/logo-pictures.ts';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishOptions, type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';

let provider: StartedProvider;
let edge: StartedEdge;
let browser: SignInBrowser;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider?.close());

beforeEach(async () => {
  edge = await startEdge({ provider });
  browser = new SignInBrowser();
  return () => edge.close();
});

/** Publishes an application to which alice is assigned. */
async function publish(name: string, options: PublishOptions = {}): Promise<string> {
  const url = await edge.publish(`${name}.postern.localhost`, options);
  await edge.assign(url, provider.user('alice').id);
  return url;
}

function portal(query = ''): Promise<BrowserResponse> {
  return browser.signIn(`${edge.origin}/${query}`, provider.user('alice'));
}

/** The addresses of the tiles. @param isShown whether those that the search leaves out are meant */
function tiles({ body }: BrowserResponse, isShown = true): string[] {
  const pattern = isShown ? /<li><a href="([^"]+)"/g : /<li hidden><a href="([^"]+)"/g;
  return Array.from(body.matchAll(pattern), ([, url = '']) => url);
}

describe('"My apps"', () => {
  test('B17 shows what its user may open by the decision of the gate, and nothing else', async () => {
    const urls = {
      own: await publish('own'),
      open: await edge.publish('open.postern.localhost', { appRoleAssignmentRequired: false }),
      others: await edge.publish('others.postern.localhost'),
    };
    await edge.assign(urls.others, provider.user('bob').id);
    const page = await portal();
    expect(tiles(page).toSorted()).toEqual([urls.open, urls.own]);
    for (const [name, url] of Object.entries(urls)) {
      const { status } = await browser.open(url);
      // Behind the gate is no connector here.
      expect([name, status]).toEqual([name, tiles(page).includes(url) ? 504 : 403]);
    }
    await edge.unassign(provider.user('alice').id);
    expect(tiles(await browser.open(`${edge.origin}/`))).toEqual([urls.open]);
  });

  test('is ordered by name, with description or host, and says what is in maintenance (B8)', async () => {
    await publish('b', { application: { displayName: 'Zebra', description: 'Stripes & <b>more</b>' } });
    await publish('a', { application: { displayName: 'äpfel' }, publishing: { isOnPremPublishingEnabled: false } });
    const page = await portal();
    expect(page.status).toBe(200);
    const names = Array.from(page.body.matchAll(/class="name">([^<]+)/g), ([, name]) => name);
    expect(names).toEqual(['äpfel', 'Zebra']);
    expect(page.body).toContain('Stripes &amp; &lt;b&gt;more&lt;/b&gt;');
    expect(page.body.match(/In maintenance/g)).toHaveLength(1);
    expect(page.body).toContain(`class="about">a.postern.localhost:${edge.port}<`);
  });

  test('B6 B7 leads to the home page, leaves out hidden ones, and wildcards unless they have one', async () => {
    const homePageUrl = `http://paths.postern.localhost:${edge.port}/start`;
    await publish('paths', { application: { web: { homePageUrl } } });
    await publish('hidden', { application: { tags: ['finance', 'HideApp'] } });
    await publish('*.wild');
    const start = `http://start.home.postern.localhost:${edge.port}/`;
    await publish('*.home', { application: { web: { homePageUrl: start } } });
    expect(tiles(await portal()).toSorted()).toEqual([homePageUrl, start].toSorted());
  });

  test('filters on the server for those without scripts, and keeps the rest hidden', async () => {
    const cafe = await publish('lunch', { application: { displayName: 'Café' } });
    const books = await publish('books', { application: { description: 'Accounts of the café' } });
    const wiki = await publish('wiki');
    await portal();
    const found = await browser.get(`${edge.origin}/?q=CAFE`);
    expect(tiles(found).toSorted()).toEqual([books, cafe].toSorted());
    expect(tiles(found, false)).toEqual([wiki]);
    expect(found.body).toContain('2 of 3 applications');
    expect(found.body).toContain('value="CAFE"');
    const none = await browser.get(`${edge.origin}/?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(none.body).toContain('0 of 3 applications');
    expect(none.body).not.toContain('<script>alert');
    expect(none.body).toMatch(/<div class="none">/);
  });

  test('says so where nothing is assigned, and whom to ask', async () => {
    await edge.close();
    edge = await startEdge({ provider, configuration: { branding: { contact: { email: 'help@contoso.example' } } } });
    const page = await portal();
    expect(page.body).toContain('No application is assigned to you yet');
    expect(page.body).toContain('mailto:help@contoso.example?subject=My%20apps');
  });

  test('has a policy that allows its own style, script and pictures, and no frame around it', async () => {
    const { headers } = await portal();
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+' 'sha256-\S+'; script-src 'sha256-\S+'; img-src 'self';/,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('a logo in "My apps"', () => {
  const octets = makePng(48, 48);

  test('stands in its tile and is served from our host, for ever and as nothing but a picture', async () => {
    await publish('pictured', { logo: { mediaType: 'image/png', octets } });
    const { body } = await portal();
    const path = /<img class="logo" src="([^"]+)" alt=""/.exec(body)?.[1] ?? '';
    const answer = await fetch(edge.origin + path);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(octets);
    const { headers } = answer;
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(octets.length),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-site',
    });
    const etag = headers.get('etag') ?? '';
    const again = await fetch(edge.origin + path, { headers: { 'if-none-match': `W/"other", ${etag}` } });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    const head = await fetch(edge.origin + path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(octets.length)]);
    expect((await fetch(edge.origin + path, { method: 'POST' })).status).toBe(400);
  });

  test('is gone from its old address when it was replaced, and with its application', async () => {
    const url = await publish('changing', { logo: { mediaType: 'image/png', octets } });
    const pathOf = ({ body }: BrowserResponse): string => /src="(\/\.postern\/logos\/[^"]+)"/.exec(body)?.[1] ?? '';
    const first = pathOf(await portal());
    expect((await fetch(edge.origin + first)).status).toBe(200);
    const [application] = await edge.store.applications.list();
    const context = { actor: { id: '', displayName: '', kind: 'service' as const }, activityId: '' };
    const { id = '' } = application ?? {};
    await edge.store.applicationLogos.put(id, { mediaType: 'image/png', octets: makePng(20, 20) }, context);
    expect((await fetch(edge.origin + first)).status).toBe(404);
    const second = pathOf(await browser.open(`${edge.origin}/`));
    expect((await fetch(edge.origin + second)).status).toBe(200);
    await edge.store.applications.remove(id, context);
    expect((await fetch(edge.origin + second)).status).toBe(404);
    expect((await browser.open(url)).status).toBe(404);
    for (const path of ['/.postern/logos/', '/.postern/logos/x', '/.postern/logos/x/y', '/.postern/logos//']) {
      expect([path, (await fetch(edge.origin + path)).status]).toEqual([path, 404]);
    }
  });

  test('B46 counts strangers, and not the pictures of who is signed in', async () => {
    await edge.close();
    edge = await startEdge({ provider, configuration: { limits: { clientRequestsPerSecond: 20 } } });
    await publish('pictured', { logo: { mediaType: 'image/png', octets } });
    const { body } = await portal();
    const url = edge.origin + (/<img class="logo" src="([^"]+)"/.exec(body)?.[1] ?? '');
    const signedIn = await Promise.all(Array.from({ length: 100 }, () => browser.get(url)));
    expect(new Set(signedIn.map(({ status }) => status))).toEqual(new Set([200]));
    const strangers = await Promise.all(Array.from({ length: 100 }, () => new SignInBrowser().get(url)));
    expect(strangers.some(({ status }) => status === 429)).toBe(true);
  });
});
