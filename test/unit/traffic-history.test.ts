import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { ActivityIndex } from '../../src-main/app/traffic-history/activity-index.ts';
import { openHistoryDatabase } from '../../src-main/app/traffic-history/history-database.ts';
import { SteadyClock } from '../../src-main/app/traffic-history/steady-clock.ts';
import { HistoryStore } from '../../src-main/app/traffic-history/history-store.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { readFigures } from '../../src-main/app/traffic-history/read-figures.ts';
import {
  FORMER_CHUNKS,
  FORMER_RECORDS,
  LIMITS,
  MINUTE_MS,
  NOON_MS,
  makeFile,
  openStore,
  add,
  record,
  batchesOf,
  everything,
  cleanUps,
} from '../helpers/traffic-history.ts';

describe('B72 the history of traffic', () => {
  test('keeps all that a record has, once, under its sequence', () => {
    const store = openStore(makeFile());
    const open = record(1, { outcome: 'open', status: null, timing: { sentMs: 1, firstByteMs: null, totalMs: null } });
    const failed = record(2, {
      outcome: 'failed',
      status: 502,
      userId: null,
      userName: null,
      isUpgrade: true,
      errorCode: 'BACKEND_REFUSED',
      errorHop: 'connect',
      errorCause: 'connect ECONNREFUSED 10.0.0.5:80',
    });
    add(store, [open, failed]);
    expect(store.readPage(everything)).toEqual({ records: [failed, open], next: null });
    add(store, [record(1)]);
    expect(store.readPage(everything).records).toEqual([failed, record(1)]);
  });

  test('keeps how connections were opened, one by one and a batch at a time', () => {
    const store = openStore(makeFile());
    const connection = { beganMs: 0, resolvedMs: 1.25, connectedMs: 2, securedMs: null };
    const opened = [record(1, { connection }), record(2), record(3, { connection: null, isUpgrade: true })];
    add(store, opened);
    const many = Array.from({ length: 100 }, (_, index) =>
      record(index + 4, index % 10 === 0 ? { connection: { ...connection, securedMs: index } } : {}),
    );
    add(store, many);
    expect(store.readPage(everything).records).toEqual([...opened, ...many].toReversed());
  });

  test('of a file of version 7 says that it does not know how connections were opened', () => {
    const file = makeFile();
    const former = openHistoryDatabase(file);
    const before = Array.from({ length: 100 }, (_, index) => record(index + 1, { connection: null }));
    add(new HistoryStore(former, LIMITS), before);
    add(new HistoryStore(former, LIMITS), [record(101, { connection: null, isUpgrade: true })]);
    former.exec(`${FORMER_RECORDS} ${FORMER_CHUNKS} pragma user_version = 7`);
    former.close();
    const store = openStore(file);
    add(store, [record(102)]);
    const kept = [...before, record(101, { connection: null, isUpgrade: true }), record(102)];
    expect(store.readPage(everything).records).toEqual(kept.toReversed());
  });

  test('finds a request by its activity id, of an older file too, and none that is gone', () => {
    const file = makeFile();
    const former = openHistoryDatabase(file);
    const old = new HistoryStore(former, LIMITS);
    const uuid = (number: number): string => `${String(number).padStart(8, '0')}-3b7d-4c51-9e2f-0a1b2c3d4e5f`;
    // A few at a time, so that each is a row by itself, as all were.
    for (let from = 0; from < 100; from += 50)
      add(
        old,
        Array.from({ length: 50 }, (_, index) => record(from + index + 1, { activityId: uuid(from + index) })),
      );
    former.exec(`drop table activities; drop table chunks; ${FORMER_RECORDS} pragma user_version = 3`);
    former.close();
    const store = openStore(file);
    add(store, [record(102, { activityId: 'no-uuid' }), record(101, { activityId: uuid(7).replace('9e2f', '9e30') })]);
    add(store, [record(102, { activityId: 'no-uuid', status: 404 }), record(103, { activityId: uuid(200) })]);
    expect(store.findByActivity(uuid(7))?.sequence).toBe(8);
    expect(store.findByActivity(uuid(7).replace('9e2f', '9e30'))?.sequence).toBe(101);
    expect(store.findByActivity('no-uuid')).toMatchObject({ sequence: 102, status: 404 });
    expect(store.findByActivity(uuid(201))).toBeNull();
    expect(store.findByActivity('no-uuid either')).toBeNull();
    store.clear();
    expect(store.findByActivity(uuid(200))).toBeNull();
    expect(store.readHeads(103)).toBeNull();
  });

  test('requests of engines that ran an hour apart are found by activity id, though they came in one transaction', () => {
    const store = openStore(makeFile());
    const later = 1 + 2 ** 32;
    const latest = later + 5 * 2 ** 32;
    const of = (sequence: number): TrafficRecord =>
      record(sequence, { activityId: `abcdef${sequence % 2 === 0 ? '00' : '01'}-${sequence}` });
    add(store, [of(latest), of(1), of(2), of(later), of(later + 1), of(2 ** 32)]);
    for (const sequence of [1, 2, 2 ** 32, later, later + 1, latest])
      expect(store.findByActivity(of(sequence).activityId)?.sequence).toBe(sequence);
  });

  test('a transaction that begins with the sequence of another does not make its requests unfindable', () => {
    const database = openHistoryDatabase(makeFile());
    cleanUps.push(() => database.close());
    const index = new ActivityIndex(database);
    index.add([
      { sequence: 1, activityId: '00000001' },
      { sequence: 2, activityId: '00000002' },
    ]);
    index.add([{ sequence: 1, activityId: '00000001' }]);
    index.add([]);
    expect([...index.candidates('00000002')]).toEqual([2]);
    expect([...index.candidates('00000001')]).toEqual([1, 1]);
    expect(index.firstSequence).toBe(1);
  });

  test('what the index of version 4 lost is found again', () => {
    const file = makeFile();
    const former = openHistoryDatabase(file);
    add(new HistoryStore(former, LIMITS), [record(1, { activityId: 'aaaaaaaa-1' }), record(2 ** 33)]);
    former.exec(`
      drop table activities;
      drop table chunks;
      ${FORMER_RECORDS}
      create table activities (firstSequence integer primary key, lastSequence integer not null, places blob not null) strict;
      insert into activities values (1, 1, zeroblob(8));
      pragma user_version = 4;
    `);
    former.close();
    const store = openStore(file);
    expect(store.findByActivity(record(2 ** 33).activityId)?.sequence).toBe(2 ** 33);
    add(store, [record(2 ** 33 + 1, { activityId: 'bbbbbbbb-1' })]);
    expect(store.findByActivity('aaaaaaaa-1')?.sequence).toBe(1);
    expect(store.findByActivity('bbbbbbbb-1')?.sequence).toBe(2 ** 33 + 1);
  });

  test('is read page by page, by the filter of the window', () => {
    const store = openStore(makeFile());
    add(
      store,
      Array.from({ length: 25 }, (_, index) => record(index + 1, index % 5 === 0 ? { status: 404 } : {})),
    );
    const first = store.readPage({ ...everything, limit: 10 });
    expect(first.records.map(({ sequence }) => sequence)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    const second = store.readPage({ ...everything, beforeSequence: first.next, limit: 100 });
    expect(second.records).toHaveLength(15);
    expect(second.next).toBeNull();
    const missing = store.readPage({ ...everything, filter: { ...NO_FILTER, status: '4xx', text: 'alice' } });
    expect(missing.records.map(({ sequence }) => sequence)).toEqual([21, 16, 11, 6, 1]);
    const slow = store.readPage({ ...everything, filter: { ...NO_FILTER, slowerThanMs: 10 } });
    expect(slow.records).toEqual([]);
    const bob = store.readPage({ ...everything, filter: { ...NO_FILTER, user: 'bob' } });
    expect(bob.records).toEqual([]);
  });

  test('forgets by age, and by size the oldest first', () => {
    const store = openStore(makeFile(), { ...LIMITS, maxBytes: 2 * 1024 * 1024 });
    add(store, [record(1, { startedAtMs: NOON_MS - LIMITS.maxRecordAgeMs - 1 }), record(2)]);
    expect(store.prune(null)).toBe(false);
    expect(store.countRecords()).toBe(2);
    expect(store.prune(NOON_MS)).toBe(false);
    expect(store.readPage(everything).records.map(({ sequence }) => sequence)).toEqual([2]);
    store.add(batchesOf(10, 20_009, 1000), []);
    add(store, [record(20_010)]);
    while (store.prune(NOON_MS));
    expect(store.countRecords()).toBeLessThan(16_000);
    expect(store.readPage({ ...everything, limit: 1 }).records[0]?.sequence).toBe(20_010);
    expect(store.readAfter(0, 1)[0]?.sequence).toBeGreaterThan(4000);
  });

  test('where figures alone were more than the file may have they were kept for good', () => {
    const store = openStore(makeFile(), { ...LIMITS, maxBytes: 1 });
    const oldMs = NOON_MS - LIMITS.maxFigureAgeMs - 2 * MINUTE_MS;
    add(store, [record(1, { startedAtMs: oldMs })]);
    const span = { sinceMs: oldMs, untilMs: oldMs + MINUTE_MS, applicationId: null };
    expect(readFigures(store, span).total.requests).toBe(1);
    while (store.prune(NOON_MS));
    expect(readFigures(store, span).total.requests).toBe(0);
  });

  test('clearing up does not read all that is kept, which took longer than what came in', () => {
    const database = openHistoryDatabase(makeFile());
    cleanUps.push(() => database.close());
    const store = new HistoryStore(database, LIMITS);
    add(store, [record(200_001)], [{ sequence: 200_001, request: [], response: null }]);
    database.exec(`
      with recursive number(n) as (select 1 union all select n + 1 from number where n < 200000)
      insert into records select number.n, startedAtMs, 'seeded', applicationId, applicationName, null, null, 'GET', url, 200, 0, 0, 1, 2, 3, 0,
        'complete', null, null, null, null from number, (select * from records limit 1);
    `);
    const shortest = (act: () => void): number => {
      const times = Array.from({ length: 5 }, () => {
        const beganAtMs = performance.now();
        act();
        return performance.now() - beganAtMs;
      });
      return Math.min(...times);
    };
    const readAllMs = shortest(() => void database.prepare('select avg(startedAtMs) from records').get());
    expect(shortest(() => void store.prune(NOON_MS))).toBeLessThan(readAllMs / 2);
    expect(store.countRecords()).toBe(200_001);
  });

  test('a batch of many is one row of the file, and each of its requests is found as if it were one by itself', () => {
    const file = makeFile();
    const change = (sequence: number): Partial<TrafficRecord> => ({
      activityId: `${String(sequence).padStart(8, '0')}-3b7d-4c51-9e2f-0a1b2c3d4e5f`,
      userName: sequence % 3 === 0 ? null : `Älice ${sequence % 5}`,
      status: sequence % 10 === 0 ? 404 : 200,
      url: `http://origin/straße/${'x'.repeat(sequence % 40)}`,
    });
    const all = Array.from({ length: 1000 }, (_, index) => record(index + 1, change(index + 1)));
    // As a recorder tells them: of each batch the last ones go on, and end in the next, where others have begun before.
    const batches = [0, 1, 2, 3, 4].map((turn) => {
      const own = all.slice(turn * 200, turn * 200 + 200);
      const late = turn === 0 ? [] : all.slice(turn * 200 - 8, turn * 200);
      const isLast = turn === 4;
      return [
        ...own.slice(0, 192).reverse(),
        ...late,
        ...own.slice(192).map((each): TrafficRecord => (isLast ? each : { ...each, outcome: 'open', status: null })),
      ];
    });
    const database = openHistoryDatabase(file);
    const store = new HistoryStore(database, LIMITS);
    store.add(batches.slice(0, 2).map(packTraffic));
    store.add(batches.slice(2).map(packTraffic));
    const rowsOf = (table: string): number =>
      Number(database.prepare(`select count(*) as count from ${table}`).get()?.['count']);
    expect([rowsOf('chunks'), rowsOf('records')]).toEqual([5, 32]);
    const newestFirst = all.toReversed();
    for (const each of [store, openStore(file)]) {
      expect(each.countRecords()).toBe(1000);
      expect(each.readPage(everything).records).toEqual(newestFirst);
      expect(each.readPage({ ...everything, beforeSequence: 501, limit: 10 }).records).toEqual(
        newestFirst.slice(500, 510),
      );
      expect(each.readAfter(0, 2000)).toEqual(all);
      expect(each.readAfter(395, 10)).toEqual(all.slice(395, 405));
      const missing = each.readPage({ ...everything, filter: { ...NO_FILTER, status: '4xx' } });
      expect(missing.records.map(({ sequence }) => sequence)).toEqual(
        newestFirst.filter(({ status }) => status === 404).map(({ sequence }) => sequence),
      );
      for (const sequence of [1, 199, 200, 201, 640, 1000])
        expect(each.findByActivity(change(sequence).activityId ?? '')).toEqual(all[sequence - 1]);
      expect(each.findByActivity('00000640-0000-0000-0000-000000000000')).toBeNull();
    }
    const { total } = readFigures(store, { sinceMs: NOON_MS, untilMs: NOON_MS + MINUTE_MS, applicationId: null });
    expect(total).toMatchObject({ requests: 1000, refused: 100 });
    // What comes again takes the place of the earlier one there, too, and counts no second time.
    add(store, [record(501, { status: 500 })]);
    expect(
      store.readPage({ ...everything, beforeSequence: 503, limit: 3 }).records.map(({ status }) => status),
    ).toEqual([200, 500, 404]);
    const span = { sinceMs: NOON_MS, untilMs: NOON_MS + MINUTE_MS, applicationId: 'intranet' };
    expect(readFigures(store, span).total).toMatchObject({ requests: 1000, errors: 0 });
    store.clear();
    expect(store.readPage(everything)).toEqual({ records: [], next: null });
    database.close();
  });

  test('batches go by age as a whole, when all in them is too old', () => {
    const store = openStore(makeFile());
    const old = { startedAtMs: NOON_MS - LIMITS.maxRecordAgeMs - 1 };
    const batch = Array.from({ length: 100 }, (_, index) => record(index + 1, old));
    const mixed = Array.from({ length: 100 }, (_, index) => record(index + 101, index === 50 ? {} : old));
    store.add([packTraffic(batch), packTraffic(mixed)]);
    store.prune(NOON_MS);
    expect(store.countRecords()).toBe(100);
    expect(store.readAfter(0, 1)[0]?.sequence).toBe(101);
    expect(store.findByActivity('activity-1')).toBeNull();
  });

  test('what was open when the app ended counts as failed at the next start', () => {
    const file = makeFile();
    const database = openHistoryDatabase(file);
    add(new HistoryStore(database, LIMITS), [record(1, { outcome: 'open' })]);
    database.close();
    const [kept] = openStore(file).readPage(everything).records;
    expect(kept?.outcome).toBe('failed');
    expect(kept?.errorCause).toContain('app ended');
  });

  test('keeps headers beside the records, of the newest, and as long as those', () => {
    const store = openStore(makeFile());
    const heads = (sequence: number): TrafficHeads => ({
      sequence,
      request: [{ name: 'accept', value: '*/*' }],
      response: sequence === 2 ? null : [{ name: 'server', value: 'x' }],
    });
    add(store, [record(1), record(2), record(3)], [heads(1), heads(2)]);
    expect([1, 2, 3].map((sequence) => store.readHeads(sequence))).toEqual([heads(1), heads(2), null]);
    add(
      store,
      [],
      Array.from({ length: 20_000 }, (_, index) => heads(index + 2)),
    );
    store.prune(NOON_MS);
    expect([1, 2, 20_001].map((sequence) => store.readHeads(sequence) === null)).toEqual([true, false, false]);
  });

  test('can be read by its owner alone', () => {
    const file = makeFile();
    add(openStore(file), [record(1)]);
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(`${file}${suffix}`).mode & 0o077).toBe(0);
  });
});

test('a clock that is a year ahead for some minutes takes nothing of the history with it', () => {
  const YEAR_MS = 365 * 86_400_000;
  const clock = new SteadyClock(NOON_MS, 0);
  const read = (minute: number, aheadMs = 0): number | null =>
    clock.read(NOON_MS + minute * MINUTE_MS + aheadMs, minute * MINUTE_MS);
  expect(read(9)).toBeNull();
  expect(read(10)).toBe(NOON_MS + 10 * MINUTE_MS);
  expect(read(11, YEAR_MS)).toBeNull();
  expect(read(15, YEAR_MS)).toBeNull();
  expect(read(16)).toBeNull();
  // The network puts it right by seconds.
  expect(read(25, 2000)).toBeNull();
  expect(read(26, -2000)).toBe(NOON_MS + 26 * MINUTE_MS - 2000);
});
