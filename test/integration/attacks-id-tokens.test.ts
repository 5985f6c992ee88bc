import { randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
} from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { LET_THROUGH } from '../helpers/start-attack-world.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type HostileIssuer, startHostileIssuer } from '../helpers/start-hostile-issuer.ts';

const CLIENT = { clientId: randomUUID(), clientSecret: randomUUID() };

let issuer: HostileIssuer;
let edge: StartedEdge;
let app: string;
let attackerKey: CryptoKey;
let attackerJwk: object;

beforeAll(async () => {
  issuer = await startHostileIssuer(CLIENT.clientId);
  const service = { ...CLIENT, serviceUrls: [] };
  edge = await startEdge({
    provider: {
      issuer: issuer.issuer,
      clients: { service, desktop: { clientId: randomUUID() }, automation: { ...CLIENT, apiRoles: [] } },
      apiId: randomUUID(),
      apiScope: 'api://x/access_as_user',
      authority: issuer.issuer,
      addServiceUrl: () => undefined,
    },
  });
  app = await edge.publish('app.postern.localhost');
  await edge.assign(app, 'victim');
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  attackerKey = privateKey;
  attackerJwk = await exportJWK(publicKey);
});

afterAll(async () => {
  await edge?.close();
  await issuer?.close();
});

/** Signs with the right key unless told otherwise. */
const sign = (
  claims: JWTPayload,
  header: Partial<JWTHeaderParameters> = {},
  key: CryptoKey | Uint8Array = issuer.key,
) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'right', typ: 'JWT', ...header }).sign(key);

async function publicKeyAsSecret(): Promise<Uint8Array> {
  const { kty, n, e } = issuer.publicKey;
  const key = (await importJWK({ kty, n, e } as never, 'RS256', { extractable: true })) as CryptoKey;
  return new TextEncoder().encode(await exportSPKI(key));
}

const otherClaims = (token: string, claims: JWTPayload): string => {
  const [head = '', , signature = ''] = token.split('.');
  return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};

test('B14 the right ID token signs in', async () => {
  issuer.idToken = (claims) => sign(claims);
  expect((await new SignInBrowser().open(app)).status).toBe(LET_THROUGH);
});

test.for<[string, (claims: JWTPayload) => Promise<string> | string]>([
  ['without a signature', (claims) => new UnsecuredJWT(claims).encode()],
  [
    'without a signature, the algorithm in capitals',
    (claims) =>
      new UnsecuredJWT(claims).encode().replace(/^[^.]+/, Buffer.from('{"alg":"NONE"}').toString('base64url')),
  ],
  ['with an empty signature', async (claims) => (await sign(claims)).replace(/[^.]+$/, '')],
  [
    'signed with the public key as a secret',
    async (claims) => sign(claims, { alg: 'HS256' }, await publicKeyAsSecret()),
  ],
  [
    'signed with the client secret',
    (claims) => sign(claims, { alg: 'HS256' }, new TextEncoder().encode(CLIENT.clientSecret)),
  ],
  ['signed with another key under the right name', (claims) => sign(claims, {}, attackerKey)],
  [
    'that brings its key along (jwk)',
    (claims) => sign(claims, { jwk: attackerJwk, kid: undefined as never }, attackerKey),
  ],
  [
    'that says where its key is (jku)',
    (claims) => sign(claims, { jku: `${issuer.issuer}/attacker-keys` }, attackerKey),
  ],
  [
    'that says where its certificate is (x5u)',
    (claims) => sign(claims, { x5u: `${issuer.issuer}/attacker-certificate` }, attackerKey),
  ],
  ['whose key is named by a path', (claims) => sign(claims, { kid: '../../../../dev/null' }, attackerKey)],
  ['whose key is named by a query', (claims) => sign(claims, { kid: "x' UNION SELECT 'secret" }, attackerKey)],
  ['whose key is named by a prototype', (claims) => sign(claims, { kid: '__proto__' }, attackerKey)],
  ['whose key nobody knows', (claims) => sign(claims, { kid: 'unknown' }, attackerKey)],
  ['that nobody named a key for', (claims) => sign(claims, { kid: undefined as never }, attackerKey)],
  [
    'with other claims than were signed',
    async (claims) => otherClaims(await sign({ ...claims, sub: 'mallory' }), claims),
  ],
  ['with an extension that must be understood', (claims) => sign(claims, { crit: ['b64'], b64: true })],
  ['of another issuer', (claims) => sign({ ...claims, iss: 'https://login.evil.example' })],
  ['of an issuer with a slash behind it', (claims) => sign({ ...claims, iss: `${issuer.issuer}/` })],
  ['for another client', (claims) => sign({ ...claims, aud: randomUUID() })],
  [
    'for several clients, authorized for another',
    (claims) => sign({ ...claims, aud: [CLIENT.clientId, 'x'], azp: 'x' }),
  ],
  ['for nobody', (claims) => sign({ ...claims, aud: undefined as never })],
  ['with the nonce of another sign-in', (claims) => sign({ ...claims, nonce: 'other' })],
  ['without a nonce', (claims) => sign({ ...claims, nonce: undefined })],
  ['that never expires', (claims) => sign({ ...claims, exp: undefined as never })],
  ['that says nothing of when', (claims) => sign({ ...claims, iat: undefined as never })],
  ['of no subject', (claims) => sign({ ...claims, sub: undefined as never })],
  ['that is none', () => 'opaque'],
  ['of five parts', () => 'a.b.c.d.e'],
  ['that is missing', () => ''],
])('B14 an ID token %s signs nobody in, and the page names the cause', async ([, make]) => {
  issuer.idToken = make;
  issuer.asked.length = 0;
  const browser = new SignInBrowser();
  const page = await browser.open(app);
  expect(page.status).toBe(403);
  expect(page.body).toContain('SIGNIN_TOKEN');
  expect(page.headers['x-postern-activity-id']).toMatch(/^[\da-f-]{36}$/);
  expect(browser.jar.get('localhost')?.has('postern-sso')).toBe(false);
  expect((await browser.get(app)).status).toBe(302);
  expect(issuer.asked.filter((path) => path.includes('attacker'))).toEqual([]);
});

test('B14 a sign-in of a stranger with the right provider is one of a stranger', async () => {
  issuer.idToken = (claims) =>
    sign({
      ...claims,
      sub: 'mallory',
      oid: 'mallory',
      preferred_username: 'victim',
      email: 'victim@contoso.example',
      name: 'Victim',
    });
  const page = await new SignInBrowser().open(app);
  expect(page.status).toBe(403);
  expect(page.body).toContain('EDGE_FORBIDDEN');
});
