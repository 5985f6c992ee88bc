import { beforeEach, describe, expect, test, vi } from 'vitest';
import { LastFailures } from '../../src-main/app/last-failures.ts';
import { LiveFigures } from '../../src-main/app/live-figures.ts';
import { OpenRequests } from '../../src-main/app/open-requests.ts';
import { TRAFFIC_FEED_LIMITS, TrafficFeed } from '../../src-main/app/traffic-feed.ts';
import type { TrafficNews } from '../../src-shared/connector/live-traffic.ts';
import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { FAILED, NOTHING_YET, NOW_MS, pack, record, records, RUNNING } from '../helpers/traffic-records.ts';

test('B72 a packed batch is what it was, whatever is null', () => {
  const batch = [
    record(1.7e15),
    record(2, FAILED),
    record(3, { status: null, timing: NOTHING_YET, outcome: 'open', userId: null, userName: null, isUpgrade: true }),
    record(4, { url: '', activityId: '', userName: '', outcome: 'cancelled', timing: { ...NOTHING_YET, sentMs: 0 } }),
    record(5, { connection: { beganMs: 0, resolvedMs: 0.5, connectedMs: 1, securedMs: null } }),
    record(6, { connection: null, isUpgrade: true }),
    record(7, { connection: { beganMs: 3, resolvedMs: null, connectedMs: null, securedMs: null } }),
    record(8, { url: 'http://straße/🙂', applicationName: 'intranet', responseBytes: 2 ** 40, startedAtMs: 0.5 }),
  ];
  expect(pack(batch).records()).toEqual(batch);
  expect(new PackedRows(structuredClone(packTraffic(batch))).records()).toEqual(batch);
  expect(pack([]).records()).toEqual([]);
});

describe('the feed of the window', () => {
  const told: TrafficNews[] = [];
  const feedOf = (): TrafficFeed => new TrafficFeed((news) => told.push(news));
  const add = (feed: TrafficFeed, batch: readonly TrafficRecord[]): void => feed.add(pack(batch));

  beforeEach(() => {
    told.length = 0;
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  test('costs nothing where nobody looks', () => {
    const feed = feedOf();
    add(feed, records(1, 10));
    feed.watch(NO_FILTER);
    feed.unwatch();
    add(feed, records(11, 20));
    expect(vi.getTimerCount()).toBe(0);
    expect(feed.snapshot()).toHaveLength(20);
  });

  test('tells the applications again only to those who were told of fewer', () => {
    const feed = feedOf();
    add(feed, [record(1), record(2, { applicationId: 'wiki', applicationName: 'Wiki' })]);
    expect(feed.applicationsFrom(1)).toEqual([{ id: 'wiki', name: 'Wiki' }]);
    expect(feed.applicationsFrom(2)).toEqual([]);
  });

  test('tells what is new and what went on, each once', () => {
    const feed = feedOf();
    add(feed, [record(1, { outcome: 'open' })]);
    const start = feed.watch(NO_FILTER);
    expect(start).toMatchObject({ oldestSequence: 1, applications: [{ id: 'intranet', name: 'Intranet' }] });
    add(feed, [record(1), record(2, { outcome: 'open' })]);
    const wiki = record(3, { applicationId: 'wiki', applicationName: 'Wiki', outcome: 'open' });
    add(feed, [record(2), wiki]);
    vi.runAllTimers();
    expect(told).toEqual([
      {
        watch: start.watch,
        records: [record(1), record(2), wiki],
        newCount: 2,
        isCut: false,
        applications: [{ id: 'wiki', name: 'Wiki' }],
      },
    ]);
    add(feed, [record(3)]);
    vi.runAllTimers();
    expect(told[1]).toMatchObject({ newCount: 0, isCut: false });
  });

  test('tells of a flood what can be seen and how much it was, without a gap in between', () => {
    const feed = feedOf();
    add(feed, [record(1, { outcome: 'open' })]);
    feed.watch(NO_FILTER);
    for (let batch = 0; batch < 10; batch += 1) add(feed, records(batch * 100 + 2, batch * 100 + 101));
    add(feed, [record(1)]);
    vi.runAllTimers();
    const { newsRecords } = TRAFFIC_FEED_LIMITS;
    expect(told[0]).toMatchObject({ newCount: 1000, isCut: true });
    // The one that went on has gone to the history with all that was left out.
    expect(told[0]?.records.map(({ sequence }) => sequence)).toEqual(
      records(1001 - newsRecords + 1, 1001).map(({ sequence }) => sequence),
    );
    expect(told[0]?.applications).toEqual([]);
  });

  test('the more there are the less often the list is another, and what comes after a quiet time is told soon', () => {
    const feed = feedOf();
    feed.watch(NO_FILTER);
    let sequence = 1;
    const toldInASecond = (perSecond: number): number => {
      const before = told.length;
      for (let tick = 0; tick < 20; tick += 1) {
        add(feed, records(sequence, sequence + perSecond / 20 - 1));
        sequence += perSecond / 20;
        vi.advanceTimersByTime(50);
      }
      return told.length - before;
    };
    expect(toldInASecond(200)).toBeGreaterThanOrEqual(9);
    toldInASecond(5000);
    expect(toldInASecond(5000)).toBe(2);
    toldInASecond(20_000);
    expect(toldInASecond(20_000)).toBe(1);
    vi.runAllTimers();
    expect(vi.getTimerCount()).toBe(0);
    const before = told.length;
    add(feed, [record(sequence)]);
    vi.advanceTimersByTime(TRAFFIC_FEED_LIMITS.newsIntervalMs);
    expect(told.slice(before)).toMatchObject([{ newCount: 1, isCut: false, records: [{ sequence }] }]);
  });

  test('finds in a flood the few that match, and says where the older ones are', () => {
    const feed = feedOf();
    add(feed, records(1, 20));
    add(feed, [record(21, FAILED)]);
    const start = feed.watch({ ...NO_FILTER, status: 'failed' });
    expect(start).toMatchObject({ oldestSequence: 1, records: [{ sequence: 21 }] });
    add(feed, [...records(22, 2000), record(2001, FAILED)]);
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: 1, isCut: false, records: [{ sequence: 2001 }] }]);
    const all = feed.watch(NO_FILTER);
    expect(all.records).toHaveLength(TRAFFIC_FEED_LIMITS.startRecords);
    expect(all.oldestSequence).toBe(all.records[0]?.sequence);
  });

  test('old requests that end in a burst do not leave the list without what is new', () => {
    const feed = feedOf();
    add(feed, records(1, 100, { outcome: 'open' }));
    feed.watch(NO_FILTER);
    add(feed, records(101, 250));
    add(feed, records(1, 100));
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: 150, isCut: true, records: records(151, 250) }]);
    add(feed, [record(251)]);
    vi.runAllTimers();
    expect(told[1]).toMatchObject({ newCount: 1, isCut: false, records: [{ sequence: 251 }] });
  });

  test('what was left out and counted before the engine changed is not told of the next one', () => {
    const feed = feedOf();
    feed.watch(NO_FILTER);
    add(feed, records(1001, 1250));
    feed.clear();
    add(feed, records(1, 2));
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: 2, isCut: false, records: [{ sequence: 1 }, { sequence: 2 }] }]);
  });

  test('what others do under load does not push out what the filter asks for', () => {
    const feed = feedOf();
    const busy = records(2, 200, { outcome: 'open' });
    feed.watch({ ...NO_FILTER, applicationId: 'wiki' });
    add(feed, [record(1, { applicationId: 'wiki', outcome: 'open' }), ...busy]);
    add(feed, records(2, 200));
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: 1, isCut: false, records: [{ sequence: 1 }] }]);
  });

  test('a request that begins to match when it ends is counted as new, and none is counted twice', () => {
    const feed = feedOf();
    add(feed, records(1, 2, { outcome: 'open', status: null }));
    feed.watch({ ...NO_FILTER, status: 'failed' });
    add(feed, [record(1, FAILED), record(2), record(3, { outcome: 'open', status: null })]);
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: 1, records: [{ sequence: 1 }] }]);
    add(feed, [record(3, FAILED)]);
    vi.runAllTimers();
    expect(told[1]).toMatchObject({ newCount: 1, records: [{ sequence: 3 }] });
  });

  test('a request that was counted as open, and then left out, is not counted again when it ends', () => {
    const feed = feedOf();
    add(feed, records(1, TRAFFIC_FEED_LIMITS.startRecords + 10, { outcome: 'open' }));
    const start = feed.watch(NO_FILTER);
    const first = TRAFFIC_FEED_LIMITS.startRecords + 11;
    add(feed, records(first, first + 149, { outcome: 'open' }));
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: 150, isCut: true }]);
    // Of those that were not told at the start, that were left out, and that were told.
    add(feed, [record(1), record(first), record(first + 149)]);
    vi.runAllTimers();
    expect(start.oldestSequence).toBe(11);
    expect(told[1]).toMatchObject({ newCount: 0, isCut: false, records: [record(first + 149)] });
  });

  test('one that is no more what the filter asks for is told as it is now', () => {
    const feed = feedOf();
    feed.watch({ ...NO_FILTER, status: 'open' });
    add(feed, [record(1, { outcome: 'open' })]);
    vi.runAllTimers();
    add(feed, [record(1)]);
    vi.runAllTimers();
    expect(told[1]).toMatchObject({ newCount: 0, records: [record(1)] });
  });

  test('remembers a bounded number of open requests; a further one is told and counted when it ends', () => {
    const feed = feedOf();
    const { countedOpen } = TRAFFIC_FEED_LIMITS;
    feed.watch(NO_FILTER);
    add(feed, records(1, countedOpen + 1, { outcome: 'open' }));
    vi.runAllTimers();
    expect(told).toMatchObject([{ newCount: countedOpen }]);
    add(feed, records(countedOpen, countedOpen + 1));
    vi.runAllTimers();
    expect(told[1]).toMatchObject({ newCount: 1, records: records(countedOpen, countedOpen + 1) });
  });

  test('a request that ends long after it began leaves no gap where the list begins', () => {
    const { ringRecords } = TRAFFIC_FEED_LIMITS;
    const feed = new TrafficFeed(() => undefined);
    feed.add(pack([record(1, { outcome: 'open' })]));
    for (let first = 2; first < 2 * ringRecords; first += 500) {
      feed.add(pack(records(first, first + 499, { outcome: 'open' })));
      feed.add(pack(records(first, first + 499)));
    }
    feed.add(pack([record(1)]));
    expect(feed.snapshot()[0]?.sequence).toBe(1);
    const { oldestSequence, records: first } = feed.watch({ ...NO_FILTER, text: 'straße/1' });
    expect(oldestSequence).toBeGreaterThan(ringRecords);
    expect(first.every(({ sequence }) => sequence >= (oldestSequence ?? 0))).toBe(true);
  });

  test('holds a bounded number', () => {
    const feed = feedOf();
    for (let batch = 0; batch < 100; batch += 1) add(feed, records(batch * 100 + 1, batch * 100 + 100));
    const held = feed.snapshot();
    expect(held).toHaveLength(TRAFFIC_FEED_LIMITS.ringRecords);
    expect(held.at(-1)?.sequence).toBe(10_000);
    feed.clear();
    expect(feed.watch(NO_FILTER)).toMatchObject({ records: [], oldestSequence: null, applications: [] });
  });
});

test('the last failures outlive a flood of what went well', () => {
  const failures = new LastFailures();
  failures.add(pack([...records(1, 10, FAILED), ...records(11, 5000)]));
  failures.add(pack([record(5001, { status: 500, outcome: 'open' })]));
  failures.add(pack([record(5001, { status: 500 })]));
  expect(failures.read().map(({ sequence }) => sequence)).toEqual([5001, 10, 9, 8, 7, 6, 5, 4]);
  expect(failures.read()[0]?.outcome).toBe('complete');
});

test('the live figures count what has ended', () => {
  const figures = new LiveFigures();
  figures.add(pack([record(1, { outcome: 'open' }), record(1), record(2, FAILED)]));
  expect(figures.read(NOW_MS + 2000, 'intranet', 0).total).toMatchObject({ requests: 2, failed: 1 });
});

test('what the engine left open ends with it, once, and nothing else does', () => {
  const open = new OpenRequests();
  const rows = (...records: readonly TrafficRecord[]): PackedRows => new PackedRows(packTraffic(records));
  open.add(rows(record(1, RUNNING), record(2), record(3, RUNNING)));
  open.add(rows(record(3)));
  const ended = open.end(NOW_MS + 1001);
  expect(ended === null ? [] : new PackedRows(ended).records()).toEqual([
    record(1, {
      timing: { sentMs: 1, firstByteMs: 5, totalMs: 1000 },
      outcome: 'failed',
      errorCode: 'STREAM_INTERNAL',
      errorHop: 'connector',
      errorCause: 'The engine ended while this request was open.',
    }),
  ]);
  expect(open.end(NOW_MS + 2000)).toBeNull();
});

test('what one engine left open does not end in the name of the next, once its traffic was forgotten', () => {
  const open = new OpenRequests();
  open.add(new PackedRows(packTraffic([record(1, RUNNING)])));
  open.clear();
  expect(open.end(NOW_MS)).toBeNull();
});
