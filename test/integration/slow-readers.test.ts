import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RelayHarness, startRelayHarness } from '../helpers/relay-harness.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

const MIB = 1_048_576;
const STALL_MS = 1500;
/** Of a download, a thousand times what sockets keep. */
const MUCH = 4096 * MIB;

let origin: Origin;
let harness: RelayHarness;
const clients: Socket[] = [];

beforeAll(async () => {
  origin = await startOrigin();
  harness = await startRelayHarness(origin.url, {
    times: { userStallMs: STALL_MS, crowdedStallMs: STALL_MS, userStallLookMs: 50 },
  });
  await harness.startConnector();
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await harness.close();
  await origin.close();
});

async function ask(lines: string): Promise<Socket> {
  const { hostname, port } = new URL(harness.url);
  const client = connect({ host: hostname, port: Number(port) });
  clients.push(client);
  client.on('error', () => undefined);
  client.pause();
  await once(client, 'connect');
  client.write(lines);
  return client;
}

const GET_MUCH = `GET /bytes/${MUCH} HTTP/1.1\r\nHost: a\r\n\r\n`;
const streams = (): number => harness.relay.liveConnectors()[0]?.openStreams ?? -1;

describe('B51 a user who takes nothing of an answer', () => {
  test('is ended after a while, and frees the stream; one who takes a little now and then is not', async () => {
    const slow = await ask(GET_MUCH);
    await expect.poll(streams, { timeout: 20_000 }).toBe(1);
    let takenBytes = 0;
    const taking = setInterval(() => {
      // More than sockets keep, so that the service sees it.
      for (let bytes = 0; bytes < 8 * MIB;) {
        const chunk = slow.read() as Buffer | null;
        if (chunk === null) break;
        bytes += chunk.length;
        takenBytes += chunk.length;
      }
    }, 20);
    slow.on('readable', () => undefined);
    const still = await ask(GET_MUCH);
    await expect.poll(streams, { timeout: 20_000 }).toBe(2);
    await expect.poll(streams, { timeout: 30_000 }).toBe(1);
    expect(slow.destroyed).toBe(false);
    const before = takenBytes;
    await expect.poll(() => takenBytes, { timeout: 20_000 }).toBeGreaterThan(before);
    clearInterval(taking);
    slow.destroy();
    // What came before the end is there to be read, and then the end.
    still.resume();
    await expect.poll(() => still.closed, { timeout: 20_000 }).toBe(true);
    await expect.poll(streams, { timeout: 20_000 }).toBe(0);
  });

  test('of a switched protocol either', async () => {
    const upgraded = await ask('GET /raw HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    await expect.poll(streams, { timeout: 20_000 }).toBe(1);
    upgraded.write(Buffer.alloc(64 * MIB));
    await expect.poll(streams, { timeout: 30_000 }).toBe(0);
    upgraded.resume();
    await expect.poll(() => upgraded.closed, { timeout: 20_000 }).toBe(true);
  });
});
