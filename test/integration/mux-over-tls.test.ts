import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { describeMuxCompliance } from '../compliance/mux-compliance.ts';
import type { PipeFaults } from '../helpers/faulty-pipe.ts';
import { echo, exchange, sha256 } from '../helpers/mux-exchange.ts';
import { sendOctets } from '../helpers/send-octets.ts';
import { makeTlsMuxPair, type TlsMuxPair } from '../helpers/tls-mux-pair.ts';

describeMuxCompliance(
  'a TLS WebSocket',
  async (accept, limits = {}) => {
    const pair = await makeTlsMuxPair({ accept, limits });
    return { ...pair, inject: (from, octets) => sendOctets(pair.transports[from], octets) };
  },
  { propertyRuns: 8 },
);

describe('mux over a TLS WebSocket on a bad network', () => {
  let pair: TlsMuxPair | null = null;
  const start = async (faults: PipeFaults = {}): Promise<TlsMuxPair> => {
    pair = await makeTlsMuxPair({ accept: echo }, faults);
    return pair;
  };
  afterEach(async () => {
    await pair?.close();
    pair = null;
  });

  test('octets that come in pieces of any size make the same frames', async () => {
    const running = await start({ pieceBytes: [1, 700, 33, 9000] });
    const chunks = [randomBytes(400_000)];
    expect((await exchange(running, chunks)).hash).toBe(sha256(chunks));
  });

  test('a connection that is cut ends every stream of both ends', async () => {
    const running = await start({ cutAfterBytes: 300_000 });
    await expect(exchange(running, [randomBytes(2_000_000)])).rejects.toThrow('TUNNEL_CLOSED');
    await expect.poll(() => running.events).toHaveLength(2);
    expect([running.opener.openStreams, running.acceptor.openStreams]).toEqual([0, 0]);
  });

  test.each(['target', 'client'] as const)('a connection closed towards the %s alone ends the tunnel', async (side) => {
    const running = await start();
    await exchange(running, [randomBytes(1000)]);
    running.network.halfClose(side);
    await expect.poll(() => running.events).toHaveLength(2);
    expect(running.events.toSorted()).toEqual(['acceptor:close TUNNEL_CLOSED', 'opener:close TUNNEL_CLOSED']);
  });

  test('a network that swallows octets leaves a PING unanswered', async () => {
    const running = await start();
    await exchange(running, [randomBytes(1000)]);
    running.network.stall();
    const swallowedFrom = running.network.bytes;
    running.opener.ping();
    await expect.poll(() => running.network.bytes).toBeGreaterThan(swallowedFrom);
    expect(running.opener.isPingOutstanding).toBe(true);
  });
});
