import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { askHttp2, connectHttp2 } from '../helpers/http2-client.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

let stateFile: ProviderStateFile;
let world: Http2World;
let origin: Origin;
let tokens: AccessTokenMaker;
let app: string;
let appId: string;
let assignment: string;
let count = 0;

beforeAll(async () => {
  stateFile = makeProviderStateFile();
  [world, origin] = await Promise.all([startHttp2World({}, { stateFile: stateFile.path }), startOrigin()]);
  tokens = await makeAccessTokens(world.provider, stateFile.path);
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
  stateFile?.remove();
});

beforeEach(async () => {
  const name = `cut${count++}`;
  app = await world.publish(name, origin.url, { externalAuthenticationType: 'aadPreAuthentication' });
  const { body } = await world.api('GET', `/applications?$filter=${encodeURIComponent(`displayName eq '${name}'`)}`);
  appId = (body['value'] as { id: string }[])[0]?.id ?? '';
  const path = `/servicePrincipals/${appId}/appRoleAssignedTo`;
  const user = { principalId: world.provider.user('alice').id, principalType: 'User' };
  assignment = `${path}/${String((await world.api('POST', path, user)).body['id'])}`;
});

/** Headers of alice with an access token, or with the cookie of a session. */
async function credentials(kind: 'token' | 'session'): Promise<Record<string, string>> {
  if (kind === 'token') return { authorization: `Bearer ${await tokens.forUser('alice', app)}` };
  const browser = new SignInBrowser(world.ca);
  expect((await browser.signIn(`${app}mirror`, world.provider.user('alice'))).status).toBe(200);
  const cookies = browser.jar.get(new URL(app).hostname) ?? [];
  return { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') };
}

/** A stream that goes on for long. */
async function begin(session: ClientHttp2Session, headers: Record<string, string>): Promise<ClientHttp2Stream> {
  const stream = session.request({ ':path': '/ticks/100000', ...headers });
  stream.on('error', () => undefined).resume();
  const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
  expect(head[':status']).toBe(200);
  return stream;
}

test.for([
  ['an assignment that is removed', 'token', () => world.api('DELETE', assignment)],
  ['an assignment that is removed', 'session', () => world.api('DELETE', assignment)],
  ['an application that is deleted', 'token', () => world.api('DELETE', `/applications/${appId}`)],
  [
    'the revocation of the user',
    'session',
    () => world.api('POST', `/users/${world.provider.user('alice').id}/revokeSignInSessions`),
  ],
] as const)('B18 B22 B54 %s resets a stream of a %s over HTTP/2, and the connection goes on', async ([, kind, end]) => {
  const session = await connectHttp2(app, world.ca);
  const stream = await begin(session, await credentials(kind));
  // `once` of node:events would reject with the error that is wanted here.
  const closed = new Promise((resolve) => stream.once('close', resolve));
  expect((await end()).status).toBeLessThan(300);
  const beganMs = performance.now();
  await closed;
  expect(performance.now() - beganMs).toBeLessThan(1000);
  // No client takes that for a whole response, nor for its own wish.
  expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  expect(session.closed).toBe(false);
  const next = await askHttp2(session, { ':path': '/mirror', accept: 'text/html', 'sec-fetch-mode': 'navigate' });
  expect([302, 404]).toContain(next.status);
  session.destroy();
});
