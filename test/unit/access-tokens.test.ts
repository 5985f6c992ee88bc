import { type CryptoKey, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { AccessTokens } from '../../src-service/identity/access-tokens.ts';
import { IDENTITY_LIMITS } from '../../src-service/identity/identity-limits.ts';
import { IssuerKeys } from '../../src-service/identity/issuer-keys.ts';
import type { ProviderFetch } from '../../src-service/identity/provider-fetch.ts';
import { ProviderMetadata } from '../../src-service/identity/provider-metadata.ts';

const TENANT = '0f8fad5b-d9cb-469f-a165-70867728950e';
const ENTRA = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const AUDIENCES = new Set(['api://orders']);
const START_MS = Date.UTC(2026, 0, 1);

let privateKey: CryptoKey;
let jwk: object;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  privateKey = pair.privateKey;
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
});

/** Access tokens of a provider that answers out of memory. */
function makeTokens(issuer = ENTRA) {
  const state = { nowMs: START_MS, keysStatus: 200, fetched: [] as string[], revokedBeforeMs: 0 };
  const clock = (): number => state.nowMs;
  const endpoints = { authorization_endpoint: issuer, token_endpoint: issuer, jwks_uri: `${issuer}/keys` };
  const providerFetch: ProviderFetch = {
    fetch: (url) => {
      state.fetched.push(url);
      if (!url.endsWith('/keys')) return Promise.resolve(Response.json({ issuer, ...endpoints }));
      return Promise.resolve(Response.json({ keys: [jwk] }, { status: state.keysStatus }));
    },
  };
  const log = pino({ level: 'silent' });
  const metadata = new ProviderMetadata({ issuer, displayName: 'The provider', providerFetch, clock, log });
  const keys = new IssuerKeys({ metadata, providerFetch, clock });
  const provider = { id: 'default', issuer, keys, clockToleranceSeconds: IDENTITY_LIMITS.clockToleranceSeconds };
  const providers = { findByToken: () => provider };
  const revocations = { isRevoked: (_: object, issuedAtMs: number) => issuedAtMs <= state.revokedBeforeMs };
  return { state, tokens: new AccessTokens({ providers, revocations, clock }) };
}

function sign(claims: JWTPayload, typ = 'JWT'): Promise<string> {
  const seconds = START_MS / 1000;
  const common = { iss: ENTRA, aud: 'api://orders', iat: seconds, exp: seconds + 3600, tid: TENANT };
  return new SignJWT({ ...common, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k', typ }).sign(privateKey);
}

/** As Entra issues without `requestedAccessTokenVersion: 2`. */
const V1_USER = {
  iss: `https://sts.windows.net/${TENANT}/`,
  ver: '1.0',
  appid: 'native-client',
  oid: 'alice-object',
  sub: 'pairwise',
  upn: 'alice@contoso.example',
  name: 'Alice',
  scp: 'user_impersonation',
};

test('B18 tokens of Entra in both versions, of a user and of a program, with idtyp and without', async () => {
  const { tokens } = makeTokens();
  const user = await tokens.verify(await sign(V1_USER), AUDIENCES);
  expect(user).toMatchObject({
    isApplication: false,
    session: { userId: 'alice-object', displayName: 'Alice', userPrincipalName: 'alice@contoso.example' },
  });
  const program = { appid: 'daemon', oid: 'daemon-object', sub: 'daemon-object', roles: ['Read'] };
  const v1 = await tokens.verify(await sign({ ...program, iss: V1_USER.iss }), AUDIENCES);
  expect(v1).toMatchObject({ isApplication: true, session: { userId: 'daemon-object', roles: ['Read'] } });
  const v2 = { ...program, azp: 'daemon', idtyp: 'app', app_displayname: 'Night job' };
  expect(await tokens.verify(await sign(v2), AUDIENCES)).toMatchObject({ session: { displayName: 'Night job' } });
});

test('B18 the older form of another tenant, or beside another provider, is refused', async () => {
  const other = 'https://sts.windows.net/11111111-d9cb-469f-a165-70867728950e/';
  await expect(makeTokens().tokens.verify(await sign({ ...V1_USER, iss: other }), AUDIENCES)).rejects.toMatchObject({
    code: 'EDGE_TOKEN_INVALID',
  });
  const elsewhere = makeTokens(`https://login.example/${TENANT}`);
  await expect(elsewhere.tokens.verify(await sign(V1_USER), AUDIENCES)).rejects.toMatchObject({
    message: 'The access token is not accepted. It is of another issuer.',
  });
});

test('B18 tokens as RFC 9068 has them: the client is the subject of its own, scope may be absent', async () => {
  const issuer = 'https://login.example';
  const { tokens } = makeTokens(issuer);
  const own = await sign({ iss: issuer, sub: 'daemon', client_id: 'daemon', scope: 'orders' }, 'at+jwt');
  expect(await tokens.verify(own, AUDIENCES)).toMatchObject({ isApplication: true, session: { userId: 'daemon' } });
  const user = await sign({ iss: issuer, sub: 'alice', client_id: 'app' }, 'application/at+jwt');
  expect(await tokens.verify(user, AUDIENCES)).toMatchObject({ isApplication: false, session: { userId: 'alice' } });
  for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt']) {
    const token = await sign({ iss: issuer, sub: 'alice', scope: 'orders' }, typ);
    await expect(tokens.verify(token, AUDIENCES)).rejects.toMatchObject({ code: 'EDGE_TOKEN_INVALID' });
  }
});

test('B18 a verified token is known until it expires, for its own audience alone, and at most for a while', async () => {
  const { tokens, state } = makeTokens();
  const token = await sign({ ...V1_USER, exp: START_MS / 1000 + 86_400 });
  expect(tokens.findVerified(token, AUDIENCES)).toBeUndefined();
  const bearer = await tokens.verify(token, AUDIENCES);
  expect(tokens.findVerified(token, AUDIENCES)).toBe(bearer);
  expect(tokens.findVerified(token, new Set(['api://other']))).toBeUndefined();
  state.nowMs += IDENTITY_LIMITS.knownAccessTokenMs;
  expect(tokens.findVerified(token, AUDIENCES)).toBeUndefined();

  state.nowMs = START_MS;
  const short = await sign({ ...V1_USER, exp: START_MS / 1000 + 60 });
  await tokens.verify(short, AUDIENCES);
  state.nowMs += 60_000 + IDENTITY_LIMITS.clockToleranceSeconds * 1000;
  expect(tokens.findVerified(short, AUDIENCES)).toBeUndefined();
  await expect(tokens.verify(short, AUDIENCES)).rejects.toMatchObject({ code: 'EDGE_TOKEN_INVALID' });
});

test("B18 keys that can't be fetched are the provider's fault, and asked for again", async () => {
  const { tokens, state } = makeTokens();
  state.keysStatus = 503;
  const token = await sign(V1_USER);
  await expect(tokens.verify(token, AUDIENCES)).rejects.toMatchObject({ code: 'SIGNIN_PROVIDER' });
  state.keysStatus = 200;
  expect(await tokens.verify(token, AUDIENCES)).toMatchObject({ isApplication: false });
  const { length } = state.fetched;
  expect(await tokens.verify(token, AUDIENCES)).toBeDefined();
  expect(state.fetched).toHaveLength(length);
});

test('B22 a token that was issued before the sign-ins of its user were revoked is refused, known or not', async () => {
  const { state, tokens } = makeTokens();
  const token = await sign(V1_USER);
  await tokens.verify(token, AUDIENCES);
  expect(tokens.findVerified(token, AUDIENCES)).toBeDefined();
  state.revokedBeforeMs = START_MS;
  expect(tokens.findVerified(token, AUDIENCES)).toBeUndefined();
  // Its second is that of the revocation: nobody was told that waiting is in vain and a new token helps.
  await expect(tokens.verify(token, AUDIENCES)).rejects.toMatchObject({
    code: 'EDGE_TOKEN_INVALID',
    message: expect.stringContaining('or in the same second. Sign in again for a new one.'),
  });
  // One that says nothing of its age is taken for older.
  const ageless = await sign({ ...V1_USER, iat: undefined } as never);
  await expect(tokens.verify(ageless, AUDIENCES)).rejects.toMatchObject({ code: 'EDGE_TOKEN_INVALID' });
  const seconds = START_MS / 1000 + 1;
  expect(await tokens.verify(await sign({ ...V1_USER, iat: seconds }), AUDIENCES)).toBeDefined();
});
