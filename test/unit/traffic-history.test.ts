import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficHistoryState } from '../../src-shared/connector/traffic-history.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { ActivityIndex } from '../../src-main/app/traffic-history/activity-index.ts';
import { openHistoryDatabase } from '../../src-main/app/traffic-history/history-database.ts';
import { HistoryStore } from '../../src-main/app/traffic-history/history-store.ts';
import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { type PackedTraffic, packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { readFigures } from '../../src-main/app/traffic-history/read-figures.ts';
import { TrafficHistory } from '../../src-main/app/traffic-history/traffic-history.ts';
import { writeExport } from '../../src-main/app/traffic-history/write-export.ts';
import { findReplayProblem } from '../../src-main/app/replay-request.ts';
import { LiveFigures } from '../../src-main/app/live-figures.ts';
import { toCurl } from '../../src-renderer/features/traffic/to-curl.ts';
import { makeTestLog } from '../helpers/test-log.ts';

const LIMITS = { maxRecordAgeMs: 7 * 86_400_000, maxFigureAgeMs: 30 * 86_400_000, maxBytes: 256 * 1024 * 1024 };
const MINUTE_MS = 60_000;
/** A whole minute, and young: the thread clears up by the real clock. */
const NOON_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function makeFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-history-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'traffic.sqlite');
}

function openStore(file: string, limits = LIMITS): HistoryStore {
  const database = openHistoryDatabase(file);
  cleanUps.push(() => database.close());
  return new HistoryStore(database, limits);
}

/** In one transaction, told as one batch. */
function add(store: HistoryStore, records: readonly TrafficRecord[], heads: readonly TrafficHeads[] = []): void {
  store.add([packTraffic(records)], heads);
}

function record(sequence: number, change: Partial<TrafficRecord> = {}): TrafficRecord {
  return {
    sequence,
    activityId: `activity-${sequence}`,
    startedAtMs: NOON_MS + sequence,
    applicationId: 'intranet',
    applicationName: 'Intranet',
    userId: 'a1',
    userName: 'Alice Archer',
    method: 'GET',
    url: `http://origin/page/${sequence}`,
    status: 200,
    requestBytes: 10,
    responseBytes: 1000,
    timing: { sentMs: 1, firstByteMs: 5, totalMs: 10 },
    isUpgrade: false,
    outcome: 'complete',
    errorCode: null,
    errorHop: null,
    errorCause: null,
    ...change,
  };
}

function batchesOf(from: number, to: number, length: number): PackedTraffic[] {
  const batches = Math.ceil((to - from + 1) / length);
  return Array.from({ length: batches }, (_, batch) =>
    packTraffic(Array.from({ length }, (__, index) => record(from + batch * length + index))),
  );
}

const everything = { beforeSequence: null, filter: NO_FILTER, limit: 1000 };

function startHistory(file: string): { history: TrafficHistory; states: TrafficHistoryState[] } {
  const states: TrafficHistoryState[] = [];
  const workerUrl = new URL('../../src-main/app/traffic-history/history-worker.ts', import.meta.url);
  const onState = (state: TrafficHistoryState): void => void states.push(state);
  return {
    history: new TrafficHistory({
      workerUrl,
      file,
      limits: LIMITS,
      log: makeTestLog(),
      onState,
      onExportProgress: () => undefined,
    }),
    states,
  };
}

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
    former.exec('drop table activities; drop table chunks; pragma user_version = 3');
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
    expect(store.prune(NOON_MS)).toBe(false);
    expect(store.readPage(everything).records.map(({ sequence }) => sequence)).toEqual([2]);
    store.add(batchesOf(10, 20_009, 1000), []);
    add(store, [record(20_010)]);
    while (store.prune(NOON_MS));
    expect(store.countRecords()).toBeLessThan(16_000);
    expect(store.readPage({ ...everything, limit: 1 }).records[0]?.sequence).toBe(20_010);
    expect(store.readAfter(0, 1)[0]?.sequence).toBeGreaterThan(4000);
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

describe('the thread that keeps the history', () => {
  test('answers with what still waits, and writes it when it is closed', async () => {
    const file = makeFile();
    const first = startHistory(file);
    first.history.add(packTraffic([record(1)]));
    expect((await first.history.readPage(everything)).records).toEqual([record(1)]);
    first.history.add(packTraffic([record(2)]));
    await first.history.close();
    await expect(first.history.readPage(everything)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const second = startHistory(file);
    expect((await second.history.readPage(everything)).records).toHaveLength(2);
    await second.history.close();
    expect(second.states).toEqual([]);
  });

  test('a damaged file is set aside and told, and a new one begun', async () => {
    const file = makeFile();
    const damaged = 'This is no database, and longer than the header of one.'.repeat(100);
    writeFileSync(file, damaged);
    const { history, states } = startHistory(file);
    history.add(packTraffic([record(1)]));
    expect((await history.readPage(everything)).records).toHaveLength(1);
    await history.close();
    expect(states).toMatchObject([{ kind: 'setAside', file: `${file}.damaged` }]);
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(damaged);
  });

  test('a folder that can not be written to is told once, and queries are refused', async () => {
    const file = path.join(makeFile(), 'below');
    writeFileSync(path.dirname(file), 'a file, no folder');
    const { history, states } = startHistory(file);
    history.add(packTraffic([record(1)]));
    await expect(history.readPage(everything)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await history.close();
    expect(states.map(({ kind }) => kind)).toEqual(['failing']);
  });
});

describe('an export', () => {
  async function exportAll(format: 'csv' | 'har', records: readonly TrafficRecord[]): Promise<string> {
    const file = makeFile();
    const { history } = startHistory(file);
    history.add(packTraffic(records));
    const target = path.join(path.dirname(file), `export.${format}`);
    const filter = { ...NO_FILTER, text: 'page' };
    const done = await history.export({ file: target, format, filter, version: '1.2.3' });
    await history.close();
    expect(done?.written).toBe(records.filter(({ url }) => url.includes('page')).length);
    return readFileSync(target, 'utf8');
  }

  test('as CSV has a line for each request that matches, oldest first, and no formula', async () => {
    const name = '=HYPERLINK("http://evil")';
    const text = await exportAll('csv', [
      record(2),
      record(1, { userName: name }),
      record(3, { url: 'http://other/' }),
    ]);
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^startedAt,activityId,/);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(lines[2]).toContain(',http://origin/page/2,200,complete,10,1000,1,5,10,,,');
  });

  test('as HAR 1.2 is JSON with every entry, over several steps', async () => {
    const records = Array.from({ length: 2500 }, (_, index) => record(index + 1));
    const har = JSON.parse(await exportAll('har', records)) as {
      log: { version: string; creator: object; entries: { time: number; timings: object; startedDateTime: string }[] };
    };
    expect(har.log.version).toBe('1.2');
    expect(har.log.creator).toEqual({ name: 'Postern', version: '1.2.3' });
    expect(har.log.entries).toHaveLength(2500);
    expect(har.log.entries[0]).toMatchObject({
      startedDateTime: new Date(NOON_MS + 1).toISOString(),
      time: 10,
      timings: { send: 1, wait: 4, receive: 5 },
    });
  });

  test('that is cancelled leaves no file', async () => {
    const file = makeFile();
    const { history } = startHistory(file);
    history.add(packTraffic(Array.from({ length: 20_000 }, (_, index) => record(index + 1))));
    const target = path.join(path.dirname(file), 'export.har');
    const done = history.export({ file: target, format: 'har', filter: NO_FILTER, version: '1' });
    history.cancelExport();
    expect(await done).toBeNull();
    await history.close();
    expect(readdirSync(path.dirname(file)).filter((name) => name.startsWith('export'))).toEqual([]);
  });

  test('that is cancelled half-way, while much waits to be written, leaves no file either', async () => {
    const folder = path.dirname(makeFile());
    const own = new AbortController();
    const source = {
      count: () => 100_000,
      readHeads: () => null,
      readAfter: (after: number, rows: number) => Array.from({ length: rows }, (_, index) => record(after + index + 1)),
    };
    const query = { file: path.join(folder, 'export.har'), format: 'har', filter: NO_FILTER, version: '1' } as const;
    const done = writeExport(source, query, own.signal, ({ looked }) => {
      if (looked === 3000) own.abort();
    });
    await expect(done).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a request as curl', () => {
  const seen = { method: 'GET', url: "http://origin/it's?token=[secret]", isUpgrade: false } as TrafficRecord;

  test('quotes for a shell, and leaves placeholders for what is secret', () => {
    expect(toCurl(seen)).toBe(
      String.raw`curl --include --path-as-is --header 'Cookie: [secret]' 'http://origin/it'\''s?token=[secret]'`,
    );
    expect(toCurl({ ...seen, method: 'POST' })).toContain(`--request 'POST'`);
    expect(toCurl({ ...seen, method: 'POST' })).toContain(`--data-binary '[body]'`);
    expect(toCurl({ ...seen, method: 'HEAD' })).toContain('--head');
    expect(toCurl({ ...seen, isUpgrade: true })).toContain('Upgrade: websocket');
  });
});

describe('sending a request again', () => {
  const seen = { method: 'GET', url: 'http://origin/page', isUpgrade: false } as TrafficRecord;

  test('is for safe ones alone, and for such as are known whole', () => {
    expect(findReplayProblem(seen)).toBeNull();
    expect(findReplayProblem({ ...seen, method: 'HEAD' })).toBeNull();
    for (const method of ['POST', 'DELETE', 'OPTIONS']) expect(findReplayProblem({ ...seen, method })).not.toBeNull();
    expect(findReplayProblem({ ...seen, isUpgrade: true })).not.toBeNull();
    expect(findReplayProblem({ ...seen, url: 'http://origin/?token=[secret]' })).not.toBeNull();
  });
});
