import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatheredOctets } from '../../src-shared/wire/gathered-octets.ts';

test('whatever pieces wait come out as they came in, in few pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 6000, size: 'max' }), { maxLength: 40 }), (pieces) => {
      const gathered = new GatheredOctets();
      for (const piece of pieces) gathered.add(piece);
      const whole = Buffer.concat(pieces);
      expect(gathered.bytes).toBe(whole.length);
      expect(Buffer.concat(gathered.parts()).equals(whole)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a window of single octets waits in a few blocks', () => {
  const gathered = new GatheredOctets();
  for (let count = 0; count < 262_144; count += 1) gathered.add(new Uint8Array(1));
  expect(gathered.parts().length).toBeLessThan(32);
});
