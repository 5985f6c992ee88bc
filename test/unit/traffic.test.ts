import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { redactUrl } from '../../src-shared/connector/redact-url.ts';
import type { FinishedRequest } from '../../src-service/traffic/finished-request.ts';
import { latencyBoundMs, latencyBucket, latencyQuantileMs } from '../../src-service/traffic/latency-histogram.ts';
import { RecentFailures } from '../../src-service/traffic/recent-failures.ts';
import { MAX_COUNTED_APPLICATIONS, TrafficCounts } from '../../src-service/traffic/traffic-counts.ts';
import { TrafficFeed } from '../../src-service/traffic/traffic-feed.ts';
import { TRAFFIC_LIMITS } from '../../src-service/traffic/traffic-limits.ts';
import { TrafficWatcher, type TrafficWatcherOptions } from '../../src-service/traffic/traffic-watcher.ts';

const NOW_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;

function finished(changes: Partial<FinishedRequest> = {}): FinishedRequest {
  return {
    activityId: 'activity',
    startedAtMs: NOW_MS,
    request: { method: 'GET', url: '/', headers: { host: 'app.test' } },
    status: 200,
    isUpgrade: false,
    isComplete: true,
    application: { id: 'app', displayName: 'App', connectorGroupId: 'group' },
    connectorId: 'connector',
    firstByteMs: 10,
    requestBytes: 0,
    responseBytes: 0,
    clientAddress: '127.0.0.1',
    record: { userId: null, userName: null, errorCode: null, errorCause: null },
    ...changes,
  };
}

const failed = (errorCode: FinishedRequest['record']['errorCode'], changes: Partial<FinishedRequest> = {}) =>
  finished({
    status: 502,
    firstByteMs: -1,
    record: { userId: null, userName: null, errorCode, errorCause: 'because' },
    ...changes,
  });

describe('recent failures', () => {
  const refused = (activityId: string, userId: string | null) =>
    failed('EDGE_FORBIDDEN', {
      activityId,
      record: { userId, userName: userId, errorCode: 'EDGE_FORBIDDEN', errorCause: null },
    });
  const manyMore = TRAFFIC_LIMITS.keptFailures * 3;

  test('B45 a flood of refused strangers evicted what had failed and what a person was refused', () => {
    const failures = new RecentFailures();
    failures.note(failed('BACKEND_REFUSED', { activityId: 'failed' }), NOW_MS);
    failures.note(refused('refused', 'alice'), NOW_MS);
    for (let index = 0; index < manyMore; index += 1) {
      failures.note(failed('EDGE_UNAUTHENTICATED', { activityId: `stranger-${index}` }), NOW_MS);
    }
    expect(failures.find('failed')?.errorCode).toBe('BACKEND_REFUSED');
    expect(failures.find('refused')?.userId).toBe('alice');
    expect(failures.find('stranger-0')).toBeNull();
    expect(failures.find(`stranger-${manyMore - 1}`)?.errorCode).toBe('EDGE_UNAUTHENTICATED');
  });

  test('B45 an application whose backend is down evicted the failures of all others', () => {
    const failures = new RecentFailures();
    const other = { id: 'other', displayName: 'Other', connectorGroupId: 'group' };
    failures.note(failed('BACKEND_RESET', { activityId: 'rare' }), NOW_MS);
    failures.note(failed('BACKEND_REFUSED', { activityId: 'other', application: other }), NOW_MS);
    for (let index = 0; index < manyMore; index += 1) {
      failures.note(failed('BACKEND_REFUSED', { activityId: `down-${index}` }), NOW_MS);
    }
    expect(failures.find('rare')).not.toBeNull();
    expect(failures.find('other')).not.toBeNull();
    expect(failures.find(`down-${manyMore - TRAFFIC_LIMITS.keptFailures + 2}`)).not.toBeNull();
    expect(failures.find(`down-${manyMore - TRAFFIC_LIMITS.keptFailures + 1}`)).toBeNull();
  });

  test('however many kinds there are, the oldest goes where no kind has more than its share', () => {
    const failures = new RecentFailures();
    for (let index = 0; index < manyMore; index += 1) {
      const application = { id: `app-${index % 100}`, displayName: 'App', connectorGroupId: 'group' };
      failures.note(failed('BACKEND_REFUSED', { activityId: `id-${index}`, application }), NOW_MS);
    }
    const kept = Array.from({ length: manyMore }, (_, index) => failures.find(`id-${index}`)).filter(
      (event) => event !== null,
    );
    expect(kept).toHaveLength(TRAFFIC_LIMITS.keptFailures);
    expect(kept[0]?.activityId).toBe(`id-${manyMore - TRAFFIC_LIMITS.keptFailures}`);
  });
});

describe('latencies', () => {
  test('a bucket holds what is at most its bound, and the last one the rest', () => {
    for (const ms of [0, 0.4, 0.5, 0.6, 1, 3, 85, 1234, 60_000]) {
      const bucket = latencyBucket(ms);
      expect(ms).toBeLessThanOrEqual(latencyBoundMs(bucket) * 1.000001);
      if (bucket > 0) expect(ms).toBeGreaterThan(latencyBoundMs(bucket - 1) * 0.999999);
    }
    expect(latencyBucket(10 ** 9)).toBe(latencyBucket(80_000));
    expect(latencyBucket(Number.NaN)).toBe(0);
  });

  test('quantiles of even times are near the real ones', () => {
    const counts = Array.from({ length: 36 }, () => 0);
    for (let ms = 1; ms <= 1000; ms += 1) counts[latencyBucket(ms)] = (counts[latencyBucket(ms)] ?? 0) + 1;
    for (const share of [0.1, 0.5, 0.9, 0.95, 0.99]) {
      const found = latencyQuantileMs(counts, share) ?? 0;
      expect(Math.abs(found / (share * 1000) - 1)).toBeLessThan(0.05);
    }
    expect(latencyQuantileMs([0, 0], 0.5)).toBeNull();
  });
});

describe('figures', () => {
  test('what is older than a period is counted in it no more', () => {
    const counts = new TrafficCounts(NOW_MS);
    counts.count(finished({ responseBytes: 5_000_000_000, requestBytes: 7 }), NOW_MS);
    const read = (period: 'minute' | 'hour' | 'day', afterMs: number) =>
      counts.ofApplication('app')?.read(period, NOW_MS + afterMs, NOW_MS);
    expect(read('minute', 0)).toMatchObject({ requests: 1, responseBytes: 5_000_000_000, requestBytes: 7 });
    expect([read('minute', MINUTE_MS)?.requests, read('hour', MINUTE_MS)?.requests]).toEqual([0, 1]);
    expect([read('hour', 60 * MINUTE_MS)?.requests, read('day', 60 * MINUTE_MS)?.requests]).toEqual([0, 1]);
    expect(read('day', 24 * 60 * MINUTE_MS)?.requests).toBe(0);
    counts.count(finished({ responseBytes: 1 }), NOW_MS + 3 * MINUTE_MS);
    expect(read('minute', 3 * MINUTE_MS)).toMatchObject({ requests: 1, responseBytes: 1 });
    expect(read('hour', 3 * MINUTE_MS)).toMatchObject({ requests: 2, responseBytes: 5_000_000_001 });
    expect(read('hour', 3 * MINUTE_MS)?.sinceMs).toBe(NOW_MS);
  });

  test('a rule that refuses is told from a backend that fails, and an answer ends a row of failures', () => {
    const counts = new TrafficCounts(NOW_MS);
    counts.count(failed('EDGE_FORBIDDEN', { status: 403 }), NOW_MS);
    counts.count(failed('BACKEND_REFUSED', { activityId: 'one' }), NOW_MS + 1);
    counts.count(failed('BACKEND_TIMEOUT', { activityId: 'two' }), NOW_MS + 2);
    const figures = counts.ofApplication('app');
    expect(figures?.read('minute', NOW_MS, NOW_MS)).toMatchObject({ requests: 3, refused: 1, failed: 2 });
    expect(figures).toMatchObject({ failuresInRow: 2, answeredAtMs: 0 });
    expect(figures?.lastFailure).toMatchObject({ code: 'BACKEND_TIMEOUT', activityId: 'two', cause: 'because' });
    counts.count(finished(), NOW_MS + 3);
    expect(figures).toMatchObject({ failuresInRow: 0, answeredAtMs: NOW_MS + 3 });
    expect([...counts.byErrorCode]).toEqual([
      ['EDGE_FORBIDDEN', 1],
      ['BACKEND_REFUSED', 1],
      ['BACKEND_TIMEOUT', 1],
    ]);
    counts.count(finished({ application: null, status: null }), NOW_MS);
    expect([...Array.from(counts.byStatusClass)]).toEqual([1, 0, 1, 0, 1, 2]);
  });

  test('of more applications than are counted those that were asked least recently are forgotten', () => {
    const counts = new TrafficCounts(NOW_MS);
    const ask = (id: string, atMs: number): void =>
      counts.count(finished({ application: { id, displayName: id, connectorGroupId: 'group' } }), NOW_MS + atMs);
    for (let index = 0; index < MAX_COUNTED_APPLICATIONS; index += 1) ask(`app-${index}`, index);
    ask('app-0', MAX_COUNTED_APPLICATIONS);
    ask('one more', MAX_COUNTED_APPLICATIONS);
    expect([counts.ofApplication('app-0')?.requests, counts.ofApplication('app-1')]).toEqual([2, null]);
    expect(counts.ofApplication('one more')?.requests).toBe(1);
    expect(counts.applications().size).toBeLessThanOrEqual(MAX_COUNTED_APPLICATIONS);
  });
});

describe('the live stream', () => {
  let feed: TrafficFeed;
  let nowMs = NOW_MS;
  const leftOut: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    nowMs = NOW_MS;
    leftOut.length = 0;
    feed = new TrafficFeed({ clock: () => nowMs, randomId: () => 'abcdef12-3456' });
  });
  afterEach(() => {
    feed.close();
    vi.useRealTimers();
  });

  const watch = (options: Partial<TrafficWatcherOptions> = {}): TrafficWatcher =>
    new TrafficWatcher({
      feed,
      filter: {},
      sample: 1,
      eventsPerSecond: 10_000,
      lastEventId: null,
      lifetimeMs: MINUTE_MS,
      random: () => 0,
      onLeftOut: (reason) => void leftOut.push(reason),
      ...options,
    });
  const publish = (count: number, url = '/'): void => {
    for (let index = 0; index < count; index += 1) {
      feed.publish(finished({ request: { method: 'GET', url, headers: {} } }), nowMs);
    }
  };
  /** All that waits to be read. */
  const readAll = (watcher: TrafficWatcher): string => {
    let text = '';
    for (;;) {
      const chunk = watcher.read() as Buffer | null;
      if (chunk === null) return text;
      text += chunk.toString();
    }
  };
  const countOf = (text: string, part: string): number => text.split(part).length - 1;

  test('one who does not read is no burden: a bounded queue, and word of what did not fit', () => {
    const watcher = watch();
    readAll(watcher);
    publish(2000, `/${'x'.repeat(1500)}`);
    expect(leftOut.length).toBeGreaterThan(1000);
    expect(new Set(leftOut)).toEqual(new Set(['slow']));
    const missed = leftOut.length;
    const read = readAll(watcher);
    expect(countOf(read, 'event: request')).toBe(2000 - missed);
    expect(2000 - missed).toBeLessThan(TRAFFIC_LIMITS.maxWaitingEvents + 100);
    vi.advanceTimersByTime(1000);
    expect(readAll(watcher)).toContain(`event: leftOut\ndata: {"slow":${missed}}`);
    watcher.destroy();
  });

  test('a heartbeat every 15 s of a quiet time, none before, and an end in time', () => {
    const watcher = watch();
    vi.advanceTimersByTime(14_000);
    publish(1);
    vi.advanceTimersByTime(2000);
    expect(readAll(watcher)).not.toContain(': still here');
    vi.advanceTimersByTime(29_000);
    expect(countOf(readAll(watcher), ': still here')).toBe(2);
    vi.advanceTimersByTime(MINUTE_MS);
    expect(readAll(watcher)).toContain('event: end\ndata: {"reason":"expired"}');
    expect(feed.listeners).toBe(0);
    publish(1);
    expect(readAll(watcher)).toBe('');
  });

  test('nobody watches: nothing is made of a request, and who comes back later is told so', () => {
    const touched = vi.fn<() => string>(() => '/');
    const untouched = finished();
    Object.defineProperty(untouched, 'request', { get: touched });
    feed.publish(untouched, nowMs);
    expect(touched).not.toHaveBeenCalled();

    const first = watch();
    publish(1);
    const id = /id: (\S+)\nevent: request/.exec(readAll(first))?.[1] ?? '';
    expect(id).toBe('abcdef12-1');
    first.destroy();
    publish(1, '/kept');
    const soon = watch({ lastEventId: id });
    expect(readAll(soon)).toMatch(/event: begin[^]*"url":"\/kept"/);
    soon.destroy();
    nowMs += TRAFFIC_LIMITS.keptUnwatchedMs;
    publish(1, '/unseen');
    const late = watch({ lastEventId: id });
    expect(readAll(late)).toMatch(/id: abcdef12-3\nevent: begin\ndata: \{\}\n\nevent: leftOut\ndata: \{"lost":null\}/);
    late.destroy();
  });

  test('of more than is kept the number is told', () => {
    const first = watch();
    publish(1);
    publish(TRAFFIC_LIMITS.keptEvents + 5);
    const again = watch({ lastEventId: 'abcdef12-1' });
    const text = readAll(again);
    expect(text).toMatch(/^event: begin\ndata: \{\}\n\nevent: leftOut\ndata: \{"lost":5\}/);
    expect(countOf(text, 'event: request')).toBe(TRAFFIC_LIMITS.keptEvents);
    first.destroy();
    again.destroy();
  });
});

test('B72 a token of three parts is masked wherever in a URL it stands', () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
  expect(redactUrl(`/open/${token}/x?next=/y/${token}`)).toBe('/open/[secret]/x?next=/y/[secret]');
  expect(redactUrl('/eyJustAPath.html')).toBe('/eyJustAPath.html');
});
