import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { safeReturnTarget } from '../../src-service/edge/return-target.ts';
import type { BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type AttackWorld, LET_THROUGH, startAttackWorld } from '../helpers/start-attack-world.ts';

const TARGETS = JSON.parse(
  readFileSync(new URL('../corpora/hostile-return-targets.json', import.meta.url), 'utf8'),
) as string[];
const CORPUS = [...TARGETS, `/${'a'.repeat(10_000)}`, `//${'a'.repeat(2000)}.example`, `/?${'\\'.repeat(2500)}`];
const FOREIGN = /evil|ｅｖｉｌ/;

let world: AttackWorld;
let alice: SignInBrowser;

beforeAll(async () => {
  world = await startAttackWorld({ scheme: 'http' });
  alice = world.browser();
  await alice.signIn(world.app, world.provider.user('alice'));
});

afterAll(() => world?.close());

/** Follows a URL to its end and returns every address on the way. */
async function wayFrom(url: string): Promise<[BrowserResponse, string[]]> {
  const visited: string[] = [url];
  const page = await alice.open(url, (next) => {
    visited.push(next);
    return FOREIGN.test(new URL(next).host);
  });
  return [page, visited];
}

function expectOurHosts(urls: readonly string[]): void {
  const hosts = new Set([world.app, world.edge.origin, world.provider.origin].map((url) => new URL(url).host));
  for (const url of urls) {
    const { protocol, host, username, password } = new URL(url);
    expect({ url, protocol, isOurs: hosts.has(host), username, password }).toEqual({
      url,
      protocol: 'http:',
      isOurs: true,
      username: '',
      password: '',
    });
  }
}

describe('no address of ours leads elsewhere', () => {
  test.each(CORPUS)('B12 the return target of a sign-in: %j', async (target) => {
    const [page, visited] = await wayFrom(`${world.app}.postern/signin/start?return=${encodeURIComponent(target)}`);
    expectOurHosts([...visited, page.url]);
    expect(new URL(page.url).origin + '/').toBe(world.app);
    expect(page.url).not.toContain('/.postern/');
    expect(page.status).toBe(LET_THROUGH);
    expect(page.body).not.toContain('<script>alert');
  });

  test.each(CORPUS)('B21 B12 whatever else is told to our pages: %j', async (target) => {
    const value = encodeURIComponent(target);
    const paths = [
      `.postern/signin/complete?h=${value}`,
      `.postern/signin/complete?h=x&return=${value}`,
      `.postern/signin/start?prompt=${value}&return=/&return=${value}`,
    ];
    const own = [
      `/.postern/signin/begin?t=${value}`,
      `/.postern/signin/callback?state=${value}&code=${value}&iss=${value}`,
      `/.postern/signed-out?post_logout_redirect_uri=${value}&return=${value}`,
      `/.postern/signin/frontchannel-logout?iss=${value}&sid=${value}`,
      `/?return=${value}`,
    ];
    const urls = [...paths.map((path) => world.app + path), ...own.map((path) => world.edge.origin + path)];
    for (const url of urls) {
      const answer = await alice.get(url);
      const { location } = answer.headers;
      if (location !== undefined) expectOurHosts([new URL(location, url).href]);
      const link = /(?:href|url)="?([^" >]+)"/.exec(answer.body)?.[1];
      if (link !== undefined) expectOurHosts([new URL(link.replaceAll('&amp;', '&'), url).href]);
      expect(answer.headers['set-cookie']?.filter((line) => !/postern-/.test(line)) ?? []).toEqual([]);
    }
  });

  test('B21 a sign-out leads to the provider and back to us, whatever its address says', async () => {
    const browser = world.browser();
    await browser.signIn(world.app, world.provider.user('bob'));
    const visited: string[] = [];
    await browser.open(
      `${world.app}.postern/signout?return=//evil.example&post_logout_redirect_uri=https://evil.example/`,
      (next) => {
        visited.push(next);
        return false;
      },
    );
    expectOurHosts(visited);
    const [provider = ''] = visited;
    const back = new URL(provider).searchParams.get('post_logout_redirect_uri');
    expect(back).toBe(`${world.edge.origin}/.postern/signed-out`);
  });

  test('B12 a path on another name of the service goes to its own address, not past it', async () => {
    for (const path of [
      '/@evil.example',
      '/.evil.example',
      '/:80@evil.example',
      '/;@evil.example/',
      '/?@evil.example',
    ]) {
      const answer = await alice.get(`http://127.0.0.1:${world.edge.port}${path}`);
      expect(answer.status).toBe(302);
      expectOurHosts([new URL(answer.headers.location ?? '', world.app).href]);
    }
  });
});

test('B12 whatever text comes, the return target stays on its host and off our own pages', () => {
  const origin = 'https://app.example';
  const piece = fc.constantFrom(
    ...['/', '\\', '.', '..', '%2f', '%5c', '%2e', ';', '@', ':', '?', '#', '\t', '\r\n', ' ', '%', '%25', '。', '／'],
    ...['evil.example', '.postern', 'https', 'javascript', 'x', '\u0000', 'é', '%c0%af'],
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map((rest) => `/${rest}`),
      ),
      (value) => {
        const target = safeReturnTarget(value);
        const url = new URL(target, origin);
        expect(url.origin).toBe(origin);
        expect(new URL(origin + target).origin).toBe(origin);
        expect(
          decodeURIComponent(url.pathname.replaceAll(/%(?![\da-f]{2})/gi, '%25').replaceAll(/%[89a-f][\da-f]/gi, 'x')),
        ).not.toMatch(/^\/+\.postern\//);
        expect(target).toMatch(/^\/(?!\/)/);
      },
    ),
    { numRuns: 5000 },
  );
});
