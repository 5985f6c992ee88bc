import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccessTokenMaker, makeAccessTokens } from '../helpers/access-token-maker.ts';
import { makeCountedFetches } from '../helpers/counted-fetches.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-providers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Something at the place of a provider that answers with `status` and `body` whatever it is asked. */
async function startAnswer(status: number, body: string): Promise<{ issuer: string; close: () => Promise<void> }> {
  const server = createServer((_, response) => void response.writeHead(status).end(body));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

describe('a provider that can not be used', () => {
  let provider: StartedProvider;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider.close());

  async function signInWith(issuer: string): Promise<{ status: number; body: string; edge: StartedEdge }> {
    const edge = await startEdge({ provider: { ...provider, issuer } });
    try {
      const url = await edge.publish('app.postern.localhost');
      const { status, body } = await new SignInBrowser().open(`${url}deep?x=1`);
      return { status, body, edge };
    } finally {
      await edge.close();
    }
  }

  async function expectPage(issuer: string, code: string, status = 502): Promise<void> {
    const page = await signInWith(issuer);
    expect(page.status).toBe(status);
    expect(page.body).toContain(code);
    expect(page.body).toContain('You cannot sign in right now');
    expect(page.body).toMatch(/href="[^"]+\/\.postern\/signin\/begin\?t=[^"]+">Try again</);
    expect(page.body).toMatch(/<dt>Activity id<\/dt>\s*<dd><code>[\da-f-]{36}/);
    const line = page.edge.logLines.find((entry) => entry['errorCode'] === code);
    expect(line?.['errorCause']).toMatch(/\(.{40,}\)$/s);
  }

  test('B11 nothing listens there', async () => {
    const { issuer, close } = await startAnswer(200, '');
    await close();
    await expectPage(issuer, 'SIGNIN_PROVIDER');
  });

  test('B11 DNS knows no such name', () => expectPage('https://login.invalid', 'SIGNIN_PROVIDER'));

  test('B11 its certificate is not trusted', async () => {
    const authority = await makeAuthority('Some authority');
    const { cert, key } = await authority.issue(['localhost', '127.0.0.1']);
    const files = { certificateFile: join(folder, 'provider.crt'), keyFile: join(folder, 'provider.key') };
    writeFileSync(files.certificateFile, cert);
    writeFileSync(files.keyFile, key);
    const secured = await startProvider({ tls: files });
    try {
      await expectPage(secured.issuer, 'SIGNIN_PROVIDER_UNTRUSTED');
    } finally {
      await secured.close();
    }
  });

  test.for([
    ['is out of order', 503, '', 'SIGNIN_PROVIDER'],
    ['has no such page', 404, 'not here', 'SIGNIN_PROVIDER_INVALID'],
    ['answers with a page of its own', 200, '<!doctype html>', 'SIGNIN_PROVIDER_INVALID'],
    ['lacks an endpoint', 200, '{"issuer":"https://x"}', 'SIGNIN_PROVIDER_INVALID'],
  ] as const)('B11 it %s', async ([, status, body, code]) => {
    const { issuer, close } = await startAnswer(status, body);
    try {
      await expectPage(issuer, code);
    } finally {
      await close();
    }
  });

  test('B14 its description names another issuer', async () => {
    const document = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).text();
    const { issuer, close } = await startAnswer(200, document);
    try {
      await expectPage(issuer, 'SIGNIN_PROVIDER_INVALID');
    } finally {
      await close();
    }
  });

  test('B14 it does not accept our secret; once that is right, the same page leads on to the address first asked for', async () => {
    const { clients } = provider;
    const service = { ...clients.service, clientSecret: 'expired' };
    const edge = await startEdge({ provider: { ...provider, clients: { ...clients, service } } });
    try {
      const url = await edge.publish('app.postern.localhost');
      const browser = new SignInBrowser();
      const page = await browser.signIn(`${url}deep?x=1#part`, provider.user('alice'));
      expect(page.status).toBe(502);
      expect(page.body).toContain('SIGNIN_CLIENT');
      expect(page.body).not.toContain('expired');
      const retry = /href="([^"]+)">Try again</.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(new URL(retry).searchParams.get('fragment')).toBe('1');
      Object.assign(clients.service, { clientSecret: 'expired' });
      await edge.assign(url, provider.user('alice').id);
      const again = await browser.open(retry);
      expect(again.url).toBe(`${url}deep?x=1#part`);
      expect(again.status).toBe(LET_THROUGH);
    } finally {
      await edge.close();
    }
  });
});

describe('a provider that goes down', () => {
  test('B11 while somebody signs in there: the page says so; the next one hears it before the password; back again, all goes on', async () => {
    const stateFile = join(folder, 'down.json');
    let provider = await startProvider({ stateFile });
    const { users, clients, tenantId, apiId, port } = provider;
    const edge = await startEdge({ provider });
    try {
      const url = await edge.publish('app.postern.localhost', { appRoleAssignmentRequired: false });
      const early = new SignInBrowser();
      const callback = await early.signIn(url, provider.user('alice'), (next) => next.includes('/signin/callback'));
      await provider.close();

      const page = await early.get(callback.url);
      expect(page.status).toBe(502);
      for (const words of ['SIGNIN_PROVIDER', 'cannot be reached right now', 'Try again']) {
        expect(page.body).toContain(words);
      }
      const late = new SignInBrowser();
      const told = await late.open(url);
      expect([told.status, new URL(told.url).hostname]).toEqual([502, 'localhost']);
      expect(told.body).toContain('cannot be reached right now');
      const retry = /href="([^"]+)">Try again</.exec(told.body)?.[1]?.replaceAll('&amp;', '&') ?? '';

      provider = await startProvider({ stateFile, users, clients, tenantId, apiId, port });
      provider.addServiceUrl(edge.origin);
      await expect.poll(async () => (await late.get(retry)).status, { timeout: 10_000 }).toBe(302);
      expect((await late.signIn(retry, provider.user('alice'))).status).toBe(LET_THROUGH);
    } finally {
      await edge.close();
      await provider.close();
    }
  });
});

describe('a provider that restarts with a new key', () => {
  test('B14 B18 sessions go on without it; then sign-ins and access tokens with the new key are taken at once', async () => {
    const stateFile = join(folder, 'rotating.json');
    let provider = await startProvider({ stateFile });
    const { users, clients, tenantId, apiId, port } = provider;
    const edge = await startEdge({ provider });
    try {
      const url = await edge.publish('app.postern.localhost', { publishing: { accessTokenAudiences: ['api://app'] } });
      await edge.assign(url, provider.user('alice').id);
      const early = new SignInBrowser();
      expect((await early.signIn(url, provider.user('alice'))).status).toBe(LET_THROUGH);
      const bearer = async (tokens: AccessTokenMaker): Promise<number> => {
        const authorization = `Bearer ${await tokens.forUser('alice', 'api://app')}`;
        return (await new SignInBrowser().get(url, { authorization })).status;
      };
      expect(await bearer(await makeAccessTokens(provider, stateFile))).toBe(LET_THROUGH);

      await provider.close();
      expect((await early.get(url)).status).toBe(LET_THROUGH);
      const { privateKey } = await generateKeyPair('RS256', { extractable: true });
      const signingKey: JWK = { ...(await exportJWK(privateKey)), kid: 'the-second-key', use: 'sig' };
      const state = JSON.parse(readFileSync(stateFile, 'utf8')) as object;
      writeFileSync(stateFile, JSON.stringify({ ...state, signingKey }));
      provider = await startProvider({ stateFile, users, clients, tenantId, apiId, port });
      provider.addServiceUrl(edge.origin);

      const late = await new SignInBrowser().signIn(url, provider.user('alice'));
      expect(late.status).toBe(LET_THROUGH);
      expect(await bearer(await makeAccessTokens(provider, stateFile))).toBe(LET_THROUGH);
    } finally {
      await edge.close();
      await provider.close();
    }
  });

  test('B18 tokens with made-up keys make the service ask for keys once a second at most', async () => {
    const provider = await startProvider();
    const providerFetches = makeCountedFetches();
    const edge = await startEdge({ provider, providerFetches });
    try {
      const url = await edge.publish('app.postern.localhost');
      const { privateKey } = await generateKeyPair('RS256');
      const forge = (kid: string): Promise<string> =>
        new SignJWT({ iss: provider.issuer, aud: url, sub: 'x', scp: 'x', tid: provider.tenantId })
          .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
          .setExpirationTime('1h')
          .sign(privateKey);
      const startedAtMs = performance.now();
      const statuses = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const authorization = `Bearer ${await forge(`made-up-${index}`)}`;
          return (await new SignInBrowser().get(url, { authorization })).status;
        }),
      );
      const seconds = (performance.now() - startedAtMs) / 1000;
      expect(new Set(statuses)).toEqual(new Set([401]));
      const fetches = providerFetches.urls.filter((each) => each.endsWith('/keys'));
      expect(fetches.length).toBeGreaterThan(1);
      expect(fetches.length).toBeLessThanOrEqual(2 + seconds);
    } finally {
      await edge.close();
      await provider.close();
    }
  });
});
