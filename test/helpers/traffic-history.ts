import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficHistoryState } from '../../src-shared/connector/traffic-history.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { openHistoryDatabase } from '../../src-main/app/traffic-history/history-database.ts';
import { HistoryStore } from '../../src-main/app/traffic-history/history-store.ts';
import { type PackedTraffic, packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { TrafficHistory } from '../../src-main/app/traffic-history/traffic-history.ts';
import { makeTestLog } from './test-log.ts';
import { makeTrafficRecord } from './make-traffic-record.ts';

export const LIMITS = { maxRecordAgeMs: 7 * 86_400_000, maxFigureAgeMs: 30 * 86_400_000, maxBytes: 256 * 1024 * 1024 };
export const MINUTE_MS = 60_000;
/** A whole minute, and young: the thread clears up by the real clock. */
export const NOON_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

export const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

export function makeFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-history-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'traffic.sqlite');
}

export function openStore(file: string, limits = LIMITS): HistoryStore {
  const database = openHistoryDatabase(file);
  cleanUps.push(() => database.close());
  return new HistoryStore(database, limits);
}

/** What makes the table of records that of versions before 8. */
export const FORMER_RECORDS =
  'alter table records rename column flags to isUpgrade; alter table records drop column opening;';

/** The same for chunks and the index of activity ids. */
export const FORMER_CHUNKS = 'alter table chunks drop column openings; drop index activitiesByEnd;';

/** In one transaction, told as one batch. */
export function add(store: HistoryStore, records: readonly TrafficRecord[], heads: readonly TrafficHeads[] = []): void {
  store.add([packTraffic(records)], heads);
}

export function record(sequence: number, change: Partial<TrafficRecord> = {}): TrafficRecord {
  return makeTrafficRecord({
    sequence,
    activityId: `activity-${sequence}`,
    startedAtMs: NOON_MS + sequence,
    userId: 'a1',
    userName: 'Alice Archer',
    url: `http://origin/page/${sequence}`,
    requestBytes: 10,
    responseBytes: 1000,
    ...change,
  });
}

export function batchesOf(from: number, to: number, length: number): PackedTraffic[] {
  const batches = Math.ceil((to - from + 1) / length);
  return Array.from({ length: batches }, (_, batch) =>
    packTraffic(Array.from({ length }, (__, index) => record(from + batch * length + index))),
  );
}

export const everything = { beforeSequence: null, filter: NO_FILTER, limit: 1000 };

export function startHistory(file: string): { history: TrafficHistory; states: TrafficHistoryState[] } {
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
