import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditionalAccessPolicySchema } from '../../src-shared/publishing/conditional-access.ts';
import { EVERYTHING } from '../../src-service/store/list-query.ts';
import type { SessionRecord } from '../../src-service/store/session-record.ts';
import { readSessionClaims } from '../../src-service/identity/session-claims.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
/** The age at which the provider's word is stale with the default interval of 45 s. */
const STALE_MS = 60_001;

let folder: string;
let ca: string;
let provider: StartedProvider;
let edge: StartedEdge;
/** What is added to the service's clock. */
let offsetMs = 0;

beforeAll(async () => {
  // Settings of kind entra lead to https alone.
  folder = mkdtempSync(join(tmpdir(), 'postern-proven-'));
  const { cert, key } = await makeCertificate(['localhost'], ['127.0.0.1']);
  ca = cert;
  const tls = { certificateFile: join(folder, 'provider.crt'), keyFile: join(folder, 'provider.key') };
  writeFileSync(tls.certificateFile, cert);
  writeFileSync(tls.keyFile, key);
  provider = await startProvider({ repeatsAuthentication: false, tls });
  const { clientId, clientSecret } = provider.clients.service;
  edge = await startEdge({
    provider,
    clock: () => Date.now() + offsetMs,
    configuration: {
      identityProvider: {
        kind: 'entra',
        tenantId: provider.tenantId,
        authorityHost: `127.0.0.1:${provider.port}`,
        caFile: tls.certificateFile,
        clientId,
        clientSecret,
      },
    },
  });
});

afterAll(async () => {
  await edge?.close();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The session that began last. */
async function latestSession(): Promise<SessionRecord> {
  const { items } = await edge.store.sessions.page(EVERYTHING);
  const [latest] = items.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  if (latest === undefined) throw new Error('Nobody is signed in.');
  return latest;
}

function publish(name: string, policy: object): Promise<string> {
  const conditionalAccessPolicies = [conditionalAccessPolicySchema.parse({ displayName: name, ...policy })];
  return edge.publish(`${name}.postern.localhost`, {
    appRoleAssignmentRequired: false,
    publishing: { conditionalAccessPolicies },
  });
}

test("B17 B22 Entra's authentication context: a second sign-in by the claims challenge, and a refresh without acrs asks for no third", async () => {
  const app = await publish('context', { grantControls: { acrValues: ['c1'] } });
  const { name, password } = provider.user('alice');
  const browser = new SignInBrowser(ca);
  expect((await browser.signIn(app, { name, password })).body).toContain('second factor');
  const challenge = await browser.open(app, (url) => url.startsWith(provider.origin));
  expect(JSON.parse(new URL(challenge.url).searchParams.get('claims') ?? '')).toEqual({
    id_token: { acrs: { essential: true, value: 'c1' } },
  });
  expect((await browser.signIn(app, { name, password, code: '123456' })).status).toBe(LET_THROUGH);
  const signedIn = await latestSession();
  expect(readSessionClaims(signedIn.idToken)['acrs']).toEqual(['c1']);

  for (let round = 0; round < 2; round++) {
    offsetMs += STALE_MS;
    expect((await browser.get(app)).status).toBe(LET_THROUGH);
    const refreshed = await latestSession();
    expect(refreshed.idToken).not.toBe(signedIn.idToken);
    expect(readSessionClaims(refreshed.idToken)['acrs']).toBeUndefined();
    expect(refreshed).toMatchObject({ id: signedIn.id, provenContexts: ['c1'] });
  }
  // Another context was never proved.
  const other = await publish('other-context', { grantControls: { acrValues: ['c2'] } });
  expect((await browser.open(other, (url) => url.startsWith(provider.origin))).url).toContain('c2');
});

test('B17 B22 a second factor is asked for once, though the refresh says nothing of it; its age counts all the same', async () => {
  const app = await publish('factor', {
    grantControls: { builtInControls: ['mfa'] },
    sessionControls: { signInFrequency: { type: 'hours', value: 1 } },
  });
  const { name, password } = provider.user('bob');
  const browser = new SignInBrowser(ca);
  await browser.signIn(app, { name, password });
  expect((await browser.signIn(app, { name, password, code: '123456' })).status).toBe(LET_THROUGH);
  const { amr, authenticatedAtMs } = await latestSession();
  expect(amr).toContain('mfa');
  for (const minutes of [2, 20, 30]) {
    offsetMs += minutes * 60_000;
    expect((await browser.get(app)).status).toBe(LET_THROUGH);
  }
  expect(await latestSession()).toMatchObject({ amr, authenticatedAtMs });
  offsetMs += 20 * 60_000;
  expect((await browser.get(app)).status).toBe(302);
});
