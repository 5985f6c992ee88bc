import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLogoImage } from '../../src-service/api/logo-image.ts';
import { makeGif, makeJpeg, makePng } from '../helpers/logo-pictures.ts';

const PICTURES = [makePng(40, 30), makeJpeg(40, 30), makeGif(40, 30, 2)];

test('a damaged picture is read or refused, never an error, and in no time', () => {
  const damage = fc.record({
    picture: fc.constantFrom(...PICTURES),
    at: fc.nat(1000),
    octets: fc.uint8Array({ maxLength: 8 }),
    end: fc.nat(1000),
  });
  fc.assert(
    fc.property(damage, ({ picture, at, octets, end }) => {
      const damaged = Buffer.from(picture);
      damaged.set(octets.subarray(0, Math.max(0, damaged.length - at)), Math.min(at, damaged.length));
      const image = readLogoImage(damaged.subarray(0, end));
      expect(image === null || Number.isInteger(image.width + image.height)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('whole pictures say their size', () => {
  for (const picture of PICTURES) expect(readLogoImage(picture)).toMatchObject({ width: 40, height: 30 });
});
