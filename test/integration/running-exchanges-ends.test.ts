import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const WRITING_MS = 50;
const EVERY_DAY = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

let stateFile: ProviderStateFile;
let world: PublishingWorld;
let origin: Origin;
let tokens: AccessTokenMaker;
let app: string;
let appId: string;
/** What is added to the service's clock. */
let offsetMs = 0;
let count = 0;
const writers = new Set<NodeJS.Timeout>();
const sockets = new Set<WebSocket>();

beforeAll(async () => {
  stateFile = makeProviderStateFile();
  const clock = (): number => Date.now() + offsetMs;
  // The provider's clock does not jump: nobody asks it again.
  const service = { sessions: { refreshIntervalSeconds: 0 } };
  [world, origin] = await Promise.all([
    startPublishingWorld({ stateFile: stateFile.path }, service, clock),
    startOrigin(),
  ]);
  tokens = await makeAccessTokens(world.provider, stateFile.path);
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
  stateFile?.remove();
});

beforeEach(async () => {
  offsetMs = 0;
  app = world.service.externalUrl(`ends${count++}`);
  appId = await world.publish(
    { externalUrl: app, internalUrl: `${origin.url}/`, externalAuthenticationType: 'aadPreAuthentication' },
    { appRoleAssignmentRequired: false },
  );
});

afterEach(() => {
  for (const writer of writers) clearInterval(writer);
  for (const socket of sockets) socket.terminate();
  writers.clear();
  sockets.clear();
});

/** Headers of somebody who is signed in at the application. */
async function signIn(name: string): Promise<{ browser: SignInBrowser; headers: Record<string, string> }> {
  const browser = new SignInBrowser();
  expect((await browser.signIn(`${app}mirror`, world.provider.user(name))).status).toBe(200);
  const { hostname, host } = new URL(app);
  const cookie = [...(browser.jar.get(hostname) ?? [])].map(([key, value]) => `${key}=${value}`).join('; ');
  return { browser, headers: { host, cookie } };
}

interface Transfer {
  readonly outgoing: ClientRequest;
  readonly response: IncomingMessage;
}

/** An open WebSocket, and when it closes. */
async function openSocket(headers: Record<string, string>): Promise<{ socket: WebSocket; closed: Promise<unknown> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/ws`, { headers });
  sockets.add(socket);
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, closed };
}

/** An event stream that goes on for long, and its failure. */
async function openStream(headers: Record<string, string>): Promise<{ failed: Promise<unknown> }> {
  const outgoing = request({ host: '127.0.0.1', port: world.port, path: '/ticks/100000', headers, agent: false });
  outgoing.end();
  const [stream] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(stream.statusCode).toBe(200);
  const failed = new Promise((resolve, reject) => {
    stream.once('error', resolve);
    stream.once('end', () => reject(new Error('The stream ended as if it were whole.')));
  });
  stream.resume();
  return { failed };
}

function repeat(action: () => void): void {
  writers.add(setInterval(action, WRITING_MS));
}

test('B22 a session whose only use is a silent WebSocket ends after its idle time; one on which its user writes goes on', async () => {
  const [alice, bob] = [await signIn('alice'), await signIn('bob')];
  const [silent, busy] = [await openSocket(alice.headers), await openSocket(bob.headers)];
  // What a browser answers to pings is nothing that its user does.
  repeat(() => silent.socket.pong('still here'));
  repeat(() => busy.socket.send('typing'));
  await once(busy.socket, 'message');
  offsetMs = HOUR_MS;
  expect((await bob.browser.get(`${app}late/900`)).status).toBe(200);
  expect(silent.socket.readyState).toBe(WebSocket.OPEN);
  offsetMs = 2 * HOUR_MS + MINUTE_MS;
  await silent.closed;
  expect(busy.socket.readyState).toBe(WebSocket.OPEN);
  expect([(await alice.browser.get(app)).status, (await bob.browser.get(`${app}mirror`)).status]).toEqual([302, 200]);
});

test('B22 an event stream that its user left open is no use of a session either', async () => {
  const alice = await signIn('alice');
  const { failed } = await openStream({ ...alice.headers, accept: 'text/event-stream' });
  offsetMs = 2 * HOUR_MS + MINUTE_MS;
  await failed;
  expect((await alice.browser.get(app)).status).toBe(302);
});

test('B22 a stream of small news that a script reads kept its session in use for ever; a download and an upload do', async () => {
  const [alice, bob, carol] = [await signIn('alice'), await signIn('bob'), await signIn('bob')];
  const { failed } = await openStream(alice.headers);
  const begin = async (method: string, path: string, headers: Record<string, string>): Promise<Transfer> => {
    const outgoing = request({ host: '127.0.0.1', port: world.port, path, method, headers, agent: false });
    const responded = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.flushHeaders();
    if (method === 'GET') outgoing.end();
    else outgoing.write('a');
    const [response] = await responded;
    expect(response.statusCode).toBe(200);
    response.on('error', () => undefined);
    return { outgoing, response };
  };
  const download = await begin('GET', '/stall', bob.headers);
  repeat(() => download.response.read());
  const upload = await begin('POST', '/mirror', { ...carol.headers, 'transfer-encoding': 'chunked' });
  upload.response.resume();
  repeat(() => upload.outgoing.write('a'));
  offsetMs = HOUR_MS;
  await once(upload.response, 'data');
  expect((await bob.browser.get(`${app}late/900`)).status).toBe(200);
  offsetMs = 2 * HOUR_MS + MINUTE_MS;
  await failed;
  expect([(await alice.browser.get(app)).status, (await carol.browser.get(`${app}mirror`)).status]).toEqual([302, 200]);
  expect([download.response.destroyed, upload.response.destroyed]).toEqual([false, false]);
  for (const { outgoing } of [download, upload]) outgoing.destroy();
});

test('B17 B22 a sign-in that becomes too old for an application went on with what it had begun', async () => {
  const conditionalAccessPolicies = [
    {
      displayName: 'Fresh',
      sessionControls: { signInFrequency: { type: 'minutes', value: 30 } },
    },
  ];
  const change = { onPremisesPublishing: { conditionalAccessPolicies } };
  expect((await world.api('PATCH', `/applications/${appId}`, change)).status).toBe(204);
  const alice = await signIn('alice');
  const [socket, stream] = [await openSocket(alice.headers), await openStream(alice.headers)];
  offsetMs = 29 * MINUTE_MS;
  expect((await alice.browser.get(`${app}late/900`)).status).toBe(200);
  expect(socket.socket.readyState).toBe(WebSocket.OPEN);
  offsetMs = 36 * MINUTE_MS;
  await Promise.all([socket.closed, stream.failed]);
  expect((await alice.browser.get(`${app}mirror`)).headers.location).toContain('max_age=1800');
});

test('B22 a session ends with its lifetime though its user is at work, and all that is under way with it', async () => {
  const alice = await signIn('alice');
  const busy = await openSocket(alice.headers);
  repeat(() => busy.socket.send('typing'));
  await once(busy.socket, 'message');
  offsetMs = 8 * HOUR_MS + MINUTE_MS;
  await busy.closed;
  expect((await alice.browser.get(app)).status).toBe(302);
});

test('B17 B22 the end of the hours in which an application opens cuts what is under way, and nothing before', async () => {
  // Far from midnight somewhere.
  const timeZone = new Date().getUTCHours() >= 22 ? 'Asia/Tokyo' : 'UTC';
  const at = (minutes: number): string =>
    new Date(Date.now() + minutes * MINUTE_MS).toLocaleTimeString('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
    });
  const hours = { daysOfWeek: EVERY_DAY, startTime: at(30), endTime: at(60), timeZone };
  const conditionalAccessPolicies = [
    {
      displayName: 'Closed',
      conditions: { times: { includeTimes: [hours] } },
      grantControls: { builtInControls: ['block'] },
    },
  ];
  const change = { onPremisesPublishing: { conditionalAccessPolicies } };
  expect((await world.api('PATCH', `/applications/${appId}`, change)).status).toBe(204);
  const alice = await signIn('alice');
  const socket = await openSocket(alice.headers);
  offsetMs = 28 * MINUTE_MS;
  expect((await alice.browser.get(`${app}late/900`)).status).toBe(200);
  expect(socket.socket.readyState).toBe(WebSocket.OPEN);
  offsetMs = 31 * MINUTE_MS;
  await socket.closed;
  expect((await alice.browser.get(app)).status).toBe(403);
});

test.for([
  ['an assignment that is removed', async (assignment: string) => world.api('DELETE', assignment)],
  ['an application that is deleted', async () => world.api('DELETE', `/applications/${appId}`)],
] as const)('B18 B22 %s cuts what came with an access token', async ([, end]) => {
  app = world.service.externalUrl(`assigned${count++}`);
  appId = await world.publish({
    externalUrl: app,
    internalUrl: `${origin.url}/`,
    externalAuthenticationType: 'aadPreAuthentication',
  });
  const path = `/servicePrincipals/${appId}/appRoleAssignedTo`;
  const assign = async (name: string): Promise<string> => {
    const user = { principalId: world.provider.user(name).id, principalType: 'User' };
    return `${path}/${(await world.api('POST', path, user)).body.id}`;
  };
  const assignment = await assign('alice');
  const authorization = `Bearer ${await tokens.forUser('alice', app)}`;
  const headers = { host: new URL(app).host, authorization };
  const [{ closed }, { failed }] = [await openSocket(headers), await openStream(headers)];
  expect((await end(assignment)).status).toBe(204);
  const beganMs = performance.now();
  await Promise.all([closed, failed]);
  expect(performance.now() - beganMs).toBeLessThan(1000);
});

test('B18 an access token that has expired by less than clocks may differ opens the application, and what it began is not cut', async () => {
  const now = Math.floor(Date.now() / 1000);
  const token = await tokens.forUser('alice', app, { iat: now - 3800, nbf: now - 3800, exp: now - 200 });
  const answer = await new SignInBrowser().get(`${app}late/900`, { authorization: `Bearer ${token}` });
  expect(answer.status).toBe(200);
});

test('B18 B22 what came with an access token ends with it, and with the revocation of its user', async () => {
  const begin = async (name: string): Promise<{ cut: Promise<unknown> }> => {
    const authorization = `Bearer ${await tokens.forUser(name, app)}`;
    const headers = { host: new URL(app).host, authorization };
    const [{ closed }, { failed }] = [await openSocket(headers), await openStream(headers)];
    return { cut: Promise.all([closed, failed]) };
  };
  const [alice, bob] = [await begin('alice'), await begin('bob')];
  const { id } = world.provider.user('alice');
  expect((await world.api('POST', `/users/${id}/revokeSignInSessions`)).body.value).toBe(true);
  await alice.cut;
  // Its time, and what clocks may differ by.
  offsetMs = HOUR_MS + 6 * MINUTE_MS;
  await bob.cut;
});
