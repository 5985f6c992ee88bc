import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

let world: PublishingWorld;
let origin: Origin;
let open: string;
let openId: string;
let broken: string;
let brokenId: string;
let quietId: string;

beforeAll(async () => {
  world = await startPublishingWorld();
  origin = await startOrigin();
  open = world.service.externalUrl('open');
  broken = world.service.externalUrl('broken');
  openId = await world.publish({ externalUrl: open, internalUrl: `${origin.url}/` }, { displayName: 'Open' });
  brokenId = await world.publish(
    { externalUrl: broken, internalUrl: 'http://127.0.0.1:1/' },
    { displayName: 'Broken' },
  );
  quietId = await world.publish({ externalUrl: world.service.externalUrl('quiet'), internalUrl: `${origin.url}/` });
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
});

const get = async (url: string): Promise<number> => (await new SignInBrowser().get(url)).status;
const health = async (path = '') => (await world.api('GET', `/postern/health${path}`)).body;

test('an application is what its requests showed: reachable, failing at a hop, or not known yet', async () => {
  expect((await health(`/applications/${openId}`)).status).toBe('unknown');
  expect(await get(`${open}bytes/1`)).toBe(200);
  expect(await get(`${open}status/503`)).toBe(503);
  expect(await get(broken)).toBe(502);
  expect(await health(`/applications/${openId}`)).toMatchObject({
    displayName: 'Open',
    status: 'ok',
    failingHop: null,
    failuresInRow: 0,
    lastError: null,
  });
  const { connectorId } = world.connector.identity;
  expect(await health(`/applications/${brokenId}`)).toMatchObject({
    status: 'down',
    failingHop: 'connect',
    failuresInRow: 1,
    lastAnsweredDateTime: null,
    lastError: { code: 'BACKEND_REFUSED', hop: 'connect', activityId: expect.any(String) },
  });
  const { value } = await health('/applications');
  expect(value.find(({ id }: { id: string }) => id === quietId).status).toBe('unknown');
  expect((await health('/applications/no-such')).error.code).toBe('API_NOT_FOUND');
  expect((await health('/connectors')).value.map(({ id }: { id: string }) => id)).toEqual([connectorId]);
});

test('a connector tells its tunnels, canary, version, address, certificate and configuration', async () => {
  const { connectorId, certificateChain } = world.connector.identity;
  expect(certificateChain.length).toBeGreaterThan(0);
  const connector = await health(`/connectors/${connectorId}`);
  expect(connector).toMatchObject({
    displayName: 'Test connector',
    status: 'ok',
    problems: [],
    tunnels: 2,
    openStreams: 0,
    version: '0.0.0',
    machineName: 'test-machine',
    externalIp: expect.stringContaining('127.0.0.1'),
    configurationProblem: null,
  });
  expect(connector.configurationVersion).toBeGreaterThan(0);
  expect(connector.canaryMs).toBeGreaterThan(0);
  expect(Date.parse(connector.certificateExpiryDateTime)).toBeGreaterThan(Date.now());
});

test('one answer says what is wrong with the whole, and with the last connector gone that groups and applications are down', async () => {
  const before = await health();
  expect(before).toMatchObject({
    status: 'down',
    scope: 'node',
    store: { isUp: true },
    connectors: { total: 1, active: 1, ok: 1 },
    connectorGroups: [{ name: 'Default', status: 'ok', connectors: 1, activeConnectors: 1, applications: 3 }],
    applications: { total: 3, ok: 1, degraded: 0, down: 1, unknown: 1, disabled: 0 },
    problemCount: 1,
    problems: [{ severity: 'down', kind: 'application', id: brokenId, displayName: 'Broken' }],
  });
  expect(before.problems[0].message).toMatch(/^BACKEND_REFUSED \(connect\): /);

  await world.connector.close();
  await expect.poll(async () => (await health()).connectors.active).toBe(0);
  const after = await health();
  expect(after.connectorGroups[0].status).toBe('down');
  expect(after.applications).toMatchObject({ total: 3, down: 3 });
  expect(after.problems.map(({ kind }: { kind: string }) => kind)).toEqual([
    'connectorGroup',
    'application',
    'connector',
  ]);
  const { connectorId } = world.connector.identity;
  expect(await health(`/connectors/${connectorId}`)).toMatchObject({ status: 'down', problems: ['notConnected'] });
});
