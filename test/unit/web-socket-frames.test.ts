import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closingFrame, WebSocketFrames } from '../../src-service/relay/web-socket-frames.ts';

/** A frame as it goes over the wire, with the shortest length there is for its payload. */
function makeFrame(payloadBytes: number, isMasked: boolean, first = 0x82): Buffer {
  const mask = isMasked ? 0x80 : 0;
  const header = Buffer.alloc(payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10);
  header[0] = first;
  if (header.length === 2) header[1] = mask | payloadBytes;
  else if (header.length === 4) {
    header[1] = mask | 126;
    header.writeUInt16BE(payloadBytes, 2);
  } else {
    header[1] = mask | 127;
    header.writeBigUInt64BE(BigInt(payloadBytes), 2);
  }
  // Payloads that look like headers of closing frames.
  return Buffer.concat([header, Buffer.alloc(isMasked ? 4 : 0, 0x88), Buffer.alloc(payloadBytes, 0x88)]);
}

test('B53 ends of frames are found however the octets are cut', () => {
  const frames = fc.array(fc.record({ bytes: fc.constantFrom(0, 1, 125, 126, 300, 65_536), isMasked: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  });
  const property = fc.property(
    frames,
    fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1 }),
    (list, cuts) => {
      const made = list.map(({ bytes, isMasked }) => makeFrame(bytes, isMasked));
      const ends = new Set<number>();
      made.reduce((sum, frame) => {
        ends.add(sum + frame.length);
        return sum + frame.length;
      }, 0);
      const all = Buffer.concat(made);
      const follower = new WebSocketFrames();
      expect(follower.isOpenBetweenFrames).toBe(true);
      for (let at = 0, turn = 0; at < all.length; turn++) {
        const next = Math.min(all.length, at + (cuts[turn % cuts.length] ?? 1));
        follower.follow(all.subarray(at, next));
        at = next;
        expect(follower.isOpenBetweenFrames).toBe(ends.has(at));
      }
    },
  );
  fc.assert(property);
});

test('nothing goes behind a closing frame, and ours is one', () => {
  const follower = new WebSocketFrames();
  follower.follow(makeFrame(3, false));
  expect(follower.isOpenBetweenFrames).toBe(true);
  const closing = closingFrame(1008, 'EDGE_FORBIDDEN');
  expect(Buffer.from(closing).toString('latin1')).toBe('\x88\x10\x03\xf0EDGE_FORBIDDEN');
  follower.follow(closing);
  expect(follower.isOpenBetweenFrames).toBe(false);
});
