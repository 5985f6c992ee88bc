import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import type { LoggedProcess } from '../helpers/logged-process.ts';
import { type FaultWorld, startFaultWorld } from '../helpers/start-fault-world.ts';
import { makeLoads, type SoakLoad } from './loads.ts';
import { MemoryTrend } from './memory-trend.ts';
import { Tally } from './tally.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

/**
 * `npm run soak [-- --minutes N]`: a service and its connectors, each a process of its own, under every kind of load at
 * once, for ten minutes or as long as said. Connectors are stopped and killed all the while, and applications
 * published. Prints a line every 10 s. Fails on a wrong octet, on a request that should have been answered and was not,
 * on streams that are left at the end, on memory that grows, and where no answer of 2 GiB came whole in ten minutes.
 */
const REPORT_MS = 10_000;
const RESTART_MS = 15_000;
const PUBLISH_MS = 7000;
const LEFT_STREAMS_WITHIN_MS = 10_000;
/** How much the last third of a run may lie above the second. */
const MAX_GROWTH_MIB = 48;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not ${values.minutes}.`);

/** The users. They share this process with the backend, which may keep them waiting. */
const agent = new Agent({
  connect: { lookup: loopbackLookup, autoSelectFamily: false, timeout: 30_000 },
  connections: 512,
  bodyTimeout: 0,
});
const world = await startFaultWorld();
const failures: string[] = [];
try {
  failures.push(...(await soak(minutes * 60_000)));
} finally {
  await agent.destroy();
  await world.close();
}
for (const failure of failures) console.error(`FAILED ${failure}`);
console.log(failures.length === 0 ? 'The soak passed.' : `The soak failed: ${failures.length} faults.`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Runs all loads until the time is up. @returns what went wrong */
async function soak(durationMs: number): Promise<readonly string[]> {
  const url = await world.publish('soak');
  const ready = await world.service.event(({ msg }) => msg === 'service.ready');
  const steady = await world.connect();
  await answers(`${url}bytes/1`);

  const tally = new Tally();
  const trends = { service: new MemoryTrend(), connector: new MemoryTrend() };
  const stop = new AbortController();
  const users = makeLoads({ url, agent }).flatMap((load) =>
    Array.from({ length: load.users }, async () => use(load, tally, stop.signal)),
  );
  const changes = [replaceConnectors(world, stop.signal), publishMore(world, stop.signal)];
  const startedMs = performance.now();
  let reportedTotal = 0;
  while (performance.now() - startedMs < durationMs) {
    await delay(Math.min(REPORT_MS, durationMs));
    trends.service.add(world.service.residentMib);
    trends.connector.add(steady.residentMib);
    const perSecond = ((tally.total - reportedTotal) / REPORT_MS) * 1000;
    reportedTotal = tally.total;
    console.log(
      `${Math.round((performance.now() - startedMs) / 1000)} s  ${perSecond.toFixed(0)} /s  ` +
        `service ${world.service.residentMib.toFixed(0)} MiB, connector ${steady.residentMib.toFixed(0)} MiB  ${tally.summary()}`,
    );
  }
  stop.abort();
  await Promise.all([...users, ...changes]);

  const found = [...tally.failures];
  if (minutes >= 10 && tally.doneOf('long download') === 0) found.push('no long download came whole');
  const left = await streamsLeft(String(ready['operationsUrl']));
  if (left > 0) found.push(`${left} streams were left when all load had ended`);
  for (const [name, trend] of Object.entries(trends)) {
    console.log(`${name}: ${trend.growthMib.toFixed(1)} MiB above the second third of the run`);
    if (trend.growthMib > MAX_GROWTH_MIB) found.push(`the ${name} grew by ${trend.growthMib.toFixed(1)} MiB`);
  }
  return found;
}

/** Acts as one user until the signal. */
async function use(load: SoakLoad, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      tally.add(load.kind, await load.run(signal));
    } catch (error) {
      tally.add(load.kind, { wrong: error instanceof Error ? `${error.name} ${error.message}` : String(error) });
    }
  }
}

/** Beside the steady connector there is always another, which is stopped and killed by turns once its successor stands. */
async function replaceConnectors(among: FaultWorld, signal: AbortSignal): Promise<void> {
  let current: LoggedProcess = await among.connect();
  for (let turn = 0; await pause(RESTART_MS, signal); turn += 1) {
    const next = await among.connect();
    if (turn % 2 === 0) {
      current.signal('SIGTERM');
      await current.exit();
    } else await current.kill();
    current = next;
  }
}

/** Each application published is a new configuration for every connector. */
async function publishMore(among: FaultWorld, signal: AbortSignal): Promise<void> {
  for (let index = 0; await pause(PUBLISH_MS, signal); index += 1) await among.publish(`more-${index}`);
}

/** @returns false when the signal came first */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Waits until the connectors have heard of the application. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const { statusCode, body } = await request(url, { dispatcher: agent });
    await body.dump();
    if (statusCode === 200) return;
    await delay(50);
  }
}

/** Streams under way, as the service's metrics have it, once they had time to end. */
async function streamsLeft(operationsUrl: string): Promise<number> {
  const deadlineMs = performance.now() + LEFT_STREAMS_WITHIN_MS;
  for (;;) {
    const metrics = await (await fetch(`${operationsUrl}/metrics`)).text();
    const left = Number(/^postern_open_streams (\d+)/m.exec(metrics)?.[1]);
    if (left === 0 || performance.now() > deadlineMs) return left;
    await delay(200);
  }
}
