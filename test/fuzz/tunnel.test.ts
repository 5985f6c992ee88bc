import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ERRORS, errorCodeFromWire, isErrorCode } from '../../src-shared/errors/registry.ts';
import { ControlAssembler } from '../../src-shared/mux/control-messages.ts';
import { grantOf, resetOf, resetPayload } from '../../src-shared/mux/frame-payloads.ts';
import { connectorConfigurationSchema } from '../../src-shared/publishing/connector-configuration.ts';
import { configurationChangeSchema } from '../../src-shared/wire/configuration-change.ts';
import {
  challengeSchema,
  configurationAcknowledgementSchema,
  configurationReportSchema,
  goAwaySchema,
  helloSchema,
  releaseSchema,
  welcomeSchema,
} from '../../src-shared/wire/control.ts';
import { certificateSchema, renewedSchema, renewSchema } from '../../src-shared/wire/renewal.ts';
import { FRAME_FLAGS } from '../../src-shared/wire/frame.ts';
import { joinFrames, makeFrame } from '../helpers/make-frame.ts';
import { HEAD } from '../helpers/mux-exchange.ts';
import { handlerWith, makeMuxPair, settle } from '../helpers/mux-pair.ts';

/** Runs a decoder on hostile input: it may refuse with a code of the registry, and nothing else. */
function refusesCleanly(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(PosternError);
    expect(isErrorCode((error as PosternError).code)).toBe(true);
  }
}

describe('payloads of frames', () => {
  test('any octets as a grant or a RESET are read or refused with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        refusesCleanly(() => grantOf(octets));
        expect(isErrorCode(resetOf(octets).code)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a RESET survives the way with its code, and as much of its message as is allowed', () => {
    const codes = Object.entries(ERRORS).flatMap(([, each]) => ('wire' in each ? [errorCodeFromWire(each.wire)] : []));
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.string({ unit: 'grapheme-ascii' }), (code, message) => {
        expect(resetOf(resetPayload(code, message))).toEqual({ code, message: message.slice(0, 256) });
      }),
    );
  });

  test('a control message comes back whole from any cutting, and any mix is refused with a code', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, (pieces) => {
        const assembler = new ControlAssembler();
        const results = pieces.map((piece, index) =>
          assembler.add(19, index < pieces.length - 1 ? FRAME_FLAGS.MORE : 0, piece),
        );
        expect(results.slice(0, -1).every((result) => result === null)).toBe(true);
        expect(Buffer.from(results.at(-1) ?? [])).toEqual(Buffer.concat(pieces));
        expect(assembler.isMidMessage).toBe(false);
      }),
    );
    const frames = fc.array(fc.tuple(fc.integer({ min: 16, max: 20 }), fc.integer({ min: 0, max: 255 })));
    fc.assert(
      fc.property(frames, (list) => {
        const assembler = new ControlAssembler();
        refusesCleanly(() => list.forEach(([type, flags]) => assembler.add(type, flags, new Uint8Array(3))));
      }),
    );
  });
});

test.each<[string, z.ZodType]>([
  ['CHALLENGE', challengeSchema],
  ['HELLO', helloSchema],
  ['WELCOME', welcomeSchema],
  ['CONFIG', connectorConfigurationSchema],
  ['CONFIG_ACK', configurationAcknowledgementSchema],
  ['CONFIG_CHANGE', configurationChangeSchema],
  ['CONFIG_REPORT', configurationReportSchema],
  ['GOAWAY', goAwaySchema],
  ['RELEASE', releaseSchema],
  ['RENEW', renewSchema],
  ['CERTIFICATE', certificateSchema],
  ['RENEWED', renewedSchema],
])('any JSON as %s is accepted or refused, and what is accepted is stable', (_name, schema) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const first = schema.safeParse(value);
      if (first.success) expect(schema.parse(first.data)).toEqual(first.data);
    }),
    { numRuns: 500 },
  );
});

test('any frames whatever, cut anywhere, end a tunnel with a code of the protocol or leave it standing', () => {
  const anyFrame = fc
    .tuple(
      fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 255 })),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 4 }),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([type, flags, streamId, payload]) => makeFrame(type, streamId, payload, { flags }));
  fc.assert(
    fc.property(
      fc.constantFrom('opener' as const, 'acceptor' as const),
      fc.array(anyFrame, { maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
      (side, frames, cutBytes) => {
        const pair = makeMuxPair(() => handlerWith({}));
        pair.opener.open(HEAD, false, () => handlerWith({}));
        const octets = joinFrames(...frames);
        for (let at = 0; at < octets.length; at += cutBytes) pair[side].receive(octets.subarray(at, at + cutBytes));
        for (const event of pair.events) expect(event).toMatch(/:(control \d+|close TUNNEL_(PROTOCOL|CREDIT))$/);
      },
    ),
    { numRuns: 3000 },
  );
});

/** What a random schedule does next. */
type Step =
  | { readonly kind: 'open' | 'pass' }
  | { readonly kind: 'write'; readonly stream: number; readonly end: number; readonly bytes: number }
  | { readonly kind: 'read'; readonly stream: number; readonly end: number; readonly bytes: number }
  | { readonly kind: 'take' | 'endWrite'; readonly stream: number; readonly end: number };

/** One direction of one stream as the model has it: what was written, arrived, and given back, octets. */
class Direction {
  writtenBytes = 0;
  arrivedBytes = 0;
  readBytes = 0;
  isEnded = false;
  consume: (bytes: number) => void = () => undefined;
  write: (chunk: Uint8Array) => boolean = () => true;
  end: () => void = () => undefined;

  get heldBytes(): number {
    return this.arrivedBytes - this.readBytes;
  }
}

test('credit: no schedule of both ends overruns it, and at rest all has arrived or a reader holds it', async () => {
  const index = fc.nat({ max: 2 });
  const end = fc.nat({ max: 1 });
  const bytes = fc.integer({ min: 1, max: 150_000 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('open' as const) }),
    fc.record({ kind: fc.constant('write' as const), stream: index, end, bytes }),
    fc.record({ kind: fc.constant('read' as const), stream: index, end, bytes }),
    fc.record({ kind: fc.constantFrom('take' as const, 'endWrite' as const), stream: index, end }),
    fc.record({ kind: fc.constant('pass' as const) }),
  );
  const limits = fc.record({
    streamWindowBytes: fc.integer({ min: 1024, max: 200_000 }),
    rideAlongBytes: fc.integer({ min: 1024, max: 70_000 }),
    maxStreamWindowBytes: fc.integer({ min: 1024, max: 400_000 }),
    growthBudgetBytes: fc.integer({ min: 0, max: 400_000 }),
    tunnelWindowBytes: fc.integer({ min: 65_536, max: 100_000 }),
    sendHighWaterBytes: fc.oneof(fc.constant(1_048_576), fc.integer({ min: 1, max: 200_000 })),
  });
  type Limits = typeof limits extends fc.Arbitrary<infer Value> ? Value : never;
  const runSchedule = async (steps: readonly Step[], chosen: Limits): Promise<void> => {
    const streams: { up: Direction; down: Direction; take: () => void }[] = [];
    const listener = (direction: Direction) => ({
      onData: (chunk: Uint8Array) => void (direction.arrivedBytes += chunk.length),
      onEnd: () => void (direction.isEnded = true),
    });
    const pair = makeMuxPair(
      (stream) => {
        const entry = streams[stream.id - 1];
        if (entry === undefined) throw new Error('a stream that nobody opened');
        stream.writeHead(HEAD, { isInformational: false, endStream: false });
        entry.take = () => stream.taken();
        entry.up.consume = (count) => stream.consumed(count);
        entry.down.write = (chunk) => stream.write(chunk);
        entry.down.end = () => stream.end();
        return handlerWith(listener(entry.up));
      },
      { pieceBytes: [1, 40_000] },
      { limits: chosen },
    );
    const directionOf = (at: number, which: number): Direction | undefined =>
      streams[at]?.[which === 0 ? 'up' : 'down'];
    const closedForWriting = new Set<Direction>();
    for (const next of steps) {
      switch (next.kind) {
        case 'open': {
          const entry = { up: new Direction(), down: new Direction(), take: () => undefined as void };
          if (streams.length > 5) break;
          streams.push(entry);
          const stream = pair.opener.open(HEAD, false, () => handlerWith(listener(entry.down)));
          entry.up.write = (chunk) => stream.write(chunk);
          entry.up.end = () => stream.end();
          entry.down.consume = (count) => stream.consumed(count);
          await settle(4);
          break;
        }
        case 'write': {
          const direction = directionOf(next.stream, next.end);
          if (direction === undefined || closedForWriting.has(direction)) break;
          direction.writtenBytes += next.bytes;
          direction.write(new Uint8Array(next.bytes));
          break;
        }
        case 'read': {
          const direction = directionOf(next.stream, next.end);
          if (direction === undefined) break;
          const count = Math.min(next.bytes, direction.heldBytes);
          direction.readBytes += count;
          direction.consume(count);
          break;
        }
        case 'take':
          streams[next.stream]?.take();
          break;
        case 'endWrite': {
          const direction = directionOf(next.stream, next.end);
          if (direction === undefined) break;
          closedForWriting.add(direction);
          direction.end();
          break;
        }
        case 'pass':
          await settle(2);
      }
    }
    // Whoever holds something reads it now, for as long as anything moves.
    const all = streams.flatMap(({ up, down }) => [up, down]);
    for (const { take } of streams) take();
    for (let isMoving = true; isMoving;) {
      await settle(12);
      isMoving = false;
      for (const direction of all) {
        const held = direction.heldBytes;
        if (held === 0) continue;
        isMoving = true;
        direction.readBytes += held;
        direction.consume(held);
      }
    }
    expect(pair.events).toEqual([]);
    for (const direction of all) {
      expect(direction.arrivedBytes).toBe(direction.writtenBytes);
      expect(direction.isEnded).toBe(closedForWriting.has(direction));
    }
    expect(pair.opener.openStreams).toBe(pair.acceptor.openStreams);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), limits, async (steps, chosen) => {
      await runSchedule([{ kind: 'open' }, { kind: 'open' }, ...steps], chosen);
    }),
    { numRuns: 200 },
  );
});
