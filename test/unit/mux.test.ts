import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Keepalive } from '../../src-shared/mux/keepalive.ts';
import { FRAME_FLAGS, FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { describeMuxCompliance, type MakeCompliancePair } from '../compliance/mux-compliance.ts';
import type { PipeFaults } from '../helpers/faulty-pipe.ts';
import { joinFrames, makeFrame } from '../helpers/make-frame.ts';
import { echo, exchange, flood, HEAD, sha256 } from '../helpers/mux-exchange.ts';
import { handlerWith, makeMuxPair, type MuxPair, settle } from '../helpers/mux-pair.ts';
import { sendOctets } from '../helpers/send-octets.ts';

const overPipe =
  (faults: PipeFaults): MakeCompliancePair =>
  async (accept, limits = {}) => {
    const pair = makeMuxPair(accept, faults, { limits });
    const pipes = { opener: pair.openerPipe, acceptor: pair.acceptorPipe };
    return {
      ...pair,
      inject: (from, octets) => sendOctets(pipes[from], octets),
      close: async () => {
        pipes.opener.isClosed = true;
        pipes.acceptor.isClosed = true;
      },
    };
  };

describeMuxCompliance('a pipe', overPipe({}));
describeMuxCompliance('a pipe that cuts octets anywhere', overPipe({ pieceBytes: [1, 9, 4000, 70_000] }), {
  propertyRuns: 15,
});

describe('the window of a stream', () => {
  /** A download that never ends, and a reader who takes what it is told to; half a window at a time is given back at once. */
  async function startDownload() {
    let nowMs = 0;
    let unread = 0;
    const pair = makeMuxPair(
      flood(() => undefined),
      {},
      { now: () => nowMs },
    );
    const stream = pair.opener.open(HEAD, true, () => handlerWith({ onData: (chunk) => (unread += chunk.length) }));
    return {
      /** Octets that came and wait: the window, once all of it was sent. */
      untilFull: async () => {
        for (let before = -1; before !== unread; await settle()) before = unread;
        return unread;
      },
      read: (bytes: number, passedMs: number) => {
        nowMs += passedMs;
        unread -= bytes;
        stream.consumed(bytes);
      },
    };
  }

  test('grows with a fast reader and shrinks again with a slow one', async () => {
    const download = await startDownload();
    expect(await download.untilFull()).toBe(262_144);
    for (let halves = 0; halves < 12; halves += 1) download.read((await download.untilFull()) / 2, 1);
    expect(await download.untilFull()).toBe(4_194_304);
    for (let halves = 0; halves < 12; halves += 1) download.read((await download.untilFull()) / 2, 1000);
    expect(await download.untilFull()).toBe(262_144);
  });

  test('grows beyond 1 MiB only while it holds its sender up, however uneven the pieces', async () => {
    const download = await startDownload();
    // No PING was answered yet, so the round trip counts as 20 ms. Half a window in 18 ms is more than the way holds.
    for (let halves = 0; halves < 12; halves += 1) download.read((await download.untilFull()) / 2, 18);
    expect(await download.untilFull()).toBe(1_048_576);
    for (let bursts = 0; bursts < 4; bursts += 1) {
      download.read((await download.untilFull()) / 2, 20);
      download.read((await download.untilFull()) / 2, 0);
    }
    expect(await download.untilFull()).toBe(4_194_304);
  });

  test('shrinks after a burst though half of it is never read, and leaves its growth to others', async () => {
    const download = await startDownload();
    for (let halves = 0; halves < 12; halves += 1) download.read((await download.untilFull()) / 2, 1);
    expect(await download.untilFull()).toBe(4_194_304);
    for (let messages = 0; messages < 250; messages += 1) download.read(16_384, 1000);
    // Less what was read and is not yet given back.
    const windowBytes = await download.untilFull();
    expect(windowBytes > 131_072 && windowBytes <= 262_144).toBe(true);
  });

  test('grows for who comes after many that have grown and stay', async () => {
    let nowMs = 0;
    const pair = makeMuxPair(
      flood(() => undefined),
      {},
      { now: () => nowMs },
    );
    /** The window of a stream that was read fast for a while, and is not read any more. */
    const grow = async (): Promise<number> => {
      let unread = 0;
      const stream = pair.opener.open(HEAD, true, () => handlerWith({ onData: (chunk) => (unread += chunk.length) }));
      for (let halves = 0; halves < 12; halves += 1) {
        for (let before = -1; before !== unread; await settle()) before = unread;
        nowMs += 1;
        const half = unread / 2;
        unread -= half;
        stream.consumed(half);
      }
      for (let before = -1; before !== unread; await settle()) before = unread;
      return unread;
    };
    const windows: number[] = [];
    for (let count = 0; count < 12; count += 1) windows.push(await grow());
    expect(windows[0]).toBe(4_194_304);
    expect(windows[11]).toBeGreaterThan(262_144);
    expect(windows.reduce((sum, window) => sum + window - 262_144, 0)).toBeLessThanOrEqual(33_554_432);
  });

  test('follows a way that has become longer', async () => {
    let nowMs = 0;
    const pair = makeMuxPair(() => handlerWith({}), {}, { now: () => nowMs });
    const measure = async (roundTripMs: number): Promise<number> => {
      pair.opener.ping();
      nowMs += roundTripMs;
      await settle();
      expect(pair.opener.isPingOutstanding).toBe(false);
      return pair.opener.roundTripMs;
    };
    expect(await measure(5)).toBe(5);
    expect(await measure(100)).toBe(5);
    for (let count = 0; count < 9; count += 1) await measure(100);
    expect(pair.opener.roundTripMs).toBe(100);
    expect(await measure(50)).toBe(50);
  });
});

describe('mux over a pipe with faults', () => {
  test('a peer that does not read is cut off before memory runs away', async () => {
    const pair = makeMuxPair(echo, {}, { limits: { sendLimitBytes: 1_000_000 } });
    pair.acceptorPipe.isStalled = true;
    const ping = makeFrame(FRAME_TYPES.PING, 0, 8);
    for (let count = 0; count < 60_000; count += 1) pair.acceptor.receive(ping);
    await settle();
    expect(pair.events).toEqual(['acceptor:close TUNNEL_TIMEOUT']);
  });

  test('any chunking of the connection and of the body gives the same bytes', async () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 5 });
    const sizes = fc.array(fc.integer({ min: 0, max: 150_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, sizes, async (pieceBytes, chunkSizes) => {
        const pair = makeMuxPair(echo, { pieceBytes });
        const chunks = chunkSizes.map((size) => randomBytes(size));
        expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
      }),
      { numRuns: 40 },
    );
  });

  test('a connection cut after any number of octets ends every stream of both ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 150_000 }), async (cutAfterBytes) => {
        const pair = makeMuxPair(echo, { cutAfterBytes });
        await expect(exchange(pair, [randomBytes(200_000)])).rejects.toThrow('TUNNEL_CLOSED');
        await settle();
        expect([pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([0, 0]);
        expect(pair.events.toSorted()).toEqual(['acceptor:close TUNNEL_CLOSED', 'opener:close TUNNEL_CLOSED']);
      }),
      { numRuns: 40 },
    );
  });

  test('an acceptor that has its fill refuses the next stream and keeps the others', () => {
    const pair = makeMuxPair(() => handlerWith({}), {}, { limits: { maxStreams: 2 } });
    for (const id of [1, 2, 3]) pair.acceptor.receive(makeFrame(FRAME_TYPES.HEAD, id, HEAD));
    expect([pair.acceptor.openStreams, pair.acceptor.isClosed]).toEqual([2, false]);
  });

  test('a control message in a million pieces of nothing costs no memory for each', () => {
    const pair = makeMuxPair(() => handlerWith({}));
    const nothing = makeFrame(FRAME_TYPES.CONFIG, 0, 0, { flags: FRAME_FLAGS.MORE });
    const pieces = joinFrames(...Array.from({ length: 1000 }, () => nothing));
    const beforeBytes = process.memoryUsage().heapUsed;
    for (let count = 0; count < 2000; count += 1) pair.acceptor.receive(pieces);
    expect(pair.acceptor.isClosed).toBe(false);
    expect(process.memoryUsage().heapUsed - beforeBytes).toBeLessThan(100 * 1_048_576);
    pair.acceptor.receive(makeFrame(FRAME_TYPES.CONFIG, 0, 5));
    expect(pair.events).toEqual([`acceptor:control ${FRAME_TYPES.CONFIG}`]);
  });

  test('a sender on a stalled connection holds no more than its high water', async () => {
    const pair = makeMuxPair(echo);
    pair.openerPipe.isStalled = true;
    pair.opener.begin({ streamWindowBytes: 0x7fff_ffff, tunnelWindowBytes: 0x7fff_ffff });
    const stream = pair.opener.open(HEAD, false, () => handlerWith({}));
    const chunk = new Uint8Array(65_536);
    let writtenBytes = 0;
    do writtenBytes += chunk.length;
    while (stream.write(chunk));
    await settle();
    expect(writtenBytes).toBeLessThanOrEqual(1_048_576 + 2 * 65_536);
    expect(pair.openerPipe.bufferedBytes).toBeLessThanOrEqual(1_048_576 + 2 * 65_536);
  });
});

describe('keepalive', () => {
  const TIMES = { pingIntervalMs: 10_000, deadAfterMs: 15_000, tickMs: 1000 };

  /** Ticks both a watcher of the acceptor and `each` once a second; the second at which the watcher gave up, or null. */
  function watch(pair: MuxPair, clock: { nowMs: number }, seconds: number, each: (second: number) => void) {
    const keepalive = new Keepalive(pair.acceptor, TIMES);
    for (let second = 1; second <= seconds; second += 1) {
      clock.nowMs += 1000;
      each(second);
      if (!keepalive.tick()) return second;
    }
    return null;
  }

  function makeClockedPair() {
    const clock = { nowMs: 1_000_000 };
    return { clock, pair: makeMuxPair(() => handlerWith({}), {}, { now: () => clock.nowMs }) };
  }

  test('B65 a silent peer is given up after 15 s', () => {
    const { clock, pair } = makeClockedPair();
    expect(watch(pair, clock, 60, () => undefined)).toBe(15);
  });

  test('a frame that drips in is life, but not for more than 60 s', () => {
    const { clock, pair } = makeClockedPair();
    clock.nowMs += 9000;
    const dripping = makeFrame(FRAME_TYPES.CONFIG, 0, 131_072);
    const givenUp = watch(pair, clock, 100, (second) => pair.acceptor.receive(dripping.subarray(second - 1, second)));
    expect(givenUp).toBe(61);
    expect(pair.events).toEqual(['acceptor:close TUNNEL_TIMEOUT']);
  });

  test('so is a control message of many frames', () => {
    const { clock, pair } = makeClockedPair();
    const part = makeFrame(FRAME_TYPES.CONFIG, 0, 10, { flags: FRAME_FLAGS.MORE });
    expect(watch(pair, clock, 100, () => pair.acceptor.receive(part))).toBe(61);
  });

  test('frames that never end where pieces do are no drip', () => {
    const { clock, pair } = makeClockedPair();
    const frame = makeFrame(FRAME_TYPES.PING, 0, 8);
    pair.acceptor.receive(frame.subarray(0, 5));
    const rest = new Uint8Array([...frame.subarray(5), ...frame.subarray(0, 5)]);
    expect(watch(pair, clock, 200, () => pair.acceptor.receive(rest))).toBe(null);
  });

  test('a side that stood still begins to count anew', () => {
    const { clock, pair } = makeClockedPair();
    const keepalive = new Keepalive(pair.acceptor, TIMES);
    clock.nowMs += 600_000;
    expect(keepalive.tick()).toBe(true);
  });
});
