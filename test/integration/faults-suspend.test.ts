import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, type TestContext } from 'vitest';
import { request } from 'undici';
import { type BlackHole, startBlackHole } from '../helpers/black-hole.ts';
import { type Load, startLoad } from '../helpers/load.ts';
import type { LogEvent, LoggedProcess } from '../helpers/logged-process.ts';
import { type FaultWorld, isConnected, startFaultWorld } from '../helpers/start-fault-world.ts';

/** A minute of sleep, and what three worlds need to start on a machine that runs other tests too. */
const TIMEOUT_MS = 150_000;
const SLEEP_MS = 60_000;
/** From a request that failed to the next. */
const RETRY_MS = 50;

/** Tests that run at once each clean up by their own context. */
async function startWorld({ onTestFinished }: TestContext): Promise<FaultWorld> {
  const world = await startFaultWorld();
  onTestFinished(async () => world.close());
  return world;
}

async function startPath({ onTestFinished }: TestContext, world: FaultWorld): Promise<BlackHole> {
  const path = await startBlackHole(world.port);
  onTestFinished(async () => path.close());
  return path;
}

/** For how long a process is stopped is what these tests are about: nothing else could be awaited. */
async function sleep(process: LoggedProcess, ms: number): Promise<number> {
  process.signal('SIGSTOP');
  await delay(ms);
  process.signal('SIGCONT');
  return Date.now();
}

async function statusOf(world: FaultWorld, url: string): Promise<number> {
  try {
    const { statusCode, body } = await request(url, { dispatcher: world.agent });
    await body.dump();
    return statusCode;
  } catch {
    return 0;
  }
}

/** When the first request was answered, ms since the epoch. */
async function firstAnswer(world: FaultWorld, url: string): Promise<number> {
  while ((await statusOf(world, url)) !== 200) await delay(RETRY_MS);
  return Date.now();
}

// They mostly wait: all of them at once take as long as the longest.
describe.concurrent('what sleeps or vanishes', { timeout: TIMEOUT_MS }, () => {
  test('B65 a connector that slept for a minute works within 5 s of waking, forgotten by a router meanwhile', async (context) => {
    const world = await startWorld(context);
    const path = await startPath(context, world);
    const url = await world.publish('sleeper');
    const connector = await world.connect({ throughPort: path.port });
    path.swallow();
    const wokenAtMs = await sleep(connector, SLEEP_MS);
    const delayMs = (await firstAnswer(world, url)) - wokenAtMs;
    console.log(`connector slept 60 s and a router forgot it: answers ${delayMs} ms after waking`);
    expect(delayMs).toBeLessThan(5000);
  });

  test('B65 a service that slept for a minute is served by its connectors within 5 s of waking', async (context) => {
    const world = await startWorld(context);
    const url = await world.publish('napping');
    await world.connect();
    const wokenAtMs = await sleep(world.service, SLEEP_MS);
    const delayMs = (await firstAnswer(world, url)) - wokenAtMs;
    console.log(`service slept 60 s: answers ${delayMs} ms after waking`);
    expect(delayMs).toBeLessThan(5000);
  });

  test('B65 a connector that vanished without a word is found by both ends within 15 s, and readers lose nothing', async (context) => {
    const world = await startWorld(context);
    const path = await startPath(context, world);
    const url = await world.publish('vanished');
    const lost = await world.connect({ throughPort: path.port });
    await world.connect();
    const load: Load<number> = startLoad(16, async () => statusOf(world, `${url}bytes/1000`));
    await load.more(100);
    path.swallow();
    const lostAtMs = Date.now();
    // By its own clock, or by the connector's next tunnel, whichever is first.
    const isGone = ({ msg, atMs, tunnelIndex }: LogEvent, index: number): boolean =>
      tunnelIndex === index && atMs > lostAtMs && (msg === 'relay.disconnected' || msg === 'relay.connected');
    const isDead = ({ msg, code }: LogEvent): boolean => msg === 'tunnel.waiting' && code === 'TUNNEL_TIMEOUT';
    const found = await Promise.all([
      world.service.event((event) => isGone(event, 0)),
      world.service.event((event) => isGone(event, 1)),
      lost.event(isDead, 2),
    ]);
    const delaysMs = found.map(({ atMs }) => atMs - lostAtMs);
    // The path carries new connections again.
    const backMs = (await lost.event(isConnected, 4)).atMs - (found[2]?.atMs ?? 0);
    await load.more(100);
    const statuses = await load.stop();
    console.log(
      `black hole: service noticed after ${delaysMs[0]} and ${delaysMs[1]} ms, connector after ${delaysMs[2]} ms; back ${backMs} ms later`,
    );
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    for (const delayMs of delaysMs) expect(delayMs).toBeLessThan(15_000);
    expect(backMs).toBeLessThan(5000);
  });
});
