import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { readFigures } from '../../src-main/app/traffic-history/read-figures.ts';
import { LiveFigures } from '../../src-main/app/live-figures.ts';
import { MINUTE_MS, NOON_MS, makeFile, openStore, add, record } from '../helpers/traffic-history.ts';

describe('the figures of traffic', () => {
  test('count each request once, in the minute of its begin, by application', () => {
    const store = openStore(makeFile());
    const late = { startedAtMs: NOON_MS + 2 * MINUTE_MS };
    add(store, [record(1), record(2, { status: 500 }), record(3, { ...late, applicationId: 'wiki' })]);
    add(store, [record(1), record(4, { outcome: 'open' })]);
    add(store, [record(4, { timing: { sentMs: 1, firstByteMs: 2, totalMs: 900 } })]);
    const span = { sinceMs: NOON_MS, untilMs: NOON_MS + 3 * MINUTE_MS };
    const all = readFigures(store, { ...span, applicationId: null });
    expect(all.stepMs).toBe(MINUTE_MS);
    expect(all.points.map(({ requests, errors }) => [requests, errors])).toEqual([
      [3, 1],
      [0, 0],
      [1, 0],
    ]);
    expect(all.points[1]?.medianMs).toBeNull();
    expect(all.total).toMatchObject({ requests: 4, errors: 1, requestBytes: 40, responseBytes: 4000 });
    expect(all.total.medianMs).toBeGreaterThan(8);
    expect(all.total.medianMs).toBeLessThan(13);
    expect(all.total.slowMs).toBeGreaterThan(700);
    expect(readFigures(store, { ...span, applicationId: 'wiki' }).total.requests).toBe(1);
  });

  test('tell errors by kind and times by share', () => {
    const store = openStore(makeFile());
    const slow = { timing: { sentMs: 1, firstByteMs: 2, totalMs: 4000 } };
    add(store, [
      ...Array.from({ length: 97 }, (_, index) => record(index + 1)),
      record(98, { status: 404, ...slow }),
      record(99, { status: 503, ...slow }),
      record(100, { status: 200, outcome: 'failed', errorCode: 'BACKEND_RESET' }),
      record(101, { status: null, outcome: 'cancelled' }),
    ]);
    const { total } = readFigures(store, { sinceMs: NOON_MS, untilMs: NOON_MS + MINUTE_MS, applicationId: null });
    expect(total).toMatchObject({ requests: 101, refused: 1, errors: 2, failed: 1 });
    expect(total.slowMs).toBeLessThan(13);
    expect(total.tailMs).toBeGreaterThan(2800);
  });

  test('of a file of version 1 go on, those of all applications too', () => {
    const file = makeFile();
    const former = new DatabaseSync(file);
    former.exec(`
      create table records (
        sequence integer primary key, startedAtMs integer not null, activityId text not null,
        applicationId text not null, applicationName text not null, userId text, userName text, method text not null,
        url text not null, status integer, requestBytes integer not null, responseBytes integer not null,
        sentMs real, firstByteMs real, totalMs real, isUpgrade integer not null, outcome text not null,
        errorCode text, errorHop text, errorCause text
      ) strict;
      create table figures (
        minute integer not null, applicationId text not null, requests integer not null, errors integer not null,
        requestBytes integer not null, responseBytes integer not null, latencies text not null,
        primary key (minute, applicationId)
      ) strict, without rowid;
      insert into figures values (${NOON_MS / MINUTE_MS}, 'intranet', 5, 1, 50, 500, '5');
      insert into figures values (${NOON_MS / MINUTE_MS}, 'wiki', 2, 0, 20, 200, '2');
      pragma user_version = 1;
    `);
    former.close();
    const store = openStore(file);
    add(store, [record(1)]);
    const span = { sinceMs: NOON_MS, untilMs: NOON_MS + MINUTE_MS };
    expect(readFigures(store, { ...span, applicationId: null }).total).toMatchObject({ requests: 8, errors: 1 });
    const wiki = readFigures(store, { ...span, applicationId: 'wiki' }).total;
    expect(wiki).toMatchObject({ requests: 2, requestBytes: 20 });
    expect(wiki.medianMs).toBeLessThan(1);
  });

  test('are counted by seconds in the window, each request once, in the second of its end', () => {
    const live = new LiveFigures();
    const count = (one: TrafficRecord): void => live.add(new PackedRows(packTraffic([one])));
    const nowMs = NOON_MS + 10_000;
    count(record(1, { startedAtMs: nowMs - 4000, timing: { sentMs: 1, firstByteMs: 5, totalMs: 2500 } }));
    count(record(2, { startedAtMs: nowMs - 2000, applicationId: 'wiki', status: 404 }));
    count(record(3, { startedAtMs: nowMs - 400_000 }));
    const all = live.read(nowMs, null);
    expect(all.points).toHaveLength(300);
    expect(all.points.slice(-3).map(({ requests, refused }) => [requests, refused])).toEqual([
      [0, 0],
      [2, 1],
      [0, 0],
    ]);
    expect(all.total).toMatchObject({ requests: 2, refused: 1 });
    expect(live.read(nowMs, 'wiki').total.requests).toBe(1);
  });

  test('of 30 days are at most 300 points, and none is lost', () => {
    const store = openStore(makeFile());
    const days = 30 * 24 * 60;
    add(
      store,
      Array.from({ length: 3000 }, (_, index) =>
        record(index + 1, { startedAtMs: NOON_MS + Math.floor((index * days) / 3000) * MINUTE_MS }),
      ),
    );
    const span = { sinceMs: NOON_MS, untilMs: NOON_MS + days * MINUTE_MS, applicationId: null };
    const { points, total } = readFigures(store, span);
    expect(points.length).toBeLessThanOrEqual(300);
    expect(points.reduce((sum, { requests }) => sum + requests, 0)).toBe(3000);
    expect(total.requests).toBe(3000);
  });
});
