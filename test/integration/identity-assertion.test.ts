import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JSONWebKeySet,
} from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type RunningConnector, startConnector } from '../helpers/start-connector.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
const DAY_MS = 86_400_000;

let provider: StartedProvider;
let backend: RawBackend;
let service: StartedService;
let connector: RunningConnector | null = null;
let api: ApiClient;
const dataFolder = mkdtempSync(join(tmpdir(), 'postern-assertion-'));
const browser = new SignInBrowser();

async function start(): Promise<void> {
  service = await startService({ provider, dataFolder });
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  const { body } = await api('POST', '/postern/enrolmentTokens', { maxUses: 1 });
  connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: String(body.token) },
  });
}

async function stop(): Promise<void> {
  await connector?.close();
  await service?.close();
}

/** Stops the service, makes its keys of assertions so much older, and starts it again. */
async function startLater(ms: number): Promise<void> {
  await stop();
  const database = new DatabaseSync(join(dataFolder, 'postern.db'));
  database.prepare("update keys set created_at_ms = created_at_ms - ? where purpose = 'identity-assertion'").run(ms);
  database.close();
  await start();
}

/** Publishes under a name and gives the application's `appId`. */
async function publish(name: string, publishing: object = {}): Promise<string> {
  const { status, body } = await api('POST', '/applications', {
    displayName: name,
    appRoleAssignmentRequired: false,
    onPremisesPublishing: {
      externalUrl: service.externalUrl(name),
      internalUrl: `${backend.url}/`,
      allowIpHosts: true,
      ...publishing,
    },
  });
  expect([status, body.error]).toEqual([201, undefined]);
  return String(body.appId);
}

/** The assertions that came with one request to an application. */
async function assertions(name: string): Promise<string[]> {
  const before = backend.requests.length;
  await expect.poll(async () => (await browser.open(service.externalUrl(name))).status, PATIENCE).toBe(200);
  return (backend.requests[before]?.lines ?? [])
    .filter((line) => /^x.postern.jwt.assertion:/i.test(line))
    .map((line) => line.slice(line.indexOf(':') + 1).trim());
}

async function assertion(name: string): Promise<string> {
  const [token = '', ...more] = await assertions(name);
  expect(more).toEqual([]);
  return token;
}

const keysUrl = (): URL => new URL(`${service.url}/.postern/jwks.json`);

let first: string;
let second: string;

beforeAll(async () => {
  provider = await startProvider();
  backend = await startRawBackend();
  await start();
  first = await publish('first', { isIdentityAssertionEnabled: true });
  second = await publish('second', { isIdentityAssertionEnabled: true });
  await publish('without');
  await vi.waitUntil(async () => (await browser.get(service.externalUrl('first'))).status === 302, PATIENCE);
  await browser.signIn(service.externalUrl('first'), provider.user('alice'));
});

afterAll(async () => {
  await stop();
  await provider?.close();
  await backend?.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test('B81 a backend can tell who the user is by the published keys alone, and each application has its own audience', async () => {
  const keys = createRemoteJWKSet(keysUrl());
  const alice = provider.user('alice');
  const token = await assertion('first');
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: service.url,
    audience: first,
    algorithms: ['ES256'],
    maxTokenAge: '5m',
  });
  expect(payload).toEqual({
    iss: service.url,
    aud: first,
    sub: alice.id,
    tid: provider.tenantId,
    name: alice.displayName,
    preferred_username: alice.userPrincipalName,
    email: alice.userPrincipalName,
    upn: alice.userPrincipalName,
    groups: alice.groups,
    roles: [],
    iat: expect.any(Number),
    exp: Number(payload.iat) + 300,
  });
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
  // One signature serves the session's further requests.
  expect(await assertion('first')).toBe(token);
  const other = await assertion('second');
  await expect(jwtVerify(other, keys, { audience: first })).rejects.toThrow(errors.JWTClaimValidationFailed);
  expect((await jwtVerify(other, keys, { audience: second })).payload.sub).toBe(alice.id);
  const [head, body, signature = ''] = token.split('.');
  const altered = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  await expect(jwtVerify(altered, keys)).rejects.toThrow(errors.JWSSignatureVerificationFailed);
});

test('B30 B81 a client can not send one of its own, and an application that wants none gets none', async () => {
  for (const [name, count] of [
    ['first', 1],
    ['without', 0],
  ] as const) {
    await browser.open(service.externalUrl(name));
    const before = backend.requests.length;
    const forged = { 'X-Postern-Jwt-Assertion': 'forged', x_postern_jwt_assertion: 'forged' };
    expect((await browser.get(service.externalUrl(name), forged)).status).toBe(200);
    const lines = backend.requests[before]?.lines ?? [];
    expect(lines.join('\n')).not.toContain('forged');
    expect(lines.filter((line) => line.startsWith('X-Postern-Jwt-Assertion: '))).toHaveLength(count);
  }
});

test('B81 the keys are public, may be kept for a while, and hold no secret', async () => {
  const answer = await fetch(keysUrl());
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const { keys } = (await answer.json()) as JSONWebKeySet;
  const [key] = keys;
  expect(keys).toHaveLength(1);
  expect(key).toEqual({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: key?.kid, x: key?.x, y: key?.y });
  expect((await fetch(keysUrl(), { method: 'POST' })).status).toBe(400);
});

test('B81 keys overlap: each is published a day before it signs and a day after its last signature', async () => {
  const published = async (): Promise<JSONWebKeySet> => (await (await fetch(keysUrl())).json()) as JSONWebKeySet;
  const kids = async (): Promise<(string | undefined)[]> => (await published()).keys.map(({ kid }) => kid);
  const old = await assertion('first');
  const oldKid = decodeProtectedHeader(old).kid;

  await startLater(30 * DAY_MS);
  // What a backend fetches now must do for all that it sees until it fetches again.
  const kept = createLocalJWKSet(await published());
  const [newKid] = await kids();
  expect([newKid === oldKid, await kids()]).toEqual([false, [newKid, oldKid]]);
  expect(decodeProtectedHeader(await assertion('first')).kid).toBe(oldKid);

  await startLater(DAY_MS);
  const token = await assertion('first');
  expect(decodeProtectedHeader(token).kid).toBe(newKid);
  await jwtVerify(token, kept, { issuer: service.url, audience: first });
  expect(await kids()).toEqual([newKid, oldKid]);
  await jwtVerify(old, createRemoteJWKSet(keysUrl()), { audience: first });

  await startLater(DAY_MS);
  expect(await kids()).toEqual([newKid]);
});
