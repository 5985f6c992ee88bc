import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type SeenEvent, type TrafficReader, watchTraffic } from '../helpers/watch-traffic.ts';

let stateFile: ProviderStateFile;
let world: PublishingWorld;
let origin: Origin;
let tokens: AccessTokenMaker;
let reader: string;
let open: string;
let openId: string;
let broken: string;
let brokenId: string;
let signedIn: string;

beforeAll(async () => {
  stateFile = makeProviderStateFile();
  world = await startPublishingWorld({ stateFile: stateFile.path });
  tokens = await makeAccessTokens(world.provider, stateFile.path);
  reader = await readerToken();
  origin = await startOrigin();
  const { service } = world;
  open = service.externalUrl('open');
  broken = service.externalUrl('broken');
  signedIn = service.externalUrl('signed-in');
  openId = await world.publish({ externalUrl: open, internalUrl: `${origin.url}/` }, { displayName: 'Open' });
  brokenId = await world.publish({ externalUrl: broken, internalUrl: 'http://127.0.0.1:1/' });
  await world.publish(
    { externalUrl: signedIn, internalUrl: `${origin.url}/`, externalAuthenticationType: 'aadPreAuthentication' },
    { appRoleAssignmentRequired: false },
  );
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
  stateFile?.remove();
});

const READER = { scp: 'access_as_user', roles: ['Application.Read'] };
const readerToken = (claims: object = {}): Promise<string> =>
  tokens.forUser('alice', world.provider.apiId, { ...READER, ...claims });
const watch = (query = '', headers: Record<string, string> = {}, token = reader): Promise<TrafficReader> =>
  watchTraffic(world.service.apiBaseUrl, token, query, headers);
/** As a browser would, for names that this machine may not resolve. */
const get = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await new SignInBrowser().get(url, headers)).status;
const isRequest = (event: SeenEvent): boolean => event.type === 'request';
const urls = ({ seen }: TrafficReader): string[] => seen.filter(isRequest).map(({ data }) => String(data.url));

test('B72 a reader watches requests as they end: who, where, how long, how much, and no secret of a URL', async () => {
  const watcher = await watch(`applicationId=${openId}`);
  await get(`${open}bytes/1000?access_token=letmein&page=2&jwt=x`);
  const { data } = await watcher.until(isRequest);
  expect(data).toMatchObject({
    method: 'GET',
    url: '/bytes/1000?access_token=[secret]&page=2&jwt=[secret]',
    status: 200,
    applicationId: openId,
    applicationDisplayName: 'Open',
    connectorId: world.connector.identity.connectorId,
    userId: null,
    clientAddress: '127.0.0.1',
    requestBytes: 0,
    responseBytes: 1000,
    isComplete: true,
    errorCode: null,
  });
  expect(data.firstByteMs).toBeGreaterThan(0);
  expect(data.durationMs).toBeGreaterThanOrEqual(0);
  expect(JSON.stringify(watcher.seen)).not.toContain('letmein');
  watcher.close();
});

test('B72 whoever is signed in is named, the steps of the sign-in are not shown, and a WebSocket comes at its end', async () => {
  const watcher = await watch();
  const browser = new SignInBrowser();
  const bob = world.provider.user('bob');
  expect((await browser.signIn(`${signedIn}echo`, bob)).status).toBe(200);
  const { data } = await watcher.until(({ data }) => data?.userPrincipalName === bob.userPrincipalName);
  expect(data).toMatchObject({ url: '/echo', status: 200, errorCode: null });
  expect(urls(watcher).filter((url) => url.includes('.postern'))).toEqual([]);

  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/ws`, { headers: { host: new URL(open).host } });
  await once(socket, 'open');
  socket.send('hello');
  await once(socket, 'message');
  socket.close();
  const ended = await watcher.until(({ data }) => data?.isUpgrade === true);
  expect(ended.data).toMatchObject({ status: 101, applicationId: openId });
  expect(ended.data.requestBytes).toBeGreaterThan(5);
  expect(ended.data.responseBytes).toBeGreaterThan(5);
  watcher.close();
});

test('filters are by application, group, status, class, method, path, error and user, and an unknown one is refused by name', async () => {
  const group = (await world.api('GET', `/applications/${openId}/connectorGroup`)).body.id;
  const expected = {
    [`applicationId=${brokenId}`]: ['/status/200'],
    'status=404,5xx': ['/status/404', '/status/200'],
    'method=post': ['/echo?x=1'],
    'path=ECHO': ['/echo?x=1'],
    'isError=true': ['/status/200'],
    'user=nobody@example.com': [],
    'minimumDurationMs=60000': [],
    [`connectorGroupId=${group}&status=2xx`]: ['/echo?x=1', '/bytes/1'],
  };
  // One caller may have five.
  const callers = [reader, await tokens.forUser('bob', world.provider.apiId, READER)];
  const watchers: TrafficReader[] = [];
  for (const [index, filter] of Object.keys(expected).entries()) {
    watchers.push(await watch(filter, {}, callers[index % 2]));
  }
  const all = await watch();
  const seen = (url: string): Promise<SeenEvent> => all.until(({ data }) => data?.url === url);
  await get(`${open}status/404`);
  await seen('/status/404');
  await get(`${broken}status/200`);
  await seen('/status/200');
  await new SignInBrowser().send('POST', `${open}echo?x=1`, {}, 'a=b');
  expect((await seen('/echo?x=1')).data.requestBytes).toBe(3);
  await get(`${open}bytes/1`);
  await seen('/bytes/1');
  await watchers.at(-1)?.until(({ data }) => data?.url === '/bytes/1');
  const found = Object.keys(expected).map((filter, index) => [filter, watchers.slice(index, index + 1).flatMap(urls)]);
  expect(Object.fromEntries(found)).toEqual(expected);
  for (const watcher of [...watchers, all]) watcher.close();
  await expect(watch('aplicationId=x')).rejects.toThrow(/400 .*aplicationId/);
  await expect(watch('status=seven')).rejects.toThrow(/400 .*404 or a class such as 5xx/);
});

test('a reader that comes back with Last-Event-ID misses nothing, and one from elsewhere is told that nobody knows', async () => {
  const watcher = await watch('path=status');
  await get(`${open}status/201`);
  await watcher.until(isRequest);
  const { lastId } = watcher;
  watcher.close();
  await get(`${open}status/202`);
  await get(`${open}status/203`);
  const again = await watch('path=status', { 'last-event-id': lastId });
  await again.until(({ data }) => data?.url === '/status/203');
  expect(urls(again)).toEqual(['/status/202', '/status/203']);
  again.close();
  const elsewhere = await watch('path=status', { 'last-event-id': 'deadbeef-17' });
  expect((await elsewhere.until(({ type }) => type === 'leftOut')).data).toEqual({ lost: null });
  elsewhere.close();
});

test('sampling and a rate leave out requests, and say how many', async () => {
  const one = await watch('path=status/2&maximumEventsPerSecond=1');
  const few = await watch('path=status/2&sample=0.000001');
  for (let count = 0; count < 5; count += 1) await get(`${open}status/204`);
  expect((await one.until(({ type }) => type === 'leftOut')).data.rate).toBeGreaterThan(0);
  expect((await few.until(({ type }) => type === 'leftOut')).data.sampled).toBeGreaterThan(0);
  expect(urls(one).length).toBeGreaterThan(0);
  expect(urls(few)).toEqual([]);
  one.close();
  few.close();
  const metrics = await (await fetch(`${world.service.operationsUrl}/metrics`)).text();
  expect(metrics).toMatch(/^postern_traffic_events_left_out_total\{reason="sampled"\} [1-9]/m);
});

test('the stream ends with the token, and the caller may have five at once', async () => {
  const token = await readerToken({ exp: Math.floor(Date.now() / 1000) + 2 });
  const watcher = await watch('', {}, token);
  expect((await watcher.until(({ type }) => type === 'end')).data).toEqual({ reason: 'expired' });
  await watcher.ended;
  const bob = await tokens.forUser('bob', world.provider.apiId, READER);
  const five: TrafficReader[] = [];
  for (let count = 0; count < 5; count += 1) five.push(await watch('', {}, bob));
  await expect(watch('', {}, bob)).rejects.toThrow(/429 .*At most 5 streams of one caller/);
  for (const each of five) each.close();
});

test('who watched, and what for, is in the audit once; without a role nobody watches', async () => {
  const token = await tokens.forApplication(world.provider.apiId, { roles: ['Application.Read.All'] });
  const filter = 'path=audited&sample=0.5';
  for (let count = 0; count < 2; count += 1) (await watch(filter, {}, token)).close();
  const { body } = await world.api('GET', `/postern/audit?$filter=${encodeURIComponent("targetKind eq 'traffic'")}`);
  const own = body.value.filter((record: { initiatedBy: { id: string } }) => record.initiatedBy.id === 'daemon-object');
  expect(own).toHaveLength(1);
  expect(own[0]).toMatchObject({
    activityDisplayName: 'traffic.watch',
    initiatedBy: { kind: 'application', ipAddress: '127.0.0.1' },
    after: { path: 'audited', sample: 0.5 },
  });
  const nobody = await tokens.forUser('bob', world.provider.apiId, { ...READER, roles: ['Payroll.Clerk'] });
  await expect(watch('', {}, nobody)).rejects.toThrow(/^403 /);
});

test('figures of an application: requests, statuses, failures, bytes and how long, of the last minute, hour and day', async () => {
  const api = makeApiClient(world.service.apiBaseUrl, reader);
  const before = (await api('GET', `/postern/traffic/applications/${openId}`)).body;
  await get(`${open}bytes/5000`);
  await get(`${open}status/503`);
  await get(`${broken}x`);
  const { body } = await api('GET', `/postern/traffic/applications/${openId}`);
  expect(body).toMatchObject({ scope: 'node', applicationId: openId, applicationDisplayName: 'Open' });
  for (const period of ['minute', 'hour', 'day']) {
    expect(body[period].requests - before[period].requests).toBe(2);
    expect(body[period].statuses.serverError - before[period].statuses.serverError).toBe(1);
    expect(body[period].responseBytes - before[period].responseBytes).toBeGreaterThanOrEqual(5000);
    expect(body[period].latencyMs.p99).toBeGreaterThanOrEqual(body[period].latencyMs.p50);
    expect(Date.parse(body[period].sinceDateTime)).toBeLessThanOrEqual(Date.now());
  }
  const list = (await api('GET', '/postern/traffic/applications?period=minute&$top=1')).body;
  expect(list).toMatchObject({ scope: 'node', period: 'minute', value: [{ applicationId: openId }] });
  expect(list['@odata.count']).toBeGreaterThan(1);
  const failing = (await api('GET', `/postern/traffic/applications/${brokenId}`)).body;
  expect(failing.minute.failed).toBeGreaterThan(0);
  expect(failing.minute.latencyMs.p50).toBeNull();
  expect((await api('GET', '/postern/traffic')).body.hour.requests).toBeGreaterThan(2);
  expect((await api('GET', '/postern/traffic/applications/no-such')).status).toBe(404);
});

test('B45 whoever has the id of a failure learns why; of what went well, and from whom may not look, nothing is told', async () => {
  const activityIdOf = async (url: string): Promise<string> =>
    String((await new SignInBrowser().get(url)).headers['x-postern-activity-id']);
  const [failed, well] = [await activityIdOf(`${broken}page?token=abcdef`), await activityIdOf(`${open}bytes/1`)];
  const api = makeApiClient(world.service.apiBaseUrl, reader);
  const path = '/postern/traffic/failures';
  expect((await api('GET', `${path}/${failed.toUpperCase()}`)).body).toMatchObject({
    activityId: failed,
    applicationId: brokenId,
    status: 502,
    url: '/page?token=[secret]',
    errorCode: 'BACKEND_REFUSED',
    hop: 'connect',
    mayBeRepeated: true,
    audience: 'operator',
    errorCause: expect.stringContaining('127.0.0.1') as string,
  });
  expect((await api('GET', `${path}/${well}`)).status).toBe(404);
  expect((await makeApiClient(world.service.apiBaseUrl, null)('GET', `${path}/${failed}`)).status).toBe(401);
});

test('B66 a service that stops ends the streams first, and waits for none', async () => {
  const other = await startPublishingWorld();
  const watcher = await watchTraffic(other.service.apiBaseUrl, await other.provider.automationToken());
  await other.connector.close();
  await other.service.close(10_000);
  expect((await watcher.until(({ type }) => type === 'end')).data).toEqual({ reason: 'stopping' });
  await other.provider.close();
});
