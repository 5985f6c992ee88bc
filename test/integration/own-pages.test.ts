import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SIGN_IN_PATHS } from '../../src-service/identity/sign-in-paths.ts';
import { SIGNED_OUT_PATH, SIGN_OUT_PATH } from '../../src-service/identity/sign-out.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type AttackWorld, startAttackWorld } from '../helpers/start-attack-world.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { startService } from '../helpers/start-service.ts';

let world: AttackWorld;
let alice: SignInBrowser;

beforeAll(async () => {
  world = await startAttackWorld({ scheme: 'http' });
  alice = world.browser();
  await alice.signIn(world.app, world.provider.user('alice'));
});
afterAll(() => world?.close());

/** Every page that we show to people, by what it is. */
const pages = (): Record<string, () => Promise<BrowserResponse>> => {
  const { origin, port } = world.edge;
  const app = world.app.slice(0, -1);
  const fromElsewhere = { 'sec-fetch-site': 'cross-site' };
  return {
    portal: () => alice.get(`${origin}/`),
    'the first page of a sign-in': () => alice.get(`${app}${SIGN_IN_PATHS.start}?return=/`),
    'the question before a sign-out': () => alice.get(app + SIGN_OUT_PATH, fromElsewhere),
    'the same at the service': () => alice.get(origin + SIGN_OUT_PATH, fromElsewhere),
    'after a sign-out': () => world.browser().get(origin + SIGNED_OUT_PATH),
    'on the way out': () => world.browser().send('POST', origin + SIGN_OUT_PATH, { origin }, ''),
    'a sign-in that failed': () => alice.get(`${origin}${SIGN_IN_PATHS.callback}?state=x`),
    'a hand-off that failed': () => alice.get(`${app}${SIGN_IN_PATHS.complete}?h=x`),
    'no such page': () => alice.get(`${origin}/nothing`),
    'no such host': () => alice.get(`http://nothing.postern.localhost:${port}/`),
    'no connector': () => alice.get(world.app),
    'a bad address': () => alice.get(`${app}/%00`),
  };
};

describe('pages of ours', () => {
  test('are not framed, run what is theirs alone, tell no referrer, and are kept by nobody', async () => {
    for (const [name, get] of Object.entries(pages())) {
      const { headers, body } = await get();
      const policy = String(headers['content-security-policy']);
      const directives = new Map(policy.split('; ').map((part) => [part.split(' ', 1)[0], part.split(' ').slice(1)]));
      const facts = {
        name,
        type: headers['content-type'],
        defaults: directives.get('default-src'),
        base: directives.get('base-uri'),
        forms: directives.get('form-action'),
        ancestors: directives.get('frame-ancestors'),
        isUnsafe: /unsafe|\*|https?:/.test(policy),
        frames: headers['x-frame-options'],
        sniffing: headers['x-content-type-options'],
        cache: headers['cache-control'],
        resource: headers['cross-origin-resource-policy'],
        handlers: /\son[a-z]+=|javascript:/i.test(body),
      };
      expect(facts).toEqual({
        name,
        type: 'text/html; charset=utf-8',
        defaults: ["'none'"],
        base: ["'none'"],
        forms: ["'self'"],
        ancestors: ["'none'"],
        isUnsafe: false,
        frames: 'DENY',
        sniffing: 'nosniff',
        cache: 'no-store',
        resource: 'same-origin',
        handlers: false,
      });
      expect(['no-referrer', 'same-origin']).toContain(headers['referrer-policy']);
    }
  });

  test('of the service itself share their window with no other site, and those on the way to an application do', async () => {
    const { portal, 'the question before a sign-out': question, 'the first page of a sign-in': start } = pages();
    expect((await portal?.())?.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect((await question?.())?.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect((await start?.())?.headers['cross-origin-opener-policy']).toBeUndefined();
  });

  test('for programs and redirects are kept by nobody either, and are no page', async () => {
    const problem = await alice.get(`${world.edge.origin}/nothing`, { accept: 'application/json' });
    expect(problem.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(problem.headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
    const redirect = await world.browser().get(world.app);
    expect(redirect.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });
});

test('B31 the hosts of the service keep browsers to https, the API too; this machine does not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-own-pages-'));
  const { cert, key } = await makeCertificate(['access.example', 'localhost'], []);
  const tls = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(tls.certificateFile, cert);
  writeFileSync(tls.keyFile, key);
  const provider = await startProvider();
  const ask = async (publicUrl: string, path: string): Promise<string | undefined> => {
    const service = await startService({ provider, configuration: { publicUrl, tls } });
    try {
      const { port } = new URL(service.url);
      const { hostname } = new URL(publicUrl);
      const answer = await new SignInBrowser(cert).get(`https://${hostname}:${port}${path}`);
      return answer.headers['strict-transport-security'];
    } finally {
      await service.close();
    }
  };
  try {
    expect(await ask('https://access.example:0', '/.postern/signed-out')).toBe('max-age=31536000');
    expect(await ask('https://access.example:0', '/graph/beta/applications')).toBe('max-age=31536000');
    expect(await ask('https://localhost:0', '/.postern/signed-out')).toBeUndefined();
  } finally {
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
