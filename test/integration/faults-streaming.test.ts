import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { request } from 'undici';
import WebSocket from 'ws';
import { watchHeap } from '../../bench/watch-heap.ts';
import { startLoad } from '../helpers/load.ts';
import type { LoggedProcess } from '../helpers/logged-process.ts';
import { quantile } from '../helpers/quantile.ts';
import { originChunk } from '../helpers/start-origin.ts';
import { type FaultWorld, startFaultWorld } from '../helpers/start-fault-world.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

const GIB = 1_073_741_824;
const MIB = 1_048_576;
const SLOW_BYTES_PER_SECOND = 1_000_000;
const OTHERS = 50;
/** Between two requests of one of the others. */
const PAUSE_MS = 100;
const WARM_UP_REQUESTS = 6000;
const BEFORE_MS = 8000;
const SLOW_MS = 20_000;
const MANY_SLOW_MS = 8000;
const SAMPLE_MS = 250;
const MAX_GROWTH_MIB = 64;
/** For each of many slow readers at the service: its windows, in the tunnel and towards the user. */
const MAX_GROWTH_EACH_MIB = 4;
/** Of what the same upload reaches without Postern. */
const MIN_UPLOAD_SHARE = 0.1;
const FIRST_WEB_SOCKETS = 100;
const MORE_WEB_SOCKETS = 800;
/** At one end, after a collection: 3.5 to 4.5 KiB, caches and compiled code of the meantime included. */
const MAX_WEB_SOCKET_BYTES = 6144;

let world: FaultWorld;
let connector: LoggedProcess;
let url: string;

beforeAll(async () => {
  world = await startFaultWorld();
  url = await world.publish('media');
  connector = await world.connect();
}, 60_000);

afterAll(async () => {
  await world.close();
});

/** Reads a download of 2 GiB at 1 MB/s for `forMs`, then goes away. @returns the octets that it read */
async function readSlowly(forMs: number): Promise<number> {
  const { body } = await request(`${url}bytes/${2 * GIB}`, { dispatcher: world.agent });
  const startedAtMs = performance.now();
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    const elapsedMs = performance.now() - startedAtMs;
    if (elapsedMs >= forMs) break;
    // The pace of the reader.
    await delay(Math.max(0, (bytes / SLOW_BYTES_PER_SECOND) * 1000 - elapsedMs));
  }
  return bytes;
}

/** The most that service and connector hold while `work` runs, MiB. */
async function peakOf(work: Promise<unknown>): Promise<{ service: number; connector: number }> {
  const peak = { service: 0, connector: 0 };
  const ended = new AbortController();
  const done = work.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    peak.service = Math.max(peak.service, world.service.residentMib);
    peak.connector = Math.max(peak.connector, connector.residentMib);
    await Promise.race([done, delay(SAMPLE_MS)]);
  }
  await done;
  return peak;
}

test('slow readers of large downloads cost little memory and nobody else time', { timeout: 150_000 }, async () => {
  const load = startLoad(OTHERS, async () => {
    const startedAtMs = performance.now();
    const { statusCode, body } = await request(`${url}bytes/1024`, { dispatcher: world.agent });
    await body.dump();
    const tookMs = performance.now() - startedAtMs;
    await delay(PAUSE_MS);
    return { statusCode, tookMs };
  });
  /** How long the others' requests took while `work` ran. */
  const during = async <Result>(work: Promise<Result>): Promise<{ result: Result; times: number[] }> => {
    const from = load.outcomes.length;
    const result = await work;
    return { result, times: load.outcomes.slice(from).map(({ tookMs }) => tookMs) };
  };
  await load.more(WARM_UP_REQUESTS);
  const before = await during(peakOf(delay(BEFORE_MS)));
  const one = await during(peakOf(readSlowly(SLOW_MS)));
  const many = await during(peakOf(Promise.all(Array.from({ length: 50 }, () => readSlowly(MANY_SLOW_MS)))));
  const outcomes = await load.stop();
  for (const [name, { result, times }] of Object.entries({ before, one, many })) {
    const growth = `service +${(result.service - before.result.service).toFixed(0)}, connector +${(result.connector - before.result.connector).toFixed(0)} MiB`;
    const latency = `others p50 ${quantile(times, 0.5).toFixed(1)}, p99 ${quantile(times, 0.99).toFixed(1)} ms`;
    console.log(
      `slow readers, ${name}: ${growth} (from ${before.result.service.toFixed(0)} and ${before.result.connector.toFixed(0)}); ${latency} of ${times.length}`,
    );
  }
  expect(outcomes.filter(({ statusCode }) => statusCode !== 200)).toEqual([]);
  expect(one.result.service - before.result.service).toBeLessThan(MAX_GROWTH_MIB);
  expect(one.result.connector - before.result.connector).toBeLessThan(MAX_GROWTH_MIB);
  expect(many.result.service - before.result.service).toBeLessThan(50 * MAX_GROWTH_EACH_MIB);
  expect(quantile(one.times, 0.5)).toBeLessThan(quantile(before.times, 0.5) * 2 + 5);
  expect(quantile(one.times, 0.99)).toBeLessThan(quantile(before.times, 0.99) * 3 + 50);
});

/** Opens WebSockets of a browser that say a word each, hear it back, and nothing more. */
async function openQuietWebSockets(count: number): Promise<WebSocket[]> {
  const opened: WebSocket[] = [];
  const openShare = async (): Promise<void> => {
    while (opened.length < count) {
      const webSocket = new WebSocket(`${url.replace('http:', 'ws:')}ws`, {
        perMessageDeflate: false,
        headers: { 'User-Agent': 'a browser '.repeat(12), Cookie: `kept=${'c'.repeat(1500)}`, 'Accept-Language': 'de' },
        lookup: loopbackLookup,
      });
      opened.push(webSocket);
      await once(webSocket, 'open');
      const heard = once(webSocket, 'message');
      webSocket.send('a word');
      await heard;
    }
  };
  await Promise.all(Array.from({ length: 20 }, openShare));
  return opened;
}

test('B53 an idle WebSocket keeps little memory at either end', { timeout: 60_000 }, async () => {
  const heaps = await Promise.all(
    [world.service, connector].map(async (watched) => watchHeap(await watched.inspectorUrl())),
  );
  const kept = async (): Promise<number[]> => Promise.all(heaps.map(async (heap) => heap.keptBytes()));
  const first = await openQuietWebSockets(FIRST_WEB_SOCKETS);
  const before = await kept();
  const more = await openQuietWebSockets(MORE_WEB_SOCKETS);
  const after = await kept();
  for (const webSocket of [...first, ...more]) webSocket.terminate();
  for (const heap of heaps) heap.close();
  const [service = 0, fromConnector = 0] = after.map((bytes, at) => (bytes - (before[at] ?? 0)) / MORE_WEB_SOCKETS);
  console.log(`an idle WebSocket: service ${service.toFixed(0)}, connector ${fromConnector.toFixed(0)} octets`);
  expect(service).toBeLessThan(MAX_WEB_SOCKET_BYTES);
  expect(fromConnector).toBeLessThan(MAX_WEB_SOCKET_BYTES);
});

test('an upload of 1 GiB arrives whole, and at full speed', { timeout: 150_000 }, async () => {
  const chunk = originChunk(MIB);
  const hash = createHash('sha256');
  for (let index = 0; index < GIB / MIB; index += 1) hash.update(chunk);
  const expected = hash.digest('hex');
  /** Octets a second. */
  const upload = async (to: string): Promise<number> => {
    const startedAtMs = performance.now();
    const body = Readable.from(Array.from({ length: GIB / MIB }, () => chunk));
    const answer = await request(`${to}hash`, { dispatcher: world.agent, method: 'POST', body });
    expect(await answer.body.json()).toMatchObject({ bytes: GIB, sha256: expected });
    return GIB / ((performance.now() - startedAtMs) / 1000);
  };
  const direct = await upload(`${world.origin.url}/`);
  const through = await upload(url);
  console.log(`upload of 1 GiB: ${(through / 1e6).toFixed(0)} MB/s, directly ${(direct / 1e6).toFixed(0)}`);
  expect(through).toBeGreaterThan(direct * MIN_UPLOAD_SHARE);
});
