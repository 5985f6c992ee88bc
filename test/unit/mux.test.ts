import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import { FRAME_HEADER_BYTES, FRAME_TYPES, writeFrameHeader } from '../../src-shared/wire/frame.ts';
import { type Accept, handlerWith, makeMuxPair, type MuxPair } from '../helpers/mux-pair.ts';

const HEAD = new Uint8Array([1, 1, 65]);

/** Accepts each stream, takes it, and sends back what it is sent. */
const echo: Accept = (stream, block) => {
  const waiting: Uint8Array[] = [];
  let isEnding = false;
  let isBlocked = false;
  stream.taken();
  stream.writeHead(block, { isInformational: false, endStream: false });
  const send = (): void => {
    while (!isBlocked) {
      const chunk = waiting.shift();
      if (chunk === undefined) break;
      stream.consumed(chunk.length);
      isBlocked = !stream.write(chunk);
    }
    if (isEnding && waiting.length === 0 && !isBlocked) stream.end(['X-Trailer', 'yes']);
  };
  return handlerWith({
    onData: (chunk) => {
      waiting.push(chunk);
      send();
    },
    onEnd: () => {
      isEnding = true;
      send();
    },
    onWritable: () => {
      isBlocked = false;
      send();
    },
  });
};

interface Answer {
  readonly hash: string;
  readonly bytes: number;
  readonly trailers: readonly string[];
}

/** Sends a body through a stream and gathers what comes back. */
function exchange(pair: MuxPair, chunks: readonly Uint8Array[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    const queue = [...chunks];
    let bytes = 0;
    let stream: MuxStream;
    const send = (): void => {
      for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
        if (!stream.write(chunk)) return;
      }
      stream.end();
    };
    stream = pair.opener.open(HEAD, false, (made) => {
      stream = made;
      return handlerWith({
        onData: (chunk) => {
          hash.update(chunk);
          bytes += chunk.length;
          made.consumed(chunk.length);
        },
        onWritable: send,
        onEnd: (trailers) => resolve({ hash: hash.digest('hex'), bytes, trailers }),
        onReset: (code, message) => reject(new Error(`${code} ${message}`)),
      });
    });
    send();
  });
}

function sha256(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

describe('mux', () => {
  test('echoes a body larger than every window, with trailers, and forgets the stream', async () => {
    const pair = makeMuxPair(echo);
    const chunks = Array.from({ length: 200 }, () => randomBytes(61_441));
    const answer = await exchange(pair, chunks);
    expect(answer).toEqual({ hash: sha256(chunks), bytes: 200 * 61_441, trailers: ['X-Trailer', 'yes'] });
    expect([pair.opener.openStreams, pair.acceptor.openStreams, pair.events]).toEqual([0, 0, []]);
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

  test('200 streams at once each get their own bytes back', async () => {
    const pair = makeMuxPair(echo);
    const bodies = Array.from({ length: 200 }, () => [randomBytes(100_000), randomBytes(50_000)]);
    const answers = await Promise.all(bodies.map((chunks) => exchange(pair, chunks)));
    expect(answers.map((answer) => answer.hash)).toEqual(bodies.map(sha256));
  });

  test('B51 a stream that nobody reads stops its source at its window and disturbs no other', async () => {
    let sentBytes = 0;
    const flood: Accept = (stream) => {
      const chunk = new Uint8Array(16_384);
      stream.taken();
      const send = (): void => {
        do sentBytes += chunk.length;
        while (stream.write(chunk));
      };
      setImmediate(send);
      return handlerWith({ onWritable: send });
    };
    let opened = 0;
    const pair = makeMuxPair((stream, block) => {
      opened += 1;
      return opened <= 50 ? flood(stream, block) : echo(stream, block);
    });
    for (let index = 0; index < 50; index += 1) pair.opener.open(HEAD, true, () => handlerWith({}));
    const chunks = [randomBytes(500_000)];
    expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
    const windowBytes = pair.opener.receiveSettings.streamWindowBytes;
    expect(sentBytes).toBeLessThanOrEqual(50 * (windowBytes + 16_384));
  });

  test('credit is never overrun and never stuck, whatever the windows and the reader', async () => {
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
        const pair = makeMuxPair(echo, { pieceBytes: [1, 50_000] }, chosen);
        const bodies = Array.from({ length: streams }, () => [randomBytes(200_000)]);
        const answers = await Promise.all(bodies.map((chunks) => exchange(pair, chunks)));
        expect(answers.map((answer) => answer.hash)).toEqual(bodies.map(sha256));
        expect(pair.events).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('a request body rides along up to 64 KiB and waits for TAKEN with the rest', async () => {
    let received = 0;
    let take: () => void = () => undefined;
    const pair = makeMuxPair((stream) => {
      take = () => stream.taken();
      return handlerWith({
        onData: (chunk) => {
          received += chunk.length;
        },
      });
    });
    let isTaken = false;
    const stream = pair.opener.open(HEAD, false, () => handlerWith({ onTaken: () => (isTaken = true) }));
    expect(stream.write(new Uint8Array(100_000))).toBe(false);
    await settle();
    expect([received, isTaken]).toEqual([65_536, false]);
    take();
    await settle();
    expect([received, isTaken]).toEqual([100_000, true]);
  });

  test('reset on either side tells the other with its code and message', async () => {
    const told: string[] = [];
    const pair = makeMuxPair((stream) => {
      if (told.length === 0) setImmediate(() => stream.reset('BACKEND_REFUSED', 'connect ECONNREFUSED 127.0.0.1:1'));
      return handlerWith({ onReset: (code, message) => told.push(`acceptor ${code} ${message}`) });
    });
    const onReset = (code: string, message: string): void => void told.push(`opener ${code} ${message}`);
    pair.opener.open(HEAD, true, () => handlerWith({ onReset }));
    await settle();
    const second = pair.opener.open(HEAD, false, () => handlerWith({ onReset }));
    await settle();
    second.reset('STREAM_CANCELLED', 'gone');
    await settle();
    expect(told).toEqual(['opener BACKEND_REFUSED connect ECONNREFUSED 127.0.0.1:1', 'acceptor STREAM_CANCELLED gone']);
    expect([pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([0, 0]);
  });

  test('a stream that its host refuses while it is being opened leaves nothing behind', async () => {
    const pair = makeMuxPair((stream) => {
      stream.reset('APPLICATION_UNKNOWN', 'unknown');
      return handlerWith({});
    });
    const codes: string[] = [];
    pair.opener.open(HEAD, true, () => handlerWith({ onReset: (code) => codes.push(code) }));
    await settle();
    expect([codes, pair.opener.openStreams, pair.acceptor.openStreams]).toEqual([['APPLICATION_UNKNOWN'], 0, 0]);
  });

  test('a host that throws costs its own stream alone', async () => {
    let opened = 0;
    const pair = makeMuxPair((stream, block) => {
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
    const pair = makeMuxPair(echo);
    const running = exchange(pair, [randomBytes(300_000)]);
    await settle(3);
    pair.acceptor.refuseStreams();
    await expect(exchange(pair, [])).rejects.toThrow('STREAM_REFUSED');
    expect((await running).bytes).toBe(300_000);
  });

  test('one stream too many is refused with STREAM_LIMIT', async () => {
    const pair = makeMuxPair(() => handlerWith({}), {}, { maxStreams: 2 });
    pair.opener.open(HEAD, true, () => handlerWith({}));
    pair.opener.open(HEAD, true, () => handlerWith({}));
    expect(() => pair.opener.open(HEAD, true, () => handlerWith({}))).toThrow('as many requests at once');
  });

  test('close resets every stream on this side once', async () => {
    const pair = makeMuxPair(() => handlerWith({}));
    const codes: string[] = [];
    pair.opener.open(HEAD, true, () => handlerWith({ onReset: (code) => codes.push(code) }));
    pair.opener.close('TUNNEL_CLOSED', 'gone');
    pair.opener.close('TUNNEL_CLOSED', 'gone');
    expect([codes, pair.events, pair.opener.canOpen]).toEqual([
      ['TUNNEL_CLOSED'],
      ['opener:close TUNNEL_CLOSED'],
      false,
    ]);
  });

  test('a ping measures the round trip', async () => {
    const pair = makeMuxPair(echo);
    pair.opener.ping();
    expect(pair.opener.isPingOutstanding).toBe(true);
    await settle();
    expect(pair.opener.isPingOutstanding).toBe(false);
    expect(pair.opener.measuredRoundTripMs).toBeGreaterThanOrEqual(0);
  });

  test('control messages of any size arrive whole', async () => {
    const pair = makeMuxPair(echo, { pieceBytes: [1000] });
    pair.opener.sendControl(FRAME_TYPES.CONFIG, { text: 'ä'.repeat(400_000) });
    await settle(8);
    expect(pair.events).toEqual([`acceptor:control ${FRAME_TYPES.CONFIG}`]);
  });

  test.each([
    ['an oversized frame', frame(FRAME_TYPES.DATA, 1, 0, 0xffff_ffff), 'TUNNEL_FRAME_SIZE'],
    ['data for a stream that was never opened', frame(FRAME_TYPES.DATA, 9, 1), 'TUNNEL_PROTOCOL'],
    ['a head on stream 0', frame(FRAME_TYPES.HEAD, 0, 0), 'TUNNEL_PROTOCOL'],
    ['a grant of the wrong size', frame(FRAME_TYPES.WINDOW, 0, 3), 'TUNNEL_PROTOCOL'],
    ['an endless control message', endless(FRAME_TYPES.CONFIG), 'TUNNEL_PROTOCOL'],
  ])('%s ends the tunnel with a code', async (_what, octets, code) => {
    const pair = makeMuxPair(echo);
    pair.acceptor.receive(octets);
    await settle();
    expect(pair.events[0]).toBe(`acceptor:close ${code}`);
  });

  test('a sender that ignores its credit ends its tunnel', async () => {
    const pair = makeMuxPair(() => handlerWith({}));
    pair.opener.open(HEAD, false, () => handlerWith({}));
    await settle();
    for (let index = 0; index < 9; index += 1) pair.acceptor.receive(frame(FRAME_TYPES.DATA, 1, 16_384));
    expect(pair.events[0]).toBe('acceptor:close TUNNEL_CREDIT');
  });

  test('a peer that does not read ends its tunnel before memory runs away', async () => {
    const pair = makeMuxPair(echo, {}, { sendLimitBytes: 1_000_000 });
    pair.acceptorPipe.isStalled = true;
    for (let index = 0; index < 60_000; index += 1) pair.acceptor.receive(frame(FRAME_TYPES.PING, 0, 8));
    await settle();
    expect(pair.events).toEqual(['acceptor:close TUNNEL_TIMEOUT']);
  });

  test('unknown frame types and control types are ignored, so that newer ends work with older ones', async () => {
    const pair = makeMuxPair(echo);
    pair.acceptor.receive(frame(9, 0, 5));
    pair.acceptor.receive(frame(99, 0, 5));
    const chunks = [randomBytes(10)];
    expect((await exchange(pair, chunks)).hash).toBe(sha256(chunks));
    expect(pair.events).toEqual(['acceptor:control 99']);
  });
});

function frame(type: number, streamId: number, payloadBytes: number, announced = payloadBytes): Uint8Array {
  const octets = new Uint8Array(FRAME_HEADER_BYTES + payloadBytes);
  writeFrameHeader(octets, 0, type, 0, streamId, announced);
  return octets;
}

function endless(type: number): Uint8Array {
  const one = frame(type, 0, 131_072);
  one[1] = 0x04;
  return new Uint8Array(Buffer.concat(Array.from({ length: 34 }, () => one)));
}

/** Lets what is on its way arrive: a few turns of the event loop, each end needing some to answer. */
async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
