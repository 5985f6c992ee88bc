import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { readFigures } from '../../src-main/app/traffic-history/read-figures.ts';
import { LiveFigures } from '../../src-main/app/live-figures.ts';
import type { TrafficFigure } from '../../src-shared/connector/traffic-history.ts';
import { foldLive } from '../../src-renderer/features/overview/fold-live.ts';
import {
  FORMER_CHUNKS,
  FORMER_RECORDS,
  MINUTE_MS,
  NOON_MS,
  makeFile,
  openStore,
  add,
  record,
} from '../helpers/traffic-history.ts';

function answeredIn(sequence: number, totalMs: number, startedAtMs = NOON_MS): TrafficRecord {
  return record(sequence, { startedAtMs, timing: { sentMs: 0, firstByteMs: 0, totalMs } });
}

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

  test('of a file of version 6 go on, in finer classes', () => {
    const file = makeFile();
    openStore(file);
    const former = new DatabaseSync(file);
    const counts = [...Array.from({ length: 14 }, () => 0), 100, 0, 60, 0, 0, 0, 1].join(',');
    former.exec(`
      ${FORMER_RECORDS} ${FORMER_CHUNKS}
      insert into figures values ('', ${NOON_MS / MINUTE_MS}, 161, 0, 0, 0, 0, 0, '${counts}');
      pragma user_version = 6;
    `);
    former.close();
    const store = openStore(file);
    add(
      store,
      Array.from({ length: 839 }, (_, index) => answeredIn(index + 1, 10)),
    );
    const span = { sinceMs: NOON_MS, untilMs: NOON_MS + MINUTE_MS, applicationId: null };
    const { total } = readFigures(store, span);
    expect(total.requests).toBe(1000);
    expect(total.medianMs).toBeGreaterThan(9.4);
    expect(total.medianMs).toBeLessThan(10.6);
    // The 950th and the 990th are the 11th and the 51st of 60 from 181 to 256 ms.
    expect(total.slowMs).toBeGreaterThan(185);
    expect(total.slowMs).toBeLessThan(205);
    expect(total.tailMs).toBeGreaterThan(235);
    expect(total.tailMs).toBeLessThan(256);
  });

  test('tell times within an eighth, from a fraction of a millisecond to two minutes', () => {
    const store = openStore(makeFile());
    for (const [index, ms] of [0.3, 1, 1.4, 9, 24, 47, 130, 999, 5100, 61_000, 130_000].entries()) {
      const startedAtMs = NOON_MS + index * MINUTE_MS;
      add(
        store,
        Array.from({ length: 100 }, (_, each) => answeredIn(index * 100 + each + 1, ms, startedAtMs)),
      );
      const span = { sinceMs: startedAtMs, untilMs: startedAtMs + MINUTE_MS, applicationId: null };
      const { medianMs, slowMs, tailMs } = readFigures(store, span).total;
      for (const found of [medianMs, slowMs, tailMs]) expect(Math.abs((found ?? 0) / ms - 1)).toBeLessThan(1 / 8);
    }
  });

  test('are counted by seconds in the window, each request once, in the second of its end', () => {
    const live = new LiveFigures();
    const count = (one: TrafficRecord): void => live.add(new PackedRows(packTraffic([one])));
    const nowMs = NOON_MS + 10_000;
    count(record(1, { startedAtMs: nowMs - 4000, timing: { sentMs: 1, firstByteMs: 5, totalMs: 2500 } }));
    count(record(2, { startedAtMs: nowMs - 2000, applicationId: 'wiki', status: 404 }));
    count(record(3, { startedAtMs: nowMs - 400_000 }));
    const all = foldLive(null, live.read(nowMs, null, 0));
    expect(all.points).toHaveLength(300);
    expect(all.points.slice(-3).map(({ requests, refused }) => [requests, refused])).toEqual([
      [0, 0],
      [2, 1],
      [0, 0],
    ]);
    expect(all.total).toMatchObject({ requests: 2, refused: 1 });
    expect(live.read(nowMs, 'wiki', 0).total.requests).toBe(1);
  });

  test('are told to the window second by second, those alone that it does not know yet', () => {
    const live = new LiveFigures();
    let sequence = 0;
    const countAt = (endMs: number): void => {
      sequence += 1;
      const timing = { sentMs: 1, firstByteMs: 5, totalMs: 10 };
      live.add(new PackedRows(packTraffic([record(sequence, { startedAtMs: endMs - 10, timing })])));
    };
    const requests = ({ points }: { readonly points: readonly TrafficFigure[] }): [number, number][] =>
      points.filter((point) => point.requests > 0).map((point) => [(point.atMs - NOON_MS) / 1000, point.requests]);
    countAt(NOON_MS + 100);
    countAt(NOON_MS + 1100);
    const first = live.read(NOON_MS + 1500, null, 0);
    expect(requests(first)).toEqual([[0, 1]]);
    let shown = foldLive(null, first);
    // The second in which the window asked is over, and one before it got another request late.
    countAt(NOON_MS + 200);
    const second = live.read(NOON_MS + 2500, null, first.revision);
    expect(requests(second)).toEqual([
      [0, 2],
      [1, 1],
    ]);
    shown = foldLive(shown, second);
    const third = live.read(NOON_MS + 3500, null, second.revision);
    expect(third.points).toEqual([]);
    const after = foldLive(shown, third);
    expect(requests(after)).toEqual([
      [0, 2],
      [1, 1],
    ]);
    expect(after.points).toHaveLength(300);
    expect(after.total.requests).toBe(3);
    const minutesLater = foldLive(after, live.read(NOON_MS + 301_500, null, third.revision));
    expect(requests(minutesLater)).toEqual([[1, 1]]);
    live.clear();
    const cleared = live.read(NOON_MS + 302_000, null, third.revision);
    expect(requests(foldLive(minutesLater, cleared))).toEqual([]);
  });

  test('are told whole once more where the clock went forth and back', () => {
    const live = new LiveFigures();
    const timing = { sentMs: 1, firstByteMs: 5, totalMs: 10 };
    live.add(new PackedRows(packTraffic([record(1, { startedAtMs: NOON_MS + 90, timing })])));
    let read = live.read(NOON_MS + 2000, null, 0);
    let shown = foldLive(null, read);
    for (const nowMs of [NOON_MS + 3_600_000, NOON_MS + 5000]) {
      read = live.read(nowMs, null, read.revision);
      shown = foldLive(shown, read);
    }
    expect(shown.total.requests).toBe(1);
    expect(shown.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(1);
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
