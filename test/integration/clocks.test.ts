import { randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { LET_THROUGH } from '../helpers/start-attack-world.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type HostileIssuer, startHostileIssuer } from '../helpers/start-hostile-issuer.ts';

const CLIENT = { clientId: randomUUID(), clientSecret: randomUUID() };
const HOUR = 3600;

let issuer: HostileIssuer;
let edge: StartedEdge;
let strict: StartedEdge;

beforeAll(async () => {
  issuer = await startHostileIssuer(CLIENT.clientId);
  edge = await start({});
  strict = await start({
    identityProvider: { issuer: issuer.issuer, displayName: 'Contoso', ...CLIENT, clockToleranceSeconds: 10 },
  });
});

afterAll(async () => {
  await edge?.close();
  await strict?.close();
  await issuer?.close();
});

function start(configuration: object): Promise<StartedEdge> {
  return startEdge({
    provider: {
      issuer: issuer.issuer,
      clients: {
        service: { ...CLIENT, serviceUrls: [] },
        desktop: { clientId: randomUUID() },
        automation: { ...CLIENT, apiRoles: [] },
      },
      apiId: randomUUID(),
      apiScope: 'api://x/access_as_user',
      authority: issuer.issuer,
      addServiceUrl: () => undefined,
    },
    configuration,
  });
}

/** A sign-in whose ID token has these times, in seconds from now. */
async function signIn(at: StartedEdge, times: { iat: number; nbf?: number; exp: number }): Promise<BrowserResponse> {
  const now = Math.floor(Date.now() / 1000);
  issuer.idToken = (claims) => {
    const payload: JWTPayload = { ...claims, iat: now + times.iat, exp: now + times.exp };
    if (times.nbf !== undefined) payload.nbf = now + times.nbf;
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'right' }).sign(issuer.key);
  };
  const app = await at.publish(`${randomUUID()}.postern.localhost`, { appRoleAssignmentRequired: false });
  return new SignInBrowser().open(app);
}

test.for([
  ['is ahead of ours by less than five minutes', { iat: 290, nbf: 290, exp: 290 + HOUR }],
  ['is behind by as much, and its tokens live for no time', { iat: -290, exp: -290 }],
  ['dates tokens back, as Entra does', { iat: -300, nbf: -300, exp: HOUR }],
] as const)('B14 a provider whose clock %s signs people in', async ([, times]) => {
  expect((await signIn(edge, times)).status).toBe(LET_THROUGH);
});

test.for([
  ['is ahead by more', { iat: 350, nbf: 350, exp: 350 + HOUR }, 'by about 6 minutes', 'ahead of'],
  ['is ahead, and says so in iat alone', { iat: 350, exp: 350 + HOUR }, 'by about 6 minutes', 'ahead of'],
  ['is behind by more than its tokens live', { iat: -920, exp: -320 }, 'by about 15 minutes', 'behind'],
] as const)('B14 a provider whose clock %s signs nobody in, and the page says what to do', async ([, ...expected]) => {
  const [times, distance, order] = expected;
  const page = await signIn(edge, times);
  expect(page.status).toBe(403);
  for (const words of ['SIGNIN_CLOCK', 'The clocks differ', distance, order, 'time server (NTP)', 'Sign in again']) {
    expect(page.body).toContain(words);
  }
  const line = edge.logLines.findLast((entry) => entry['errorCode'] === 'SIGNIN_CLOCK');
  expect(line?.['errorCause']).toMatch(
    /It is \d{4}-\S+Z here; its ID token says iat \d{4}-.*NTP.*clockToleranceSeconds \(300\)/,
  );
});

test('B14 what clocks may differ by is a setting', async () => {
  expect((await signIn(strict, { iat: 5, nbf: 5, exp: HOUR })).status).toBe(LET_THROUGH);
  const page = await signIn(strict, { iat: 20, nbf: 20, exp: HOUR });
  expect(page.body).toMatch(/The clocks of the identity provider Contoso and of this service differ by \d+ seconds/);
});
