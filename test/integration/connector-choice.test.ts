import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { CanaryAnswer } from '../../src-main/connector/canary-answer.ts';
import { CANARY_FLOOR_MS } from '../../src-service/relay/pick-tunnel.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { handlerWith } from '../helpers/mux-pair.ts';
import {
  ask,
  type RelayHarness,
  type RelayHarnessOptions,
  startRelayHarness,
  until,
} from '../helpers/relay-harness.ts';
import { type BareConnector, startBareConnector } from '../helpers/start-bare-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

/** Short enough for a test, long enough for a machine that is busy with others. */
const SHORT = { tickMs: 25, canaryIntervalMs: 150, canaryAnswerMs: 400, canaryBusyAnswerMs: 1500 };

let origin: Origin;
const stack: (() => unknown)[] = [];

beforeAll(async () => {
  origin = await startOrigin();
});

afterAll(() => origin.close());

afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

async function startHarness(options: RelayHarnessOptions = {}): Promise<RelayHarness> {
  const harness = await startRelayHarness(origin.url, options);
  stack.push(() => harness.close());
  return harness;
}

type Accept = (stream: MuxStream, isCanary: boolean) => StreamHandler;

async function startBare(
  harness: RelayHarness,
  id: string,
  accept: Accept,
  features?: string[],
): Promise<BareConnector> {
  const identity = await harness.enrol(id);
  const bare = await startBareConnector({ identity, accept, ...(features && { features }) });
  stack.push(() => bare.close());
  return bare;
}

const canaryAnswer = (stream: MuxStream): StreamHandler => new CanaryAnswer(stream, () => undefined);
const wedged: Accept = () => handlerWith({});
/** Answers canaries; every request ends in `code` before it was taken. */
const failing =
  (code: WireErrorCode): Accept =>
  (stream, isCanary) => {
    if (isCanary) return canaryAnswer(stream);
    setImmediate(() => stream.reset(code, 'not here'));
    return handlerWith({});
  };

const presenceOf = (harness: RelayHarness, id: string) =>
  harness.relay.liveConnectors().find(({ connectorId }) => connectorId === id);
const isAnsweringCanaries = (harness: RelayHarness): boolean =>
  harness.relay.liveConnectors().every(({ canaryMs }) => canaryMs !== null);

/** Whether the connectors' canaries weigh much alike: the first ones find code that has not run before. */
const isEven = (harness: RelayHarness): boolean => {
  const weights = harness.relay.liveConnectors().map(({ canaryMs }) => Math.max(canaryMs ?? Infinity, CANARY_FLOOR_MS));
  return Math.max(...weights) <= 2 * Math.min(...weights);
};

describe('canaries', () => {
  test('B65 a connector that holds its socket but forwards nothing loses its tunnel', async () => {
    const harness = await startHarness({ times: SHORT });
    const bare = await startBare(harness, 'wedged', wedged);
    expect(await bare.dismissed).toMatchObject({ code: 'TUNNEL_TIMEOUT' });
    expect(bare.canaries).toBe(2);
    await until(() => harness.relay.liveConnectors().length === 0);
  });

  test('B65 meanwhile and afterwards requests go to the other connector', async () => {
    const harness = await startHarness({ times: SHORT });
    const engine = await harness.startConnector();
    await until(() => isAnsweringCanaries(harness));
    const bare = await startBare(harness, 'wedged', wedged);
    const during = await Promise.all(Array.from({ length: 8 }, async () => ask(`${harness.url}/bytes/10`)));
    await bare.dismissed;
    const statuses = [...during, await ask(`${harness.url}/bytes/10`)].map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    // It is the last choice; what lands there all the same is taken elsewhere when the tunnel goes.
    expect(bare.requests).toBeLessThan(4);
    expect(engine.state.health).toBe('ok');
  });

  test('B65 a request that was not taken leaves the wedged connector with its tunnel', async () => {
    const harness = await startHarness({ times: SHORT });
    const bare = await startBare(harness, 'wedged', wedged);
    const asked = ask(`${harness.url}/mirror`, { method: 'POST', body: Buffer.from('kept') });
    await until(() => bare.requests === 1);
    await harness.startConnector();
    expect([(await asked).status, (await asked).body.toString()]).toEqual([200, 'kept']);
  });

  test('a real connector answers: the service knows its time, the connector the moment', async () => {
    const harness = await startHarness({ times: SHORT });
    const engine = await harness.startConnector({ id: 'real', tunnels: 2 });
    await until(() => engine.state.tunnels.every(({ canaryAtMs }) => canaryAtMs !== null));
    const firstAtMs = engine.state.tunnels[0]?.canaryAtMs ?? 0;
    await until(() => (engine.state.tunnels[0]?.canaryAtMs ?? 0) > firstAtMs);
    expect(presenceOf(harness, 'real')).toMatchObject({ tunnels: 2, openStreams: 0 });
    expect(presenceOf(harness, 'real')?.canaryMs).toBeLessThan(SHORT.canaryAnswerMs);
    expect(recentTraffic(engine)).toEqual([]);
  });

  test('a connector that has not named the feature is not probed, and is used', async () => {
    const harness = await startHarness({ times: SHORT });
    const old = await startBare(
      harness,
      'old',
      (stream) => {
        setImmediate(() => stream.reset('BACKEND_RESET', 'seen'));
        return handlerWith({});
      },
      [],
    );
    expect((await ask(harness.url)).status).toBe(502);
    const probed = await startBare(harness, 'new', canaryAnswer);
    await until(() => probed.canaries > 3);
    expect([old.canaries, old.requests]).toEqual([0, 1]);
  });
});

describe('the choice', () => {
  test('B68 what is under way is spread over three connectors', async () => {
    const harness = await startHarness({ times: SHORT });
    for (const id of ['a', 'b', 'c']) await harness.startConnector({ id, tunnels: 2 });
    await until(() => isEven(harness));
    const requests = Array.from({ length: 30 }, () => {
      const request = httpRequest(`${harness.url}/silent`, { agent: false });
      request.on('error', () => undefined);
      return request.end();
    });
    const openStreams = (): number[] => harness.relay.liveConnectors().map((each) => each.openStreams);
    await until(() => openStreams().reduce((sum, each) => sum + each, 0) === 30);
    // Even to the request where their canaries weigh the same.
    for (const each of openStreams()) expect(each).toBeGreaterThanOrEqual(4);
    for (const request of requests) request.destroy();
    await until(() => openStreams().every((each) => each === 0));
    expect(harness.relay.counts).toEqual([{ outcome: 'cancelled', hop: 'none', count: 30 }]);
  });

  test.each(['BACKEND_REFUSED', 'BACKEND_UNRESOLVED', 'BACKEND_UNREACHABLE', 'BACKEND_CONNECT_TIMEOUT'] as const)(
    'B64 %s at one connector: the request goes through another, whatever its method',
    async (code) => {
      const harness = await startHarness({ times: SHORT });
      const bare = await startBare(harness, 'astray', failing(code));
      await harness.startConnector();
      await until(() => isEven(harness));
      const bodies = Array.from({ length: 24 }, (_, index) => `body ${index}`);
      const answers = bodies.map(async (body) => {
        const answer = await ask(`${harness.url}/mirror`, { method: 'POST', body: Buffer.from(body) });
        return answer.status === 200 ? answer.body.toString() : answer.status;
      });
      expect(await Promise.all(answers)).toEqual(bodies);
      expect(bare.requests).toBeGreaterThanOrEqual(1);
      expect(harness.failures).toEqual([]);
    },
  );

  test('B53 B64 an upgrade goes through the other connector too', async () => {
    const harness = await startHarness({ times: SHORT });
    await startBare(harness, 'astray', failing('BACKEND_REFUSED'));
    await harness.startConnector();
    await until(() => isEven(harness));
    for (let count = 0; count < 4; count += 1) {
      const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      socket.terminate();
    }
    expect(harness.failures).toEqual([]);
  });

  test('B44 where no other connector can do better, the backend is named', async () => {
    const harness = await startHarness({ times: SHORT });
    await startBare(harness, 'astray', failing('BACKEND_REFUSED'));
    await startBare(harness, 'lost', failing('BACKEND_UNRESOLVED'));
    expect((await ask(harness.url)).status).toBe(502);
    expect(harness.failures).toMatchObject([{ hop: 'dns' }]);
    expect(harness.relay.counts).toEqual([{ outcome: 'failed', hop: 'dns', count: 1 }]);
  });

  test('a connector that has not heard of an application yet hands the request on', async () => {
    const harness = await startHarness({ times: SHORT });
    await startBare(harness, 'new', failing('APPLICATION_UNKNOWN'));
    await harness.startConnector();
    await until(() => isEven(harness));
    const statuses = await Promise.all(
      Array.from({ length: 6 }, async () => (await ask(`${harness.url}/bytes/1`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test('one that fails is tried again after its time, and is used again once it answers', async () => {
    const harness = await startHarness({ times: SHORT });
    let isBroken = true;
    const bare = await startBare(harness, 'repaired', (stream, isCanary) => {
      if (isCanary) return canaryAnswer(stream);
      return failing(isBroken ? 'STREAM_INTERNAL' : 'BACKEND_RESET')(stream, false);
    });
    for (let count = 0; count < 3; count += 1) expect((await ask(harness.url)).status).toBe(502);
    await harness.startConnector();
    await until(() => isEven(harness));
    const askAtOnce = async (): Promise<number[]> =>
      Promise.all(Array.from({ length: 8 }, async () => (await ask(`${harness.url}/bytes/1`)).status));
    expect(new Set(await askAtOnce())).toEqual(new Set([200]));
    expect(bare.requests).toBe(3);
    isBroken = false;
    const deadlineMs = performance.now() + 5000;
    while (bare.requests === 3 && performance.now() < deadlineMs) await askAtOnce();
    expect(bare.requests).toBeGreaterThan(3);
  });
});

describe('B68 affinity', () => {
  const affinityOf: RelayHarnessOptions['affinityOf'] = (request) => ({
    key: request.headers.cookie?.replace('to=', ''),
    makeCookie: (key) => `to=${key}`,
  });

  test('the first answer ties the session to a connector, and later requests keep to it', async () => {
    const harness = await startHarness({ affinityOf });
    const engines = [await harness.startConnector(), await harness.startConnector(), await harness.startConnector()];
    await until(() => isAnsweringCanaries(harness));
    const [cookie = ''] = (await ask(`${harness.url}/bytes/1`)).headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^to=[\w-]{22}$/);
    for (let count = 0; count < 9; count += 1) {
      const answer = await ask(`${harness.url}/bytes/1`, { headers: { cookie } });
      expect([answer.status, answer.headers['set-cookie']]).toEqual([200, undefined]);
    }
    const served = engines.map((engine) => recentTraffic(engine).length);
    expect(served.toSorted((a, b) => a - b)).toEqual([0, 0, 10]);
  });

  test('it heals: with the connector gone another one takes over, and the cookie says so', async () => {
    const harness = await startHarness({ affinityOf });
    const engines = [await harness.startConnector(), await harness.startConnector()];
    await until(() => isAnsweringCanaries(harness));
    const [cookie = ''] = (await ask(`${harness.url}/bytes/1`)).headers['set-cookie'] ?? [];
    const tied = engines.find((engine) => recentTraffic(engine).length === 1);
    await tied?.stop({ drainMs: 0 });
    const answer = await ask(`${harness.url}/bytes/1`, { headers: { cookie } });
    const [other = ''] = answer.headers['set-cookie'] ?? [];
    expect(answer.status).toBe(200);
    expect(other).toMatch(/^to=[\w-]{22}$/);
    expect(other).not.toBe(cookie);
    const again = await ask(`${harness.url}/bytes/1`, { headers: { cookie: other } });
    expect([again.status, again.headers['set-cookie']]).toEqual([200, undefined]);
  });

  test('a made-up cookie is replaced', async () => {
    const harness = await startHarness({ affinityOf });
    await harness.startConnector();
    const answer = await ask(`${harness.url}/bytes/1`, { headers: { cookie: 'to=nobody' } });
    expect(answer.headers['set-cookie']).toHaveLength(1);
  });

  test('a WebSocket keeps to it, and is told of a new one', async () => {
    const harness = await startHarness({ affinityOf });
    await harness.startConnector();
    const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/ws`);
    const [response] = (await once(socket, 'upgrade')) as [{ headers: { 'set-cookie'?: string[] } }];
    expect(response.headers['set-cookie']).toHaveLength(1);
    socket.terminate();
  });
});
