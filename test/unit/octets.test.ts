import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  octetsByLoop,
  octetsOf,
  readByLoop,
  readOctets,
  releaseOctets,
  releaserOf,
} from '../../src-shared/wire/octets.ts';

const octets = fc.uint8Array({ maxLength: 9000 });

test('native code and loop read and write the same, of Buffers and of plain arrays', () => {
  fc.assert(
    fc.property(octets, fc.nat(9000), (all, cut) => {
      const start = Math.min(cut, all.length);
      const text = readByLoop(all, start, all.length);
      expect(readOctets(all, start, all.length)).toBe(text);
      expect(readOctets(Buffer.from(all), start, all.length)).toBe(text);
      expect(octetsOf(text)).toEqual(Buffer.from(octetsByLoop(text)));
    }),
    { numRuns: 200 },
  );
});

test('octets that fill their buffer give their memory back', () => {
  const whole = new Uint8Array(8192);
  releaseOctets(whole);
  expect(whole.length).toBe(0);
});

test('octets that share their buffer keep it', () => {
  const buffer = new ArrayBuffer(16_384);
  const half = new Uint8Array(buffer, 0, 8192);
  releaseOctets(half);
  expect(half.length).toBe(8192);
  expect(releaserOf(half)).toBeUndefined();
});

test('after a write that failed nothing is given back: the system may still be reading', () => {
  const whole = new Uint8Array(8192);
  const release = releaserOf(whole);
  release?.(new Error('EPIPE'));
  expect(whole.length).toBe(8192);
  release?.(null);
  expect(whole.length).toBe(0);
});
