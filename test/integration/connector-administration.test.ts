import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent, request } from 'undici';
import type { Connector } from '../../src-shared/publishing/application.ts';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { type RunningConnector, startConnector, startEngine, untilState } from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';

let world: PublishingWorld;
let origin: Origin;
let agent: Agent;
let first: RunningConnector;
let second: RunningConnector;
let url: string;

beforeAll(async () => {
  world = await startPublishingWorld();
  origin = await startOrigin();
  agent = new Agent({ connect: { lookup: loopbackLookup } });
  first = world.connector;
  second = await enrol();
  url = world.service.externalUrl('shop');
  await world.publish({ externalUrl: url, internalUrl: `${origin.url}/` });
  await Promise.all(
    [first, second].map(({ engine }) => untilState(engine, ({ applications }) => applications.length === 1)),
  );
});

afterAll(async () => {
  await second?.close();
  await agent?.destroy();
  await origin?.close();
  await world?.close();
});

async function enrol(): Promise<RunningConnector> {
  const { body } = await world.api('POST', '/postern/enrolmentTokens', { maxUses: 1 });
  const authorization = { kind: 'enrolmentToken', token: String(body.token) } as const;
  return startConnector({ serviceUrl: world.service.url, authorization, displayName: 'Another' });
}

const pathOf = ({ identity }: RunningConnector): string => `${PROFILE}/connectors/${identity.connectorId}`;
const read = async (connector: RunningConnector): Promise<Connector> =>
  (await world.api('GET', pathOf(connector))).body as Connector;
const handled = ({ engine }: RunningConnector): number => recentTraffic(engine).length;
const setDraining = async (connector: RunningConnector, isDraining: boolean): Promise<void> => {
  expect((await world.api('PATCH', pathOf(connector), { isDraining })).status).toBe(204);
};

async function get(count = 1): Promise<{ status: number; text: string }[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { statusCode, body } = await request(`${url}bytes/10`, { dispatcher: agent });
      return { status: statusCode, text: await body.text() };
    }),
  );
}

describe('a connector that is to run empty', () => {
  test('B66 gets no new requests, finishes what it has, and gets some again afterwards', async () => {
    const upload = new PassThrough();
    upload.write('before ');
    await setDraining(second, true);
    const answer = await request(`${url}mirror`, { dispatcher: agent, method: 'POST', body: upload });
    await setDraining(second, false);
    await setDraining(first, true);
    await untilState(first.engine, ({ isDraining }) => isDraining);
    expect(await read(first)).toMatchObject({
      isDraining: true,
      isCoolingDown: false,
      status: 'active',
      outstandingRequests: 1,
    });

    const before = handled(first);
    expect((await get(12)).map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect(handled(first)).toBe(before);
    upload.end('and after');
    expect(await answer.body.text()).toBe('before and after');
    await expect.poll(async () => (await read(first)).outstandingRequests).toBe(0);

    await setDraining(first, false);
    await untilState(first.engine, ({ isDraining }) => !isDraining);
    await get(12);
    expect(handled(first)).toBeGreaterThan(before);
  });

  test('B43 B66 with nobody else there users are told at once, and why it is stands in the health', async () => {
    await Promise.all([first, second].map((each) => setDraining(each, true)));
    const [refused] = await get();
    expect(refused?.status).toBe(504);
    const { body } = await world.api('GET', '/postern/health');
    expect(body).toMatchObject({ status: 'down', connectors: { total: 2, active: 2, ok: 0 } });
    expect(body.problems).toContainEqual(expect.objectContaining({ kind: 'connector', message: 'draining' }));
    await Promise.all([first, second].map((each) => setDraining(each, false)));
    expect((await get())[0]?.status).toBe(200);
  });

  test('B66 stays so when it dials again, and the service knows its load', async () => {
    await setDraining(second, true);
    await second.engine.stop({ drainMs: 0 });
    const engine = startEngine(second.identity);
    second = { engine, identity: second.identity, close: () => engine.stop({ drainMs: 0 }) };
    await untilState(engine, ({ health, applications }) => health === 'ok' && applications.length === 1);
    await get(8);
    expect(handled(second)).toBe(0);
    await expect.poll(async () => (await read(first)).requestsPerSecond, { timeout: 5000 }).toBeGreaterThan(0.5);
    expect((await read(second)).requestsPerSecond).toBe(0);
    await setDraining(second, false);
  });
});

describe('a connector', () => {
  test('B63 B67 is renamed, and hears of it with no restart', async () => {
    const { body, headers } = await world.api('GET', pathOf(second));
    expect(body).toMatchObject({ displayName: 'Another', operatingSystem: 'Test OS 1, x64' });
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    const change = { displayName: ' Gate house ' };
    expect((await world.api('PATCH', pathOf(second), change, ifMatch)).status).toBe(204);
    await untilState(second.engine, ({ connectorName }) => connectorName === 'Gate house');
    expect((await read(second)).displayName).toBe('Gate house');
    const lost = await world.api('PATCH', pathOf(second), { displayName: 'Mine' }, ifMatch);
    expect([lost.status, lost.body.error.code]).toEqual([412, 'API_PRECONDITION_FAILED']);
    for (const wrong of [{ displayName: '' }, { displayName: 'x'.repeat(121) }, { isDraining: 'yes' }, { name: 'x' }]) {
      expect((await world.api('PATCH', pathOf(second), wrong)).status).toBe(400);
    }
    expect((await world.api('PATCH', `${PROFILE}/connectors/nobody`, change)).status).toBe(404);
  });

  test('B62 that is revoked is refused at once and for good, and stays in the list until it is removed', async () => {
    const revoke = `/postern/connectors/${second.identity.connectorId}/revoke`;
    expect((await world.api('POST', revoke)).status).toBe(204);
    const { problem } = await untilState(second.engine, ({ tunnels }) =>
      tunnels.every(({ phase }) => phase === 'refused'),
    );
    expect(problem).toMatchObject({ code: 'TUNNEL_REVOKED' });
    second.engine.retryNow();
    await untilState(second.engine, ({ tunnels }) =>
      tunnels.every(({ phase, failures }) => phase === 'refused' && failures > 1),
    );
    const revoked = await read(second);
    expect(revoked).toMatchObject({ status: 'inactive', tunnels: 0, displayName: 'Gate house' });
    expect(Date.parse(revoked.revokedDateTime ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await world.api('POST', revoke)).status).toBe(204);
    expect((await read(second)).revokedDateTime).toBe(revoked.revokedDateTime);
    const health = await world.api('GET', '/postern/health');
    expect(health.body).toMatchObject({ status: 'ok', connectors: { total: 1 } });
    expect((await get(4)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);

    expect((await world.api('DELETE', pathOf(second))).status).toBe(204);
    expect((await world.api('GET', pathOf(second))).status).toBe(404);
    expect((await world.api('POST', revoke)).status).toBe(404);
  });
});
