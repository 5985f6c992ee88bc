import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { decodeFields, encodeFields } from '../../src-shared/wire/fields.ts';
import { FrameDecoder } from '../../src-shared/wire/frame-decoder.ts';
import { FRAME_FLAGS, FRAME_HEADER_BYTES, FRAME_TYPES, writeFrameHeader } from '../../src-shared/wire/frame.ts';
import {
  decodeRequestHead,
  decodeResponseHead,
  encodeRequestHead,
  encodeResponseHead,
} from '../../src-shared/wire/head.ts';
import { STATIC_NAMES } from '../../src-shared/wire/static-names.ts';

const octetText = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const name = fc.oneof(
  fc.constantFrom(...STATIC_NAMES),
  fc.constantFrom(...STATIC_NAMES.map((text) => text.toLowerCase())),
  octetText.filter((text) => text !== '' && !text.startsWith(':')),
);
const headerName = name.filter((text) => !text.startsWith(':'));
const headers = fc.array(fc.tuple(headerName, octetText), { maxLength: 60 }).map((pairs) => pairs.flat());

/** Runs a decoder on hostile input: it may refuse with a code of the registry, and nothing else. */
function refusesCleanly(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
  }
}

interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

/** The frames with runs of DATA on one stream as one: where such a run is cut has no meaning. */
function joinData(frames: readonly SeenFrame[]): SeenFrame[] {
  const joined: SeenFrame[] = [];
  for (const frame of frames) {
    const last = joined.at(-1);
    const isRun =
      last !== undefined &&
      last.type === FRAME_TYPES.DATA &&
      frame.type === FRAME_TYPES.DATA &&
      last.streamId === frame.streamId &&
      (last.flags & FRAME_FLAGS.END) === 0;
    if (isRun) {
      joined.pop();
      joined.push({ ...frame, payload: new Uint8Array([...last.payload, ...frame.payload]) });
    } else {
      joined.push(frame);
    }
  }
  return joined;
}

describe('wire', () => {
  test('a field list survives the way with order, number and spelling', () => {
    fc.assert(
      fc.property(headers, (list) => {
        expect(decodeFields(encodeFields(list))).toEqual(list);
      }),
    );
  });

  test('a request head survives the way, any Unicode in the user name', () => {
    const head = fc.record({
      method: fc.constantFrom('GET', 'PROPFIND', 'M-SEARCH'),
      target: octetText.map((text) => `/${text}`),
      scheme: fc.constantFrom('http' as const, 'https' as const),
      authority: fc.constant('intranet.example.com'),
      applicationId: fc.uuid(),
      activityId: fc.uuid(),
      remoteAddress: fc.ipV6(),
      userId: fc.option(fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme' }))),
      userName: fc.option(fc.string({ unit: 'grapheme' })),
      isUpgrade: fc.boolean(),
      connectionId: fc.option(fc.base64String({ minLength: 1, maxLength: 22 })),
      headers,
    });
    fc.assert(
      fc.property(head, (value) => {
        expect(decodeRequestHead(encodeRequestHead(value))).toEqual(value);
      }),
    );
  });

  test('a user whose name has half a character is forwarded as any other', () => {
    const pseudo = { method: 'GET', target: '/', scheme: 'https' as const, authority: 'a', applicationId: 'a' };
    const user = { activityId: 'a', remoteAddress: '::1', userId: 'a', isUpgrade: false, connectionId: null };
    const block = encodeRequestHead({ ...pseudo, ...user, userName: 'Ada \ud83d', headers: [] });
    expect(decodeRequestHead(block).userName).toBe('Ada \ufffd');
  });

  test('a response head survives the way', () => {
    const head = fc.record({ status: fc.integer({ min: 100, max: 999 }), headers });
    fc.assert(
      fc.property(head, (value) => {
        expect(decodeResponseHead(encodeResponseHead(value))).toEqual(value);
      }),
    );
  });

  test('any octets as a header block are decoded or refused with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        refusesCleanly(() => decodeFields(octets));
        refusesCleanly(() => decodeRequestHead(octets));
        refusesCleanly(() => decodeResponseHead(octets));
      }),
      { numRuns: 2000 },
    );
  });

  test('a value with a character above U+00FF is refused, never cut', () => {
    expect(() => encodeFields(['X', 'ŝ'])).toThrow('above U+00FF');
  });

  test('any chunking of frames gives the same frames, DATA in any pieces', () => {
    const frames = fc.array(
      fc.record({
        type: fc.oneof(fc.constant<number>(FRAME_TYPES.DATA), fc.integer({ min: 0, max: 255 })),
        flags: fc.integer({ min: 0, max: 255 }),
        streamId: fc.integer({ min: 0, max: 0xffff_ffff }),
        payload: fc.uint8Array({ maxLength: 300 }),
      }),
      { maxLength: 20 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(frames, cuts, (sent, sizes) => {
        const octets = Buffer.concat(
          sent.map(({ type, flags, streamId, payload }) => {
            const header = new Uint8Array(FRAME_HEADER_BYTES);
            writeFrameHeader(header, 0, type, flags, streamId, payload.length);
            return Buffer.concat([header, payload]);
          }),
        );
        const received: SeenFrame[] = [];
        const decoder = new FrameDecoder((type, flags, streamId, payload) =>
          received.push({ type, flags, streamId, payload: new Uint8Array(payload) }),
        );
        for (let offset = 0, turn = 0; offset < octets.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          decoder.push(new Uint8Array(octets.subarray(offset, offset + size)));
          offset += size;
        }
        expect(joinData(received)).toEqual(joinData(sent));
      }),
    );
  });

  test('any octets as frames are decoded or refused with a code', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (pieces) => {
        const decoder = new FrameDecoder(() => undefined);
        refusesCleanly(() => pieces.forEach((piece) => decoder.push(piece)));
      }),
      { numRuns: 2000 },
    );
  });
});
