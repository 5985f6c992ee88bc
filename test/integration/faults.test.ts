import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { request } from 'undici';
import { startLoad } from '../helpers/load.ts';
import { type FaultWorld, isConnected, startFaultWorld } from '../helpers/start-fault-world.ts';
import { quantile } from '../helpers/quantile.ts';

const BODY_BYTES = 2000;
const ACTIVITY_ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

// Each test starts three processes or more, on a machine that runs other tests too.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: FaultWorld;
let url: string;

beforeEach(async () => {
  world = await startFaultWorld();
  url = await world.publish('shop');
});

afterEach(async () => {
  await world.close();
});

/** What came of a request; status 0 where no answer came. */
interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly activityId: string;
}

async function send(method: 'GET' | 'POST', path: string, body: string | null = null): Promise<Outcome> {
  try {
    const answer = await request(url + path, { dispatcher: world.agent, method, body });
    const bytes = (await answer.body.arrayBuffer()).byteLength;
    return { status: answer.statusCode, bytes, activityId: String(answer.headers['x-postern-activity-id']) };
  } catch (error) {
    return { status: 0, bytes: 0, activityId: String(error) };
  }
}

const get = async (): Promise<Outcome> => send('GET', `bytes/${BODY_BYTES}`);
const post = async (): Promise<Outcome> => send('POST', 'hash', 'a body');
const isWhole = ({ status, bytes }: Outcome): boolean => status === 200 && bytes === BODY_BYTES;
const isAnswered = ({ status }: Outcome): boolean => status === 200;

test('B64 a connector that is killed under load costs no reader an answer, whatever its number of tunnels', async () => {
  const victim = await world.connect({ tunnels: 4 });
  await world.connect();
  const reading = startLoad(32, get);
  const writing = startLoad(8, post);
  await reading.more(500);
  await victim.kill();
  await reading.more(500);
  const [reads, writes] = await Promise.all([reading.stop(), writing.stop()]);
  expect(reads.filter((each) => !isWhole(each))).toEqual([]);
  const failedWrites = writes.filter((each) => !isAnswered(each));
  expect(failedWrites.filter(({ status, activityId }) => status !== 502 || !ACTIVITY_ID.test(activityId))).toEqual([]);
  console.log(
    `killed: ${reads.length} reads, 0 failed; ${writes.length} writes, ${failedWrites.length} failed with 502`,
  );
});

test('B64 what a killed connector had taken fails with 502 and an activity id, what it had not goes to the other', async () => {
  const victim = await world.connect();
  await world.connect();
  const taken = Array.from({ length: 8 }, () => send('POST', 'silent', 'a body'));
  // What the connector of the test before had sent as it was killed may come late.
  const silent = (): number => world.origin.requests.filter((each) => each.url === '/silent').length;
  await expect.poll(silent).toBe(8);
  victim.signal('SIGSTOP');
  const untaken = Array.from({ length: 16 }, post);
  await Promise.race(untaken);
  await victim.kill();
  expect((await Promise.all(untaken)).filter((each) => !isAnswered(each))).toEqual([]);
  const failure = await Promise.race(taken);
  expect(failure.status).toBe(502);
  expect(failure.activityId).toMatch(ACTIVITY_ID);
});

test('B65 both connectors are back within 5 s of a killed service that starts again', async () => {
  const connectors = [await world.connect(), await world.connect()];
  world.service.signal('SIGKILL');
  const { atMs } = await world.restartService();
  const back = await Promise.all(connectors.map(async (connector) => connector.event(isConnected, 3)));
  const delaysMs = back.map((event) => event.atMs - atMs);
  console.log(`service restarted: connectors back after ${delaysMs.join(' and ')} ms`);
  for (const delayMs of delaysMs) expect(delayMs).toBeLessThan(5000);
  expect(await get()).toMatchObject({ status: 200, bytes: BODY_BYTES });
});

test('B66 a connector that is stopped under load costs nobody an answer', async () => {
  const leaving = await world.connect({ tunnels: 4 });
  await world.connect();
  const reading = startLoad(24, get);
  const writing = startLoad(8, post);
  await reading.more(300);
  const startedAtMs = performance.now();
  leaving.signal('SIGTERM');
  expect(await leaving.exit()).toBe(0);
  const tookMs = performance.now() - startedAtMs;
  await reading.more(300);
  const [reads, writes] = await Promise.all([reading.stop(), writing.stop()]);
  expect(reads.filter((each) => !isWhole(each))).toEqual([]);
  expect(writes.filter((each) => !isAnswered(each))).toEqual([]);
  console.log(
    `connector stopped under load: ${reads.length + writes.length} requests, 0 failed, ${tookMs.toFixed(0)} ms`,
  );
});

test('B66 a service that is stopped under load finishes what it has begun and refuses the rest at the door', async () => {
  await world.connect();
  let isStopping = false;
  const outcomes: string[] = [];
  /** A connection for each request: one that is kept may always be closed while the next request is on its way. */
  const sendOnce = async (path: string): Promise<string> => {
    const { host, port } = new URL(url);
    const outgoing = httpRequest({ host: '127.0.0.1', port, path: `/${path}`, headers: { host }, agent: false }).end();
    const arrived = world.origin.requests.length;
    try {
      const [incoming] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
      let bytes = 0;
      for await (const chunk of incoming as AsyncIterable<Buffer>) bytes += chunk.length;
      return incoming.statusCode === 200 && bytes > 0 ? 'answered' : `${incoming.statusCode}, ${bytes} bytes`;
    } catch (error) {
      const isSeen = world.origin.requests.slice(arrived).some((each) => each.url === `/${path}`);
      return isStopping && !isSeen ? 'refused' : `failed: ${String(error)}`;
    }
  };
  const slow = Array.from({ length: 4 }, (_, index) => sendOnce(`late/1000?slow=${index}`));
  let next = 0;
  const load = startLoad(16, async () => {
    next += 1;
    const outcome = await sendOnce(`bytes/${BODY_BYTES}?n=${next}`);
    outcomes.push(outcome);
    return outcome;
  });
  await load.more(200);
  isStopping = true;
  world.service.signal('SIGTERM');
  expect(await world.service.exit()).toBe(0);
  await load.stop();
  expect([...new Set([...outcomes, ...(await Promise.all(slow))])].toSorted()).toEqual(['answered', 'refused']);
  const answered = outcomes.filter((each) => each === 'answered').length;
  console.log(`service stopped under load: ${answered} answered, 0 failed, the rest refused`);
});

test('a drain ends with its last stream, not with the next tick of a clock', async () => {
  const leaving = await world.connect();
  // Answered before its body has ended: of this end only the stream itself tells.
  const body = new Readable({ read: () => undefined });
  body.push('the beginning');
  const answered = request(`${url}late/1000`, { dispatcher: world.agent, method: 'POST', body });
  await expect.poll(() => world.origin.requests.length).toBe(1);
  leaving.signal('SIGTERM');
  await (await answered).body.dump();
  const endedAtMs = performance.now();
  expect(await leaving.exit()).toBe(0);
  const delayMs = performance.now() - endedAtMs;
  body.destroy();
  console.log(`connector ended ${delayMs.toFixed(0)} ms after its last answer`);
  expect(delayMs).toBeLessThan(300);
});

test('a user who goes away resets the request at the backend within 100 ms', async () => {
  await world.connect();
  const delaysMs: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const path = `silent/${index}`;
    const abort = new AbortController();
    const gone = request(url + path, { dispatcher: world.agent, signal: abort.signal }).catch(() => null);
    await expect.poll(() => world.origin.requests.at(-1)?.url, { interval: 2 }).toBe(`/${path}`);
    const startedAtMs = performance.now();
    abort.abort();
    await world.origin.aborted(`/${path}`);
    delaysMs.push(performance.now() - startedAtMs);
    await gone;
  }
  const [median, max] = [quantile(delaysMs, 0.5), Math.max(...delaysMs)];
  console.log(`client gone, backend reset: median ${median.toFixed(1)} ms, max ${max.toFixed(1)} ms`);
  // Two cores that run other tests too may hold up a single one.
  expect(quantile(delaysMs, 0.9)).toBeLessThan(100);
});

test('B52 server-sent events arrive within 50 ms of being written', async () => {
  await world.connect();
  const { body } = await request(`${url}ticks/50`, { dispatcher: world.agent });
  const delaysMs: number[] = [];
  let text = '';
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const nowMs = performance.now();
    text += chunk.toString();
    for (const [event, writtenAtMs] of text.matchAll(/data: (\S+)\n\n/g)) {
      delaysMs.push(nowMs - Number(writtenAtMs));
      text = text.slice(event.length);
    }
  }
  expect(delaysMs).toHaveLength(50);
  const [median, max] = [quantile(delaysMs, 0.5), Math.max(...delaysMs)];
  console.log(`server-sent events: median ${median.toFixed(1)} ms, max ${max.toFixed(1)} ms of 50`);
  // Two cores that run other tests too may hold up a single one.
  expect(quantile(delaysMs, 0.9)).toBeLessThan(50);
});
