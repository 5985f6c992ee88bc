import { beforeEach, describe, expect, test, vi } from 'vitest';
import { assignRowKeys, NO_ROW_KEYS, type RowKeys } from '../../src-renderer/features/traffic/row-keys.ts';
import {
  addTraffic,
  clearTraffic,
  pastBegin,
  startTraffic,
  trafficRecords,
  useTrafficStore,
} from '../../src-renderer/stores/traffic-store.ts';
import type { TrafficNews, TrafficStart } from '../../src-shared/connector/live-traffic.ts';
import { FAILED, record, records } from '../helpers/traffic-records.ts';

describe('the list of the window', () => {
  const begin = (change: Partial<TrafficStart>): void =>
    startTraffic({ watch: 1, records: [], oldestSequence: null, applications: [], ...change });
  const news = (change: Partial<TrafficNews>): void =>
    addTraffic({ watch: 1, records: [], newCount: 0, isCut: false, applications: [], ...change });
  const sequences = (): number[] => trafficRecords().map(({ sequence }) => sequence);
  let watch = 0;

  beforeEach(() => {
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => callback());
    return () => vi.unstubAllGlobals();
  });

  test('takes news in the order of sequences, however it comes, and leaves what is older to the past', () => {
    begin({ watch: (watch += 1), records: records(11, 12), oldestSequence: 5 });
    news({ watch, records: [record(14), record(3), record(13), record(12, FAILED), record(7)], newCount: 2 });
    expect(sequences()).toEqual([7, 11, 12, 13, 14]);
    expect(trafficRecords()[2]).toMatchObject(FAILED);
    expect(pastBegin()).toBe(5);
  });

  test('begins anew after a flood, and says so', () => {
    begin({ watch: (watch += 1), records: records(11, 12), oldestSequence: 5 });
    const { generation, passedCount } = useTrafficStore.getState();
    news({ watch, records: records(101, 200), newCount: 188, isCut: true });
    expect(sequences()).toHaveLength(100);
    expect(pastBegin()).toBe(101);
    expect(useTrafficStore.getState()).toMatchObject({ generation: generation + 1, passedCount: passedCount + 188 });
  });

  test('a cut with nothing in it does not end the list, and one among what is held leaves no gap', () => {
    begin({ watch: (watch += 1), records: records(301, 320), oldestSequence: 301 });
    news({ watch, isCut: true, newCount: 5 });
    expect(pastBegin()).toBe(301);
    news({ watch, records: [record(310), record(321)], isCut: true });
    expect(sequences()).toEqual(records(310, 321).map(({ sequence }) => sequence));
    expect(pastBegin()).toBe(310);
    news({ watch, records: [record(322)], newCount: 1 });
    expect(sequences().at(-1)).toBe(322);
  });

  test('takes news that comes before what it belongs to, and none of an earlier watch', () => {
    begin({ watch: (watch += 1), records: records(1, 2), oldestSequence: 1 });
    news({ watch: watch + 1, records: [record(9)], newCount: 1 });
    expect(sequences()).toEqual([1, 2]);
    begin({ watch: (watch += 1), records: [record(8)], oldestSequence: 4 });
    news({ watch: watch - 1, records: [record(10)], newCount: 1 });
    expect(sequences()).toEqual([8, 9]);
  });

  test('shows nothing again that was cleared, whatever is asked for next', () => {
    begin({ watch: (watch += 1), records: records(901, 920), oldestSequence: 901 });
    clearTraffic();
    begin({ watch: (watch += 1), records: records(901, 922), oldestSequence: 901 });
    expect(sequences()).toEqual([921, 922]);
    expect(pastBegin()).toBe(921);
  });

  test('holds a bounded number', () => {
    begin({ watch: (watch += 1), oldestSequence: 1001 });
    for (let batch = 0; batch < 400; batch += 1)
      news({ watch, records: records(1001 + batch * 100, 1100 + batch * 100), newCount: 100 });
    expect(trafficRecords().length).toBeLessThan(22_000);
    expect(trafficRecords().at(-1)?.sequence).toBe(41_000);
    expect(pastBegin()).toBe(trafficRecords()[0]?.sequence);
  });
});

describe('the rows that exist', () => {
  const keysOf = (keys: RowKeys): number[] => [...keys.bySequence.values()];

  test('of a flood are made once: each update takes over the elements of the one before', () => {
    let keys = NO_ROW_KEYS;
    for (let update = 0; update < 100; update += 1) {
      keys = assignRowKeys(
        keys,
        Array.from({ length: 30 }, (_, index) => update * 1000 + 1000 - index),
      );
      expect(keysOf(keys)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    }
    expect(keys.next).toBe(30);
  });

  test('that stay keep their elements, and what is new among them gets its own', () => {
    const before = assignRowKeys(NO_ROW_KEYS, [5, 4, 3]);
    const after = assignRowKeys(before, [7, 6, 5, 4]);
    expect(keysOf(after)).toEqual([3, 4, 0, 1]);
    expect(assignRowKeys(after, [7, 6, 5, 4])).toEqual(after);
    expect(keysOf(assignRowKeys(after, []))).toEqual([]);
    expect(keysOf(assignRowKeys(after, [20, 19, 18, 17, 16]))).toEqual([3, 4, 0, 1, 5]);
  });
});
