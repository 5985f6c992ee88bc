import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  AdministratorSession,
  type AdministratorSessionOptions,
} from '../../src-main/account/administrator-session.ts';
import { DeviceCodeNetwork } from '../../src-main/account/device-code-network.ts';
import { makeMsalNetwork } from '../../src-main/account/msal-network.ts';
import { makeTokenCache } from '../../src-main/account/token-cache.ts';
import { SealedStore } from '../../src-main/vault/sealed-store.ts';
import type { DeviceCode } from '../../src-shared/ipc/window-models.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type PlainProvider, type PlainProviderOptions, startPlainProvider } from '../helpers/start-plain-provider.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function plainProvider(options: PlainProviderOptions = {}): Promise<PlainProvider> {
  const provider = await startPlainProvider(options);
  endings.push(() => provider.close());
  return provider;
}

function session(provider: PlainProvider, options: Partial<AdministratorSessionOptions> = {}): AdministratorSession {
  return new AdministratorSession({
    settings: provider.signIn,
    fetch: (url, init) => fetch(url, init),
    openExternal: async () => undefined,
    cachePlugin: null,
    ...options,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<PosternError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

test('B61 a code signs in on another device at a provider that follows RFC 8628 to the letter', async () => {
  const codes: DeviceCode[] = [];
  const provider = await plainProvider({ decide: () => 'approve' });
  const own = session(provider);
  const account = await own.signInWithDeviceCode((code) => codes.push(code));
  expect(account).toEqual({ displayName: 'ada the admin', userName: 'ada@plain.example' });
  const [code] = codes;
  expect(code?.userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  expect(code?.verificationUrl).toMatch(/\/device$/);
  expect(code?.verificationUrlComplete).toBe(`${code?.verificationUrl}?user_code=${code?.userCode}`);
  expect(provider.tokenRequests).toEqual(['urn:ietf:params:oauth:grant-type:device_code']);
  const [, payload = ''] = (await own.accessToken()).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: string; scope: string };
  expect(claims).toMatchObject({ aud: provider.signIn.apiResource, scope: provider.signIn.apiScope });
});

test('B61 on another device: a refusal and a code that ran out are told apart', async () => {
  const denied = await failureOf(session(await plainProvider({ decide: () => 'deny' })).signInWithDeviceCode(() => {}));
  expect(denied.code).toBe('ADMIN_SIGNIN_CANCELLED');
  const late = await plainProvider({ deviceCodeSeconds: 1 });
  const expired = await failureOf(session(late).signInWithDeviceCode(() => {}));
  expect([expired.code, expired.message]).toEqual(['ADMIN_SIGNIN_EXPIRED', 'The code was not used in time.']);
});

test('B61 a provider without device codes, or that is down, is named as that', async () => {
  const provider = await plainProvider();
  const { device_authorization_endpoint: _, ...without } = JSON.parse(provider.signIn.authorityMetadata ?? '');
  const settings = { ...provider.signIn, authorityMetadata: JSON.stringify(without) };
  const none = await failureOf(session(provider, { settings }).signInWithDeviceCode(() => {}));
  expect(none.message).toContain('offers no sign-in on another device');
  const unknown = { ...provider.signIn, clientId: 'nobody' };
  const refused = await failureOf(session(provider, { settings: unknown }).signInWithDeviceCode(() => {}));
  expect(refused.message).toContain('invalid_client');
  await provider.close();
  const down = await failureOf(session(provider).signInWithDeviceCode(() => {}));
  expect([down.code, down.message]).toEqual([
    'ADMIN_SIGNIN_FAILED',
    expect.stringContaining('The identity provider cannot be reached'),
  ]);
});

test('B61 cancelling is told at once, on another device and in the browser, whose port is free again', async () => {
  const provider = await plainProvider();
  const own = session(provider);
  const code = Promise.withResolvers<DeviceCode>();
  const device = failureOf(own.signInWithDeviceCode(code.resolve));
  await code.promise;
  own.cancelSignIn();
  expect((await device).code).toBe('ADMIN_SIGNIN_CANCELLED');

  const opened = Promise.withResolvers<string>();
  const waiting = session(provider, { openExternal: async (url) => opened.resolve(url) });
  const browser = failureOf(waiting.signInWithBrowser());
  const redirectUri = new URL(await opened.promise).searchParams.get('redirect_uri') ?? '';
  waiting.cancelSignIn();
  expect((await browser).code).toBe('ADMIN_SIGNIN_CANCELLED');
  await expectClosed(redirectUri);
});

test('B61 a browser that is closed, or that never opened, is not waited for without end', async () => {
  const provider = await plainProvider();
  const opened: string[] = [];
  const own = session(provider, { browserDeadlineMs: 200, openExternal: async (url) => void opened.push(url) });
  const late = await failureOf(own.signInWithBrowser());
  expect([late.code, late.message]).toEqual(['ADMIN_SIGNIN_EXPIRED', expect.stringContaining('No answer came')]);
  await expectClosed(new URL(opened[0] ?? '').searchParams.get('redirect_uri') ?? '');
  const openExternal = () => Promise.reject(new Error('There is no browser here.'));
  const none = await failureOf(session(provider, { openExternal }).signInWithBrowser());
  expect([none.code, none.message]).toEqual(['ADMIN_SIGNIN_FAILED', expect.stringContaining('Use another device')]);
});

test('B61 twenty calls at once renew a token once, and one that the API refused is renewed', async () => {
  const provider = await plainProvider({ decide: () => 'approve' });
  const own = session(provider);
  await own.signInWithDeviceCode(() => {});
  // MSAL keeps the token of a device code without the resource, and gets another one for it.
  const first = await own.accessToken();
  const renewals = () => provider.tokenRequests.filter((grant) => grant === 'refresh_token').length;
  const before = renewals();
  expect(await own.accessToken()).toBe(first);
  const renewed = await Promise.all(Array.from({ length: 20 }, () => own.accessToken(first)));
  expect(new Set(renewed).size).toBe(1);
  expect(renewed[0]).not.toBe(first);
  // The provider would have ended the grant at the second use of a refresh token.
  expect(renewals()).toBe(before + 1);
  expect(await own.accessToken(renewed[0])).not.toBe(renewed[0]);

  await provider.revokeAll();
  expect((await failureOf(own.accessToken(await own.accessToken()))).code).toBe('ADMIN_SIGNIN_REQUIRED');
  expect((await failureOf(session(provider).accessToken())).code).toBe('ADMIN_SIGNIN_REQUIRED');
});

test('B61 signing out empties what is kept, and another person leaves nothing of the first', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-session-'));
  endings.push(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'sign-in.json');
  const kept = { where: 'memory' as 'memory' | 'file' };
  const store = new SealedStore({ file, box: null, withoutKeyStore: () => kept.where });
  const cachePlugin = makeTokenCache(store, (error) => {
    throw error;
  });
  const provider = await plainProvider({ decide: () => 'approve' });
  const inMemory = session(provider, { cachePlugin });
  await inMemory.signInWithDeviceCode(() => {});
  // With a plugin that hands nothing back MSAL loses what it has just got.
  expect(await inMemory.accessToken()).toMatch(/^eyJ/);
  expect(existsSync(file)).toBe(false);
  const afterRestart = makeTokenCache(store, () => undefined);
  expect(await session(provider, { cachePlugin: afterRestart }).restore()).toBeNull();

  kept.where = 'file';
  const own = session(provider, { cachePlugin });
  await own.signInWithDeviceCode(() => {});
  expect(await session(provider, { cachePlugin }).restore()).toMatchObject({ displayName: 'ada the admin' });
  provider.person = 'bea';
  await own.signInWithDeviceCode(() => {});
  expect(await session(provider, { cachePlugin }).restore()).toMatchObject({ displayName: 'bea the admin' });
  expect(readFileSync(file, 'utf8')).not.toContain('ada@plain.example');
  await own.signOut();
  expect(await session(provider, { cachePlugin }).restore()).toBeNull();
  expect(readFileSync(file, 'utf8')).not.toMatch(/eyJ|bea@plain/);
});

test('B61 what was written without protection is sealed once a key store is there', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-vault-'));
  endings.push(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'sign-in.json');
  const plain = new SealedStore({ file, box: null, withoutKeyStore: () => 'file' });
  await plain.write('a secret');
  const box = {
    seal: async (text: string) => Buffer.from(text.toUpperCase()).toString('base64'),
    open: async (sealed: string) => Buffer.from(sealed, 'base64').toString().toLowerCase(),
  };
  const sealed = new SealedStore({ file, box, withoutKeyStore: () => 'file' });
  expect(await sealed.read()).toBe('a secret');
  expect(readFileSync(file, 'utf8')).not.toContain('a secret');
  expect(await sealed.read()).toBe('a secret');
  await expect(plain.read()).rejects.toThrow('key store that is not there now');
});

test('a provider that says slow_down, or fails for a while, is asked again and less often (RFC 8628 section 3.5)', async () => {
  const answers = [
    [400, { error: 'slow_down' }],
    [503, { error: 'temporarily_unavailable' }],
    [400, { error: 'slow_down' }],
    [200, { access_token: 'token' }],
  ] as const;
  let asked = 0;
  const grants: (string | null)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      grants.push(new URLSearchParams(body).get('grant_type'));
      const [status, json] = answers[asked++] ?? [500, {}];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  endings.push(() => server.close());
  const sleeps: number[] = [];
  const network = new DeviceCodeNetwork({
    network: makeMsalNetwork((url, init) => fetch(url, { ...init, headers: { connection: 'close' } })),
    mode: 'oidc',
    authorityMetadata: undefined,
    sleep: async (delayMs) => void sleeps.push(delayMs),
  });
  const poll = async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    const answer = await network.sendPostRequestAsync<object>(url, { body: 'grant_type=device_code&device_code=x' });
    return answer.body;
  };
  const pending = { error: 'authorization_pending' };
  expect([await poll(), await poll(), await poll(), await poll()]).toEqual([
    pending,
    pending,
    pending,
    { access_token: 'token' },
  ]);
  expect(sleeps).toEqual([5000, 5000, 10_000]);
  expect(new Set(grants)).toEqual(new Set(['urn:ietf:params:oauth:grant-type:device_code']));
});

async function expectClosed(redirectUri: string): Promise<void> {
  const { port } = new URL(redirectUri);
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
}
