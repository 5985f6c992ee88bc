import { afterEach, expect, test, vi } from 'vitest';
import { SlowReaders } from '../../src-service/relay/slow-readers.ts';

const TIMES = { userStallMs: 1000, crowdedStallMs: 100, userStallLookMs: 1_000_000 };
let nowMs = 0;

function makeReaders(maxBytes = 1000): SlowReaders {
  nowMs = 5000;
  return new SlowReaders(TIMES, maxBytes, () => nowMs);
}

afterEach(() => void vi.clearAllTimers());

test('who takes nothing for long enough is ended, and who took something is not', () => {
  const readers = makeReaders();
  const ended: string[] = [];
  const still = readers.makeBacklog(({ code }) => ended.push(`still ${code}`));
  const slow = readers.makeBacklog(() => ended.push('slow'));
  still.add(10);
  slow.add(10);
  nowMs += 900;
  expect(slow.clear()).toBe(10);
  slow.add(5);
  still.add(20);
  nowMs += 100;
  readers.look();
  expect([ended, readers.bytes]).toEqual([['still EDGE_SLOW_READER'], 5]);
  expect(still.clear()).toBe(0);
  nowMs += 900;
  readers.look();
  expect([ended.at(-1), readers.bytes]).toEqual(['slow', 0]);
});

test('above the budget those who stand still longest are ended at once, until the rest fits; the quick ones never are', () => {
  const readers = makeReaders();
  const ended: number[] = [];
  const backlogs = [0, 1, 2, 3].map((index) => readers.makeBacklog(() => ended.push(index)));
  for (const backlog of backlogs) {
    backlog.add(300);
    nowMs += 50;
  }
  // 1,200 wait, and the first has stood still for 200 ms, the second for 150.
  expect([ended, readers.bytes]).toEqual([[0], 900]);
  backlogs[3]?.add(300);
  expect([ended, readers.bytes]).toEqual([[0, 1], 900]);
  backlogs[3]?.add(300);
  // The third only begins to be too slow.
  expect([ended, readers.bytes]).toEqual([[0, 1, 2], 900]);
  backlogs[3]?.add(9000);
  expect([ended, readers.bytes]).toEqual([[0, 1, 2], 9900]);
});

test('whoever leaves from the middle, the end or the beginning leaves the others in their order', () => {
  const readers = makeReaders();
  const ended: number[] = [];
  const backlogs = [0, 1, 2, 3, 4].map((index) => readers.makeBacklog(() => ended.push(index)));
  for (const backlog of backlogs) backlog.add(1);
  for (const index of [2, 4, 0]) backlogs[index]?.clear();
  backlogs[2]?.add(1);
  nowMs += 1000;
  readers.look();
  expect([ended, readers.bytes]).toEqual([[1, 3, 2], 0]);
});
