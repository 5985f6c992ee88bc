import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type MemorySample, NOTHING_RETURNED, afterLook, isReturnDue } from '../../src-shared/memory/memory-return.ts';
import { returnMemoryWhenQuiet as returnMemoryOfConnector } from '../../src-main/connector/return-memory.ts';
import { returnMemoryWhenQuiet as returnMemoryOfService } from '../../src-service/return-memory.ts';

const MIB = 1_048_576;
const given = { floorBytes: 100 * MIB, givenAtMs: 0 };
const quiet: MemorySample = { nowMs: 100_000, busyShare: 0, residentBytes: 200 * MIB };

test('memory is given back when nothing happens and enough has grown, not under load nor again and again', () => {
  expect(isReturnDue(NOTHING_RETURNED, quiet)).toBe(true);
  expect(isReturnDue(given, quiet)).toBe(true);
  expect(isReturnDue(given, { ...quiet, busyShare: 0.05 })).toBe(false);
  // Fifteen requests a second.
  expect(isReturnDue(given, { ...quiet, busyShare: 0.007 })).toBe(false);
  expect(isReturnDue(given, { ...quiet, residentBytes: 120 * MIB })).toBe(false);
  expect(isReturnDue(given, { ...quiet, nowMs: 30_000 })).toBe(false);
});

test('a process that shrank by itself is looked at by what it grows from there', () => {
  const shrunk = afterLook(given, { ...quiet, residentBytes: 60 * MIB });
  expect(isReturnDue(shrunk, { ...quiet, residentBytes: 95 * MIB })).toBe(true);
  expect(afterLook(given, quiet)).toBe(given);
});

test.each([
  ['service', returnMemoryOfService],
  ['connector', returnMemoryOfConnector],
])('the %s asks its own inspector, and says what came of it', async (_name, returnMemoryWhenQuiet) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const log = pino(
    { level: 'debug' },
    new Writable({
      write: (line: Buffer, _encoding, done) => {
        resolve(line.toString());
        done();
      },
    }),
  );
  // Of a shorter time even the look itself is too much where others use the processor.
  const stop = returnMemoryWhenQuiet(log, 1000);
  const line = JSON.parse(await promise) as { msg: string; residentBytes: number; leftBytes: number };
  stop();
  expect(line).toMatchObject({ msg: 'memory.returned', residentBytes: expect.any(Number) as number });
  expect(line.leftBytes).toBeGreaterThan(0);
});
