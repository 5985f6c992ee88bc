import { expect, test } from 'vitest';
import { isPongAlone } from '../../src-service/edge/pong.ts';

/** A frame of a client with its mask, which is zeros. */
const frame = (opcode: number, payload: string): Buffer =>
  Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)]);

test('B22 a pong by itself is told from what a user sends', () => {
  const PONG = 10;
  for (const payload of ['', 'abc', 'x'.repeat(125)]) expect(isPongAlone(frame(PONG, payload))).toBe(true);
  const text = frame(1, 'hello');
  for (const piece of [text, frame(9, ''), frame(8, ''), Buffer.alloc(0), Buffer.from([0x8a])]) {
    expect(isPongAlone(piece)).toBe(false);
  }
  expect(isPongAlone(Buffer.concat([frame(PONG, 'abc'), text]))).toBe(false);
});
