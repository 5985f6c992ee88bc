import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import { FRAME_FLAGS, FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { joinFrames, makeEndlessMessage, makeFrame } from '../helpers/make-frame.ts';
import { echo, exchange, flood, HEAD, sha256 } from '../helpers/mux-exchange.ts';
import { type Accept, type ConnectedMuxes, handlerWith, type Side } from '../helpers/mux-pair.ts';

/** A tunnel under test. */
export interface CompliancePair extends ConnectedMuxes {
  /** Sends octets from one side behind its mux's back, as a peer that misbehaves would. */
  inject(from: Side, octets: Uint8Array): void;
  close(): Promise<void>;
}

export type MakeCompliancePair = (accept: Accept, limits?: Partial<MuxLimits>) => Promise<CompliancePair>;

/** What to run less often where the transport is dear. */
export interface ComplianceEffort {
  readonly propertyRuns: number;
}

const { HEAD: HEAD_TYPE, DATA, END, RESET, WINDOW, TAKEN, CONFIG } = FRAME_TYPES;

/** A breach: what it is, who commits it, its octets, and the code that ends the tunnel. */
type Breach = readonly [what: string, from: Side, octets: Uint8Array, code: string];

const HEADLESS = makeFrame(HEAD_TYPE, 1, HEAD);
const HINT = makeFrame(HEAD_TYPE, 1, HEAD, { flags: FRAME_FLAGS.INFORMATIONAL });

/** Sent by a service to a connector on a tunnel that has carried no stream yet. */
const OPENER_BREACHES: readonly Breach[] = [
  ['an oversized frame', 'opener', makeFrame(DATA, 1, 0, { announcedBytes: 0xffff_ffff }), 'TUNNEL_FRAME_SIZE'],
  ['a frame one octet too large', 'opener', makeFrame(DATA, 1, 0, { announcedBytes: 131_073 }), 'TUNNEL_FRAME_SIZE'],
  ['data for an unknown stream', 'opener', makeFrame(DATA, 9, 1), 'TUNNEL_PROTOCOL'],
  ['an end for an unknown stream', 'opener', makeFrame(END, 9), 'TUNNEL_PROTOCOL'],
  ['a grant for an unknown stream', 'opener', makeFrame(WINDOW, 9, 4), 'TUNNEL_PROTOCOL'],
  ['a reset of an unknown stream', 'opener', makeFrame(RESET, 9, 4), 'TUNNEL_PROTOCOL'],
  ['a head on stream 0', 'opener', makeFrame(HEAD_TYPE, 0), 'TUNNEL_PROTOCOL'],
  ['a grant of the wrong size', 'opener', makeFrame(WINDOW, 0, 3), 'TUNNEL_PROTOCOL'],
  ['a grant above 2^31-1', 'opener', makeFrame(WINDOW, 0, octets(0xff, 0xff, 0xff, 0xff)), 'TUNNEL_PROTOCOL'],
  ['a control message without an end', 'opener', makeEndlessMessage(CONFIG), 'TUNNEL_PROTOCOL'],
  [
    'a control message within another',
    'opener',
    joinFrames(makeFrame(CONFIG, 0, 2, { flags: FRAME_FLAGS.MORE }), makeFrame(FRAME_TYPES.GOAWAY, 0, 2)),
    'TUNNEL_PROTOCOL',
  ],
  ['a stream opened twice', 'opener', joinFrames(HEADLESS, HEADLESS), 'TUNNEL_PROTOCOL'],
  [
    'a stream id that goes backwards',
    'opener',
    joinFrames(makeFrame(HEAD_TYPE, 7, HEAD), makeFrame(HEAD_TYPE, 3, HEAD)),
    'TUNNEL_PROTOCOL',
  ],
  ['TAKEN by the opener', 'opener', joinFrames(HEADLESS, makeFrame(TAKEN, 1, 4)), 'TUNNEL_PROTOCOL'],
  ['two ends', 'opener', joinFrames(HEADLESS, makeFrame(END, 1), makeFrame(END, 1)), 'TUNNEL_PROTOCOL'],
  ['data after the end', 'opener', joinFrames(HEADLESS, makeFrame(END, 1), makeFrame(DATA, 1, 1)), 'TUNNEL_PROTOCOL'],
  ['trailers that are no header block', 'opener', joinFrames(HEADLESS, makeFrame(END, 1, 9)), 'TUNNEL_PROTOCOL'],
  [
    'more than the credit of a stream',
    'opener',
    joinFrames(HEADLESS, makeFrame(DATA, 1, 65_536), makeFrame(DATA, 1, 1)),
    'TUNNEL_CREDIT',
  ],
];

/** Sent by a connector to a service that has just opened stream 1. */
const ACCEPTOR_BREACHES: readonly Breach[] = [
  ['a stream opened by the connector', 'acceptor', makeFrame(HEAD_TYPE, 2, HEAD), 'TUNNEL_PROTOCOL'],
  ['two final heads', 'acceptor', joinFrames(HEADLESS, HEADLESS), 'TUNNEL_PROTOCOL'],
  [
    'informational heads without end',
    'acceptor',
    joinFrames(...Array.from({ length: 17 }, () => HINT)),
    'TUNNEL_PROTOCOL',
  ],
  ['data before the head', 'acceptor', makeFrame(DATA, 1, 1), 'TUNNEL_PROTOCOL'],
  ['an end before the head', 'acceptor', makeFrame(END, 1), 'TUNNEL_PROTOCOL'],
  ['an end flag on DATA, then END', 'acceptor', endedTwice(), 'TUNNEL_PROTOCOL'],
  ['a head after the end', 'acceptor', joinFrames(HEADLESS, makeFrame(END, 1), HEADLESS), 'TUNNEL_PROTOCOL'],
  ['two TAKEN', 'acceptor', joinFrames(makeFrame(TAKEN, 1, 4), makeFrame(TAKEN, 1, 4)), 'TUNNEL_PROTOCOL'],
  [
    'more than the credit of a stream',
    'acceptor',
    joinFrames(HEADLESS, ...Array.from({ length: 5 }, () => makeFrame(DATA, 1, 65_536))),
    'TUNNEL_CREDIT',
  ],
];

/** What every mux keeps to, whatever carries it. */
export function describeMuxCompliance(
  name: string,
  makePair: MakeCompliancePair,
  effort: ComplianceEffort = { propertyRuns: 40 },
): void {
  const pairs: CompliancePair[] = [];
  const start = async (accept: Accept, limits?: Partial<MuxLimits>): Promise<CompliancePair> => {
    const pair = await makePair(accept, limits);
    pairs.push(pair);
    return pair;
  };
  afterEach(async () => {
    await Promise.all(pairs.splice(0).map(async (pair) => pair.close()));
  });

  describe(`mux over ${name}`, () => {
    test('echoes a body larger than every window, with trailers, and forgets the stream', async () => {
      const pair = await start(echo);
      const chunks = Array.from({ length: 200 }, () => randomBytes(61_441));
      const answer = await exchange(pair, chunks);
      expect(answer).toEqual({ hash: sha256(chunks), bytes: 200 * 61_441, trailers: ['X-Trailer', 'yes'] });
      expect([pair.opener.openStreams, pair.acceptor.openStreams, pair.events]).toEqual([0, 0, []]);
    });

    test('200 streams at once each get their own bytes back', async () => {
      const pair = await start(echo);
      const bodies = Array.from({ length: 200 }, () => [randomBytes(100_000), randomBytes(50_000)]);
      const answers = await Promise.all(bodies.map(async (chunks) => exchange(pair, chunks)));
      expect(answers.map((answer) => answer.hash)).toEqual(bodies.map(sha256));
    });

    test('any body in any chunks comes back as it was', async () => {
      const pair = await start(echo);
      const sizes = fc.array(fc.integer({ min: 0, max: 150_000 }), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(sizes, async (chunkSizes) => {
          const chunks = chunkSizes.map((size) => randomBytes(size));
          expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
        }),
        { numRuns: effort.propertyRuns },
      );
    });

    test('B51 a stream that nobody reads stops its source at its window and disturbs no other', async () => {
      let sentBytes = 0;
      const flooding = flood((bytes) => (sentBytes += bytes));
      let opened = 0;
      const pair = await start((stream, block) => {
        opened += 1;
        return (opened <= 50 ? flooding : echo)(stream, block);
      });
      for (let index = 0; index < 50; index += 1) pair.opener.open(HEAD, true, () => handlerWith({}));
      const chunks = [randomBytes(500_000)];
      expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
      expect(sentBytes).toBeLessThanOrEqual(50 * (pair.opener.receiveSettings.streamWindowBytes + 16_384));
    });

    test('credit is never overrun and never stuck, whatever the windows', async () => {
      const limits = fc.record({
        streamWindowBytes: fc.integer({ min: 1024, max: 300_000 }),
        rideAlongBytes: fc.integer({ min: 1024, max: 70_000 }),
        maxStreamWindowBytes: fc.integer({ min: 1024, max: 600_000 }),
        growthBudgetBytes: fc.integer({ min: 0, max: 600_000 }),
        tunnelWindowBytes: fc.integer({ min: 65_536, max: 300_000 }),
        sendHighWaterBytes: fc.integer({ min: 1, max: 300_000 }),
      });
      await fc.assert(
        fc.asyncProperty(limits, fc.integer({ min: 1, max: 4 }), async (chosen, streams) => {
          const pair = await start(echo, chosen);
          const bodies = Array.from({ length: streams }, () => [randomBytes(200_000)]);
          const answers = await Promise.all(bodies.map(async (chunks) => exchange(pair, chunks)));
          expect(answers.map((answer) => answer.hash)).toEqual(bodies.map(sha256));
          expect(pair.events).toEqual([]);
        }),
        { numRuns: effort.propertyRuns },
      );
    });

    test('a request body rides along up to 64 KiB and waits for TAKEN with the rest', async () => {
      let received = 0;
      let take: () => void = () => undefined;
      const pair = await start((stream) => {
        take = () => stream.taken();
        return handlerWith({ onData: (chunk) => (received += chunk.length) });
      });
      let isTaken = false;
      const stream = pair.opener.open(HEAD, false, () => handlerWith({ onTaken: () => (isTaken = true) }));
      expect(stream.write(new Uint8Array(100_000))).toBe(false);
      await roundTrip(pair);
      expect([received, isTaken]).toEqual([65_536, false]);
      take();
      await roundTrip(pair);
      await roundTrip(pair);
      expect([received, isTaken]).toEqual([100_000, true]);
    });

    test('either direction ends by itself: the answer may end first, or the request', async () => {
      const heard: string[] = [];
      const pair = await start((stream, block) => {
        stream.writeHead(block, { isInformational: false, endStream: true });
        return handlerWith({
          onData: (chunk) => heard.push(`acceptor ${chunk.length}`),
          onEnd: () => heard.push('acceptor end'),
        });
      });
      const stream = pair.opener.open(HEAD, false, () => handlerWith({ onEnd: () => heard.push('opener end') }));
      await expect.poll(() => heard).toEqual(['opener end']);
      expect(pair.opener.openStreams).toBe(1);
      stream.write(new Uint8Array(3));
      stream.end();
      await expect.poll(() => heard).toEqual(['opener end', 'acceptor 3', 'acceptor end']);
      expect([pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([0, 0]);
    });

    test('informational heads come before the final one', async () => {
      const heads: boolean[] = [];
      const pair = await start((stream, block) => {
        stream.writeHead(block, { isInformational: true, endStream: false });
        stream.writeHead(block, { isInformational: true, endStream: false });
        stream.writeHead(block, { isInformational: false, endStream: true });
        return handlerWith({});
      });
      pair.opener.open(HEAD, true, () => handlerWith({ onHead: (_, isInformational) => heads.push(isInformational) }));
      await expect.poll(() => heads).toEqual([true, true, false]);
    });

    test('reset on either side tells the other with its code and message', async () => {
      const told: string[] = [];
      const pair = await start((stream) => {
        if (told.length === 0) setImmediate(() => stream.reset('BACKEND_REFUSED', 'connect ECONNREFUSED 127.0.0.1:1'));
        return handlerWith({ onReset: (code, message) => told.push(`acceptor ${code} ${message}`) });
      });
      const onReset = (code: string, message: string): void => void told.push(`opener ${code} ${message}`);
      pair.opener.open(HEAD, true, () => handlerWith({ onReset }));
      await expect.poll(() => told).toEqual(['opener BACKEND_REFUSED connect ECONNREFUSED 127.0.0.1:1']);
      const second = pair.opener.open(HEAD, false, () => handlerWith({ onReset }));
      await roundTrip(pair);
      second.reset('STREAM_CANCELLED', 'gone');
      await expect.poll(() => told[1]).toBe('acceptor STREAM_CANCELLED gone');
      expect([pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([0, 0]);
    });

    test('a stream that its host refuses while it is being opened leaves nothing behind', async () => {
      const pair = await start((stream) => {
        stream.reset('APPLICATION_UNKNOWN', 'unknown');
        return handlerWith({});
      });
      const codes: string[] = [];
      pair.opener.open(HEAD, true, () => handlerWith({ onReset: (code) => codes.push(code) }));
      await expect.poll(() => codes).toEqual(['APPLICATION_UNKNOWN']);
      expect([pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([0, 0]);
    });

    test('a host that throws costs its own stream alone', async () => {
      let opened = 0;
      const pair = await start((stream, block) => {
        opened += 1;
        if (opened === 1) throw new Error('a bug');
        return echo(stream, block);
      });
      const codes: string[] = [];
      pair.opener.open(HEAD, true, () => handlerWith({ onReset: (code) => codes.push(code) }));
      const chunks = [randomBytes(1000)];
      expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
      expect(codes).toEqual(['STREAM_INTERNAL']);
      expect(pair.events).toEqual(['acceptor:error Error: a bug']);
    });

    test('a side that refuses new streams lets running ones finish', async () => {
      const begun = Promise.withResolvers<void>();
      const pair = await start((stream, block) => {
        begun.resolve();
        return echo(stream, block);
      });
      const running = exchange(pair, [randomBytes(300_000)]);
      await begun.promise;
      pair.acceptor.refuseStreams();
      await expect(exchange(pair, [])).rejects.toThrow('STREAM_REFUSED');
      expect((await running).bytes).toBe(300_000);
    });

    test('one stream too many is refused with STREAM_LIMIT, and costs nobody else anything', async () => {
      const pair = await start(echo, { maxStreams: 2 });
      pair.opener.open(HEAD, false, () => handlerWith({}));
      const running = exchange(pair, [randomBytes(10_000)]);
      expect(() => pair.opener.open(HEAD, true, () => handlerWith({}))).toThrow('as many requests at once');
      expect((await running).bytes).toBe(10_000);
    });

    test('close resets every stream of both sides once', async () => {
      const codes: string[] = [];
      const pair = await start(() => handlerWith({ onReset: (code) => codes.push(`acceptor ${code}`) }));
      pair.opener.open(HEAD, true, () => handlerWith({ onReset: (code) => codes.push(`opener ${code}`) }));
      await roundTrip(pair);
      pair.opener.close('TUNNEL_CLOSED', 'gone');
      pair.opener.close('TUNNEL_CLOSED', 'gone');
      await expect.poll(() => codes).toEqual(['opener TUNNEL_CLOSED', 'acceptor TUNNEL_CLOSED']);
      expect([pair.events, pair.opener.canOpen]).toEqual([
        ['opener:close TUNNEL_CLOSED', 'acceptor:close TUNNEL_CLOSED'],
        false,
      ]);
    });

    test('a ping measures the round trip', async () => {
      const pair = await start(echo);
      await roundTrip(pair);
      expect(pair.opener.measuredRoundTripMs).toBeGreaterThanOrEqual(0);
    });

    test('control messages of any size arrive whole', async () => {
      const pair = await start(echo);
      pair.opener.sendControl(CONFIG, { text: 'ä'.repeat(400_000) });
      await expect.poll(() => pair.events).toEqual([`acceptor:control ${CONFIG}`]);
    });

    test('unknown frame types and control types are ignored, so that newer ends work with older ones', async () => {
      const pair = await start(echo);
      pair.inject('opener', joinFrames(makeFrame(9, 0, 5), makeFrame(15, 3, 5), makeFrame(99, 0, 5)));
      const chunks = [randomBytes(10)];
      expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
      expect(pair.events).toEqual(['acceptor:control 99']);
    });

    test('an empty DATA frame is harmless', async () => {
      const pair = await start(echo);
      pair.inject('opener', joinFrames(HEADLESS, makeFrame(DATA, 1), makeFrame(DATA, 1, 3), makeFrame(END, 1)));
      await expect.poll(() => pair.acceptor.openStreams).toBe(0);
    });
  });

  describe(`a peer that misbehaves over ${name} costs itself its tunnel and nobody else anything`, () => {
    test.each(OPENER_BREACHES)('%s', async (_what, from, breach, code) => {
      const [pair, bystander] = await Promise.all([start(() => handlerWith({})), start(echo)]);
      const running = exchange(bystander, [randomBytes(100_000)]);
      pair.inject(from, breach);
      await expect.poll(() => pair.events).toContain(`acceptor:close ${code}`);
      await expect.poll(() => [pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([0, 0]);
      expect([(await running).bytes, bystander.events]).toEqual([100_000, []]);
    });

    test.each(ACCEPTOR_BREACHES)('%s, by the connector', async (_what, from, breach, code) => {
      const [pair, bystander] = await Promise.all([start(() => handlerWith({})), start(echo)]);
      const running = exchange(bystander, [randomBytes(100_000)]);
      const codes: string[] = [];
      pair.opener.open(HEAD, false, () => handlerWith({ onReset: (reason) => codes.push(reason) }));
      pair.inject(from, breach);
      await expect.poll(() => pair.events).toContain(`opener:close ${code}`);
      expect(codes).toEqual([code]);
      expect([(await running).bytes, bystander.events]).toEqual([100_000, []]);
    });

    test('more than the credit of the tunnel', async () => {
      const pair = await start(() => handlerWith({}), { tunnelWindowBytes: 65_536 });
      pair.inject('opener', joinFrames(HEADLESS, makeFrame(DATA, 1, 65_537)));
      await expect.poll(() => pair.events).toContain('acceptor:close TUNNEL_CREDIT');
    });

    test('garbage', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 200, maxLength: 4000 }), async (noise) => {
          const pair = await start(() => handlerWith({}));
          pair.inject('opener', noise);
          await roundTrip(pair, 50);
          // Whatever it was read as, nothing but a code of the protocol ended the tunnel, and no handler was at fault.
          for (const event of pair.events.filter((each) => each.startsWith('acceptor:')))
            expect(event).toMatch(/^acceptor:(control \d+|close (TUNNEL_(PROTOCOL|FRAME_SIZE|CREDIT|CLOSED)))$/);
          await pair.close();
          pairs.splice(pairs.indexOf(pair), 1);
        }),
        { numRuns: effort.propertyRuns },
      );
    });
  });
}

/** Waits until all that both sides had sent has arrived, and what it brought about; or until the tunnel ended. */
async function roundTrip({ opener, acceptor }: CompliancePair, waitMs = 1000): Promise<void> {
  for (const mux of [acceptor, opener, acceptor]) {
    mux.ping();
    const deadlineMs = performance.now() + waitMs;
    while (mux.isPingOutstanding && !mux.isClosed && performance.now() < deadlineMs) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function octets(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values);
}

function endedTwice(): Uint8Array {
  return joinFrames(HEADLESS, makeFrame(DATA, 1, 1, { flags: FRAME_FLAGS.END }), makeFrame(END, 1));
}
