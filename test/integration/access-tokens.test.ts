import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type CryptoKey, SignJWT, UnsecuredJWT, exportSPKI, generateKeyPair, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { NO_RATES } from '../helpers/no-rates.ts';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { startEdge } from '../helpers/start-edge.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

/** The `aud` of the registration that stands for the first application. */
const AUDIENCE = randomUUID();
const GROUP = randomUUID();

let stateFile: ProviderStateFile;
let world: PublishingWorld;
let origin: Origin;
let tokens: AccessTokenMaker;
/** External URLs: assignments are required, one that passes tokens on, one without assignments, one without sign-in. */
let app: string;
let forwarding: string;
let open: string;
let passthru: string;
let appId: string;

beforeAll(async () => {
  stateFile = makeProviderStateFile();
  [world, origin] = await Promise.all([startPublishingWorld({ stateFile: stateFile.path }), startOrigin()]);
  tokens = await makeAccessTokens(world.provider, stateFile.path);
  const publish = async (
    name: string,
    publishing: object = {},
    application: Record<string, unknown> = {},
  ): Promise<[string, string]> => {
    const externalUrl = world.service.externalUrl(name);
    const id = await world.publish(
      { externalUrl, internalUrl: `${origin.url}/`, externalAuthenticationType: 'aadPreAuthentication', ...publishing },
      application,
    );
    return [externalUrl, id];
  };
  [app, appId] = await publish('api', { accessTokenAudiences: [AUDIENCE, 'api://orders'] });
  let id: string;
  [forwarding, id] = await publish('forwarding', { isAccessTokenForwardingEnabled: true });
  [open] = await publish('open', {}, { appRoleAssignmentRequired: false });
  [passthru] = await publish('passthru', { externalAuthenticationType: 'passthru' });
  for (const each of [appId, id]) await assign(each, world.provider.user('alice').id, 'User');
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
  stateFile?.remove();
});

async function assign(id: string, principalId: string, principalType: 'User' | 'Group'): Promise<string> {
  const path = `/servicePrincipals/${id}/appRoleAssignedTo`;
  const { status, body } = await world.api('POST', path, { principalId, principalType });
  expect(status).toBe(201);
  return `${path}/${body.id}`;
}

interface Answer extends BrowserResponse {
  /** What the backend saw under `Authorization`; undefined where it saw nothing of the request. */
  readonly forwarded: string | null | undefined;
}

/** A request as a native client sends it. */
async function ask(url: string, authorization?: string, client = new SignInBrowser()): Promise<Answer> {
  const headers = { accept: 'application/json', ...(authorization !== undefined && { authorization }) };
  const before = origin.requests.length;
  const answer = await client.get(url, headers);
  const seen = origin.requests[before]?.rawHeaders;
  const values = seen?.filter((_, at) => at % 2 === 1 && seen[at - 1]?.toLowerCase() === 'authorization');
  return { ...answer, forwarded: values && (values.join(', ') || null) };
}

/** What the connector recorded last. */
const lastRecord = (): unknown => recentTraffic(world.connector.engine).at(-1);

const challengeOf = ({ headers }: BrowserResponse): string => headers['www-authenticate'] ?? '';

describe('B18 a valid access token', () => {
  test("B18 a user's opens the application without a redirect, and stays here", async () => {
    const token = await tokens.forUser('alice', AUDIENCE);
    for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
      const answer = await ask(`${app}echo`, `${scheme} ${token}`);
      expect(answer).toMatchObject({ status: 200, forwarded: null });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    const who = { userId: world.provider.user('alice').id, userName: 'Alice Archer' };
    await expect.poll(lastRecord).toMatchObject(who);
  });

  test('B18 names the application by its id, its external URL or what it lists', async () => {
    const { body } = await world.api('GET', `/applications/${appId}`);
    for (const audience of [body.appId, `api://${body.appId}`, app, app.slice(0, -1), 'api://orders']) {
      expect((await ask(app, `Bearer ${await tokens.forUser('alice', audience)}`)).status).toBe(200);
    }
  });

  test('B18 goes on to the backend where the application says so', async () => {
    const token = await tokens.forUser('alice', forwarding);
    expect(await ask(forwarding, `Bearer ${token}`)).toMatchObject({ status: 200, forwarded: `Bearer ${token}` });
  });

  test('B17 B18 is of no use to a user who is not assigned: 403, and a removed assignment counts at once', async () => {
    const token = await tokens.forUser('bob', AUDIENCE, { groups: [GROUP] });
    const refused = await ask(app, `Bearer ${token}`);
    expect(refused).toMatchObject({ status: 403, forwarded: undefined });
    expect(challengeOf(refused)).toMatch(
      /^Bearer realm="postern", error="insufficient_scope", error_description="[^"]+"$/,
    );
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'EDGE_TOKEN_FORBIDDEN', status: 403 });
    const assignment = await assign(appId, GROUP, 'Group');
    await expect.poll(async () => (await ask(app, `Bearer ${token}`)).status).toBe(200);
    expect((await world.api('DELETE', assignment)).status).toBe(204);
    await expect.poll(async () => (await ask(app, `Bearer ${token}`)).status).toBe(403);
    const overage = { groups: undefined, _claim_names: { groups: 'src1' } };
    expect((await ask(app, `Bearer ${await tokens.forUser('bob', AUDIENCE, overage)}`)).status).toBe(403);
    expect((await ask(open, `Bearer ${await tokens.forUser('bob', open)}`)).status).toBe(200);
  });

  test('B18 a program comes for itself with a role of the application', async () => {
    const withRole = await ask(app, `Bearer ${await tokens.forApplication(AUDIENCE, { roles: ['Orders.Read'] })}`);
    expect(withRole).toMatchObject({ status: 200, forwarded: null });
    await expect.poll(lastRecord).toMatchObject({ userId: 'daemon-object', userName: 'daemon' });
    const without = await ask(app, `Bearer ${await tokens.forApplication(AUDIENCE)}`);
    expect(without).toMatchObject({ status: 403, forwarded: undefined });
    expect(challengeOf(without)).toContain('error="insufficient_scope"');
    expect((await ask(open, `Bearer ${await tokens.forApplication(open)}`)).status).toBe(200);
    // A user's id as its own gives it nothing, nor do a user's roles make up for an assignment.
    const posing = { oid: world.provider.user('alice').id, sub: world.provider.user('alice').id };
    expect((await ask(app, `Bearer ${await tokens.forApplication(AUDIENCE, posing)}`)).status).toBe(403);
    const user = await tokens.forUser('bob', AUDIENCE, { roles: ['Orders.Read'] });
    expect((await ask(app, `Bearer ${user}`)).status).toBe(403);
  });

  test('B18 B53 opens a WebSocket; without one, or with a bad one, there is none', async () => {
    const connect = (authorization?: string): WebSocket =>
      new WebSocket(`ws://127.0.0.1:${world.port}/ws`, {
        headers: { host: new URL(app).host, ...(authorization !== undefined && { authorization }) },
      });
    const before = origin.requests.length;
    const socket = connect(`Bearer ${await tokens.forUser('alice', AUDIENCE)}`);
    await once(socket, 'open');
    socket.terminate();
    expect(origin.requests[before]?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('authorization');
    for (const bad of [undefined, 'Bearer x.y.z']) {
      const [error] = (await once(connect(bad), 'error')) as [Error];
      expect(error.message).toContain('401');
    }
    expect(origin.requests).toHaveLength(before + 1);
  });
});

describe('B18 a token that is not valid', () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  const user = (claims: Record<string, unknown>) => () => tokens.forUser('alice', AUDIENCE, claims);
  const claims = (): Record<string, unknown> => ({
    iss: world.provider.issuer,
    aud: AUDIENCE,
    tid: world.provider.tenantId,
    oid: world.provider.user('alice').id,
    scp: 'user_impersonation',
    exp: now() + 3600,
  });
  const tamper = (token: string): string => {
    const [head, , signature] = token.split('.');
    return [head, Buffer.from(JSON.stringify(claims())).toString('base64url'), signature].join('.');
  };

  test.for<[string, () => Promise<string> | string, RegExp]>([
    ["for another API, the provider's own", () => world.provider.automationToken(), /another audience/],
    ['for another application', () => tokens.forUser('alice', open), /another audience/],
    ['an audience within another word', () => tokens.forUser('alice', `${AUDIENCE}x`), /another audience/],
    ['with no audience', user({ aud: undefined }), /lacks a claim/],
    ['expired', user({ exp: Math.floor(Date.now() / 1000) - 310 }), /has expired/],
    ['of the future', user({ iat: Math.floor(Date.now() / 1000) + 900, nbf: undefined }), /clocks .* differ/],
    ['without expiry', user({ exp: undefined }), /lacks a claim/],
    ['not valid yet', user({ nbf: Math.floor(Date.now() / 1000) + 600 }), /not valid yet/],
    ['of another issuer', user({ iss: 'https://login.example/v2.0' }), /another issuer/],
    ['of another tenant', user({ tid: randomUUID() }), /another tenant/],
    ['of no tenant', user({ tid: undefined }), /another tenant/],
    ['an ID token', user({ scp: undefined, azp: undefined }), /not an access token/],
    ['an ID token with roles', user({ scp: undefined, azp: undefined, roles: ['a'] }), /not an access token/],
    ['an ID token with a nonce', user({ nonce: 'n' }), /not an access token/],
    ['of a device', user({ idtyp: 'device' }), /not an access token/],
    ['bound to a key', user({ cnf: { jkt: 'x' } }), /bound to a key/],
    ['of nobody', user({ oid: undefined, sub: undefined }), /names nobody/],
    ['with other claims than were signed', async () => tamper(await tokens.forUser('bob', AUDIENCE)), /signature/],
    ['signed with a key of its own', signWithOwnKey, /signature/],
    ['with no signature', () => new UnsecuredJWT(claims()).encode(), /algorithm|cannot be read/],
    ['signed with the public key as a secret', signWithPublicKey, /algorithm/],
    ['no JWT', () => 'opaque', /cannot be read/],
    ['of five parts', () => 'a.b.c.d.e', /cannot be read/],
    ['too long', () => 'x'.repeat(17_000), /too long/],
    ['empty', () => '', /cannot be read/],
    ['two in one', () => 'a.b.c, Bearer d.e.f', /cannot be read/],
  ])('B18 %s: 401, nothing reaches the backend', async ([, make, reason]) => {
    const answer = await ask(`${app}echo`, `Bearer ${await make()}`);
    expect(answer).toMatchObject({ status: 401, forwarded: undefined });
    expect(challengeOf(answer)).toMatch(/^Bearer realm="postern", error="invalid_token", error_description="[^"]+"$/);
    expect(challengeOf(answer)).toMatch(reason);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'EDGE_TOKEN_INVALID', hop: 'sign-in' });
  });

  async function signWithOwnKey(): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256');
    const { kid } = tokens.signingKey;
    return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  }

  async function signWithPublicKey(): Promise<string> {
    const { kid, kty, n, e } = tokens.signingKey;
    const publicKey = (await importJWK({ kty, n, e } as never, 'RS256', { extractable: true })) as CryptoKey;
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
  }

  test('B18 two Authorization headers are none, even if both hold good tokens', async () => {
    const token = `Bearer ${await tokens.forUser('alice', AUDIENCE)}`;
    const answer = await new SignInBrowser().get(app, {
      accept: 'application/json',
      authorization: [token, token] as unknown as string,
    });
    expect(answer.status).toBe(401);
  });
});

describe('B18 Authorization that is not for us', () => {
  test('B18 with a session it is the backend’s, whatever it holds', async () => {
    const browser = new SignInBrowser();
    await browser.signIn(app, world.provider.user('alice'));
    const ours = `Bearer ${await tokens.forUser('alice', AUDIENCE)}`;
    for (const authorization of ['Bearer a-token-of-the-page', 'Basic YTpi', 'Negotiate YII=', ours]) {
      expect(await ask(app, authorization, browser)).toMatchObject({ status: 200, forwarded: authorization });
    }
  });

  test('B18 a cookie that has ended does not stand in the way of a token', async () => {
    const client = new SignInBrowser();
    client.jar.set(new URL(app).hostname, new Map([['postern-session', 'x.y.z']]));
    const token = `Bearer ${await tokens.forUser('alice', AUDIENCE)}`;
    expect(await ask(app, token, client)).toMatchObject({ status: 200, forwarded: null });
    expect((await ask(app, 'Bearer x.y.z', client)).status).toBe(401);
  });

  test('B18 another scheme is no way in, and a page is sent to sign in as without it', async () => {
    for (const authorization of ['Basic YTpi', 'Negotiate YII=', 'DPoP x.y.z', 'Bearerx y']) {
      const answer = await ask(app, authorization);
      expect(answer).toMatchObject({ status: 401, forwarded: undefined });
      expect(challengeOf(answer)).toBe('Bearer realm="postern"');
      expect((await new SignInBrowser().get(app, { authorization })).status).toBe(302);
    }
  });

  test('B18 B19 with passthru nobody looks at it', async () => {
    for (const authorization of ['Bearer x.y.z', 'Basic YTpi']) {
      expect(await ask(passthru, authorization)).toMatchObject({ status: 200, forwarded: authorization });
    }
  });
});

test('B18 tokens for the service itself cannot be made good for an application', async () => {
  const { clients, apiId } = world.provider;
  for (const audience of [apiId, clients.service.clientId, clients.desktop.clientId]) {
    const { status, body } = await world.api('PATCH', `/applications/${appId}`, {
      onPremisesPublishing: { accessTokenAudiences: ['api://fine', audience] },
    });
    expect(status).toBe(400);
    expect(body.error.target).toBe('onPremisesPublishing.accessTokenAudiences.1');
  }
});

test('B18 B46 a client that tries tokens is slowed down, one whose token is known is not', async () => {
  const configuration = { limits: { ...NO_RATES, clientRequestsPerSecond: 2 } };
  const edge = await startEdge({ provider: world.provider, configuration });
  try {
    const url = await edge.publish('rated.postern.localhost', { appRoleAssignmentRequired: false });
    const get = async (token: string): Promise<number> =>
      (await new SignInBrowser().get(url, { accept: '*/*', authorization: `Bearer ${token}` })).status;
    const many = (token: string): Promise<number[]> => Promise.all(Array.from({ length: 30 }, () => get(token)));
    const good = await tokens.forUser('alice', url);
    // 504: let through, with no connector there.
    expect(await get(good)).toBe(504);
    expect(await many('x.y.z')).toContain(429);
    expect(new Set(await many(good))).toEqual(new Set([504]));
  } finally {
    await edge.close();
  }
});
