import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineApplication, EngineHealth, EngineState } from '../../src-shared/connector/engine-state.ts';
import { NO_APPLICATIONS } from '../../src-shared/connector/application-watch.ts';
import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import type { ApplicationHealth } from '../../src-shared/publishing/application-health.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import { ApplicationWatcher } from '../../src-main/app/health/application-watcher.ts';
import { findTellingRecords } from '../../src-main/app/health/find-telling-records.ts';
import { HealthMonitor } from '../../src-main/app/health/health-monitor.ts';
import { describeNotice, type HealthNotice } from '../../src-main/app/health/health-notice.ts';
import { makeSteadyLevel, step, type SteadyLevel } from '../../src-main/app/health/steady-level.ts';
import { joinHealth } from '../../src-renderer/features/overview/join-health.ts';
import { describeWay } from '../../src-renderer/features/overview/request-way.ts';
import { makeTrafficRecord } from '../helpers/make-traffic-record.ts';

const HOLD = { worseHoldMs: 5000, partlyBetterHoldMs: 45_000, bestHoldMs: 5000 };

function application(id: string): EngineApplication {
  return { id, displayName: id.toUpperCase(), externalUrl: `https://${id}/`, internalUrl: `http://${id}/` };
}

let sequence = 0;
function record(applicationId: string, change: Partial<TrafficRecord> = {}): TrafficRecord {
  sequence += 1;
  return makeTrafficRecord({
    sequence,
    activityId: `activity-${sequence}`,
    startedAtMs: 1000 * sequence,
    applicationId,
    applicationName: applicationId,
    timing: { sentMs: 0, firstByteMs: 0, totalMs: 0 },
    ...change,
  });
}

const REFUSED = {
  status: null,
  outcome: 'failed',
  errorCode: 'BACKEND_REFUSED',
  errorHop: 'connect',
  errorCause: 'connect ECONNREFUSED 10.0.0.5:80',
} as const;

describe('a steady level', () => {
  /** What is seen each second, and what of it is believed. */
  function believe(seen: readonly number[]): number[] {
    let state: SteadyLevel = makeSteadyLevel(0, 0);
    return seen.map((level, second) => {
      state = step(state, level, second * 1000, HOLD);
      return state.level;
    });
  }

  test('follows once what is seen has lasted', () => {
    expect(believe([0, 1, 1, 1, 1, 1, 1, 1])).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  test('a connector whose tunnels come back one after the other is told of once, not as partly connected before', () => {
    const seen = [...Array.from({ length: 8 }, () => 2), ...Array.from({ length: 20 }, () => 1)];
    const believed = believe([...seen, ...Array.from({ length: 8 }, () => 0)]);
    expect(new Set(believed)).toEqual(new Set([0, 2]));
    expect(believed.at(-1)).toBe(0);
    expect(believe([...seen, ...Array.from({ length: 40 }, () => 1)]).at(-1)).toBe(1);
  });

  test('does not follow what flaps', () => {
    expect(new Set(believe(Array.from({ length: 600 }, (_, index) => Math.floor(index / 3) % 2)))).toEqual(
      new Set([0]),
    );
  });

  test('what comes again and again has to last longer each time, and is believed at last', () => {
    const slowly = Array.from({ length: 600 }, (_, index) => Math.floor(index / 10) % 2);
    const changes = believe(slowly).filter((level, index, all) => index > 0 && level !== all[index - 1]).length;
    expect(changes).toBeLessThan(6);
    expect(believe([...slowly, ...Array.from({ length: 200 }, () => 1)]).at(-1)).toBe(1);
  });
});

describe('how applications do', () => {
  test('one failure is not a failing application, two in a row are, with the hop and since the first', () => {
    const watcher = new ApplicationWatcher();
    watcher.useApplications([application('hr'), application('wiki'), application('cv')]);
    watcher.add([record('wiki'), record('wiki', REFUSED), record('wiki'), record('wiki', REFUSED)]);
    expect(watcher.summary).toMatchObject({ ok: 1, failing: 0, unknown: 2 });
    const since = 1000 * sequence;
    watcher.add([record('wiki', REFUSED)]);
    expect(watcher.summary).toMatchObject({ ok: 0, failing: 1, unknown: 2 });
    expect(watcher.summary.listed[0]).toMatchObject({ id: 'wiki', status: 'failing', hop: 'connect', sinceMs: since });
    expect(watcher.summary.listed.map(({ id }) => id)).toEqual(['wiki', 'cv', 'hr']);
    watcher.add([record('wiki')]);
    expect(watcher.find('wiki')).toMatchObject({ status: 'ok', hop: null, cause: null });
  });

  test('one that never answered fails at once; users who go away and pages with faults say nothing', () => {
    const watcher = new ApplicationWatcher();
    watcher.useApplications([application('hr'), application('wiki')]);
    watcher.add([record('hr', REFUSED), record('wiki', { outcome: 'cancelled', status: null })]);
    expect(watcher.find('hr')?.status).toBe('failing');
    expect(watcher.find('wiki')?.status).toBe('unknown');
    watcher.add([record('wiki', { status: 500 }), record('wiki', { status: 500 })]);
    expect(watcher.find('wiki')?.status).toBe('ok');
    watcher.add([record('wiki', { status: 503 }), record('wiki', { status: 503 })]);
    expect(watcher.find('wiki')).toMatchObject({ status: 'failing', hop: 'backend', cause: 'HTTP 503' });
  });

  test('an application that is taken away is forgotten, and a late request of it is not counted', () => {
    const watcher = new ApplicationWatcher();
    watcher.useApplications([application('hr'), application('wiki')]);
    watcher.add([record('hr', REFUSED)]);
    watcher.useApplications([application('wiki')]);
    watcher.add([record('hr', REFUSED)]);
    expect(watcher.summary).toMatchObject({ ok: 0, failing: 0, unknown: 1 });
  });

  test('what the service saw stands for what did not pass here', () => {
    const watcher = new ApplicationWatcher();
    watcher.useApplications(['cv', 'hr', 'wiki'].map(application));
    watcher.add([record('hr', REFUSED)]);
    const lastError = { code: 'TUNNEL_CLOSED', message: null, dateTime: '2026-01-01T00:00:00Z', activityId: 'a' };
    const failing = { failingHop: 'tunnel', failuresInRow: 3, lastAnsweredDateTime: null, lastError } as const;
    const fine = { failingHop: null, failuresInRow: 0, lastAnsweredDateTime: '2026-01-01T00:00:00Z', lastError: null };
    const health = new Map<string, ApplicationHealth>([
      ['cv', { id: 'cv', status: 'ok', ...fine }],
      ['hr', { id: 'hr', status: 'ok', ...fine }],
      ['wiki', { id: 'wiki', status: 'down', ...failing }],
    ]);
    const { listed, ...counts } = joinHealth(watcher.summary, health);
    expect(counts).toEqual({ ok: 1, failing: 2, unknown: 0 });
    expect(listed.map(({ id, status, hop }) => [id, status, hop])).toEqual([
      ['hr', 'failing', 'connect'],
      ['wiki', 'failing', 'tunnel'],
      ['cv', 'ok', null],
    ]);
  });

  test('the way ends at the station that fails', () => {
    const ways = (hop: 'dns' | 'tunnel' | 'sign-in') => Object.values(describeWay({ status: 'failing', hop }, 'ok'));
    expect(ways('dns')).toEqual(['reached', 'reached', 'reached', 'reached', 'failing']);
    expect(ways('tunnel')).toEqual(['reached', 'reached', 'failing', 'unknown', 'unknown']);
    expect(ways('sign-in')).toEqual(['reached', 'failing', 'unknown', 'unknown', 'unknown']);
    const offline = describeWay({ status: 'ok', hop: null }, 'offline');
    expect(Object.values(offline)).toEqual(['unknown', 'unknown', 'failing', 'unknown', 'unknown']);
  });
});

describe('notifications', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  function start(): {
    monitor: HealthMonitor;
    state: AppStateStore;
    notices: HealthNotice[];
    see: (health: EngineHealth) => void;
  } {
    const notices: HealthNotice[] = [];
    const applications = ['hr', 'wiki', 'cv', 'crm', 'erp'].map(application);
    const engine = { health: 'ok', configurationVersion: 1, applications, problem: null } as unknown as EngineState;
    const state = new AppStateStore({
      connector: { connectorId: 'c' },
      engine,
      isPaused: false,
      applicationWatch: NO_APPLICATIONS,
    } as unknown as AppState);
    const monitor = new HealthMonitor({ state, notify: (notice) => notices.push(notice) });
    return { monitor, state, notices, see: (health) => state.set({ engine: { ...engine, health } }) };
  }

  test('come when trouble has lasted, and when it has ended; not for what a person stopped', () => {
    const { monitor, state, notices, see } = start();
    vi.advanceTimersByTime(20_000);
    see('offline');
    vi.advanceTimersByTime(10_000);
    see('ok');
    vi.advanceTimersByTime(20_000);
    expect(notices).toEqual([]);
    see('offline');
    vi.advanceTimersByTime(17_000);
    expect(notices.map(({ kind }) => kind)).toEqual(['disconnected']);
    see('ok');
    vi.advanceTimersByTime(5000);
    expect(notices.map(({ kind }) => kind)).toEqual(['disconnected', 'connected']);
    state.set({ isPaused: true, engine: null });
    vi.advanceTimersByTime(60_000);
    expect(notices).toHaveLength(2);
    monitor.close();
  });

  test('come in time although the clock was set back a day, or a year forwards', () => {
    const { monitor, notices, see } = start();
    see('offline');
    vi.advanceTimersByTime(5000);
    vi.setSystemTime(Date.now() - 86_400_000);
    vi.advanceTimersByTime(12_000);
    expect(notices.map(({ kind }) => kind)).toEqual(['disconnected']);
    see('ok');
    vi.setSystemTime(Date.now() + 366 * 86_400_000);
    vi.advanceTimersByTime(1000);
    expect(notices).toHaveLength(1);
    vi.advanceTimersByTime(5000);
    expect(notices.map(({ kind }) => kind)).toEqual(['disconnected', 'connected']);
    monitor.close();
  });

  test('name one application, and count many', () => {
    const { monitor, state, notices } = start();
    monitor.addTraffic(new PackedRows(packTraffic([record('hr', REFUSED)])));
    vi.advanceTimersByTime(2000);
    expect(state.current.applicationWatch.failing).toBe(1);
    vi.advanceTimersByTime(5000);
    expect(notices.map((notice) => describeNotice(notice, 'en', 'Contoso Access'))).toEqual([
      {
        title: 'HR can’t be reached',
        body: 'Fails at the connection: connect ECONNREFUSED 10.0.0.5:80',
        page: 'traffic',
        trafficText: 'HR',
      },
    ]);
    monitor.addTraffic(new PackedRows(packTraffic(['wiki', 'cv', 'crm', 'erp'].map((id) => record(id, REFUSED)))));
    vi.advanceTimersByTime(7000);
    expect(notices.at(-1)).toEqual({ kind: 'applicationsFail', count: 4 });
    monitor.addTraffic(new PackedRows(packTraffic([record('hr')])));
    vi.advanceTimersByTime(7000);
    expect(notices.at(-1)).toMatchObject({ kind: 'applicationWorks', application: { id: 'hr' } });
    monitor.close();
  });

  test('do not say that an application works again where nobody has asked it since a pause', () => {
    const { monitor, state, notices } = start();
    const { engine } = state.current;
    monitor.addTraffic(new PackedRows(packTraffic([record('hr', REFUSED)])));
    vi.advanceTimersByTime(7000);
    state.set({ isPaused: true, engine: null });
    vi.advanceTimersByTime(7000);
    state.set({ isPaused: false, engine });
    vi.advanceTimersByTime(60_000);
    expect(notices.map(({ kind }) => kind)).toEqual(['applicationFails']);
    monitor.addTraffic(new PackedRows(packTraffic([record('hr')])));
    vi.advanceTimersByTime(7000);
    expect(notices.map(({ kind }) => kind)).toEqual(['applicationFails', 'applicationWorks']);
    monitor.close();
  });
});

describe('an engine that begins anew', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  const served = { health: 'ok', configurationVersion: 1, applications: [application('hr')], problem: null };
  const begun = { ...served, health: 'offline', configurationVersion: null, applications: [] };

  function startWith(engine: object): { state: AppStateStore; monitor: HealthMonitor; said: string[] } {
    const said: string[] = [];
    const connector = { connectorId: 'c' };
    const first = { connector, engine, isPaused: false, applicationWatch: NO_APPLICATIONS };
    const state = new AppStateStore(first as unknown as AppState);
    const notify = (notice: HealthNotice): void => void said.push(describeNotice(notice, 'en', 'Contoso').body);
    return { state, monitor: new HealthMonitor({ state, notify }), said };
  }
  const show = (state: AppStateStore, change: object): void => state.set(change);

  test('does not say that nothing is published, and counts what can’t be reached; how it does is not known', () => {
    const { state, monitor, said } = startWith(served);
    monitor.addTraffic(new PackedRows(packTraffic([record('hr', REFUSED)])));
    vi.advanceTimersByTime(2000);
    expect(state.current.applicationWatch).toMatchObject({ failing: 1 });
    show(state, { engine: null });
    show(state, { engine: begun });
    vi.advanceTimersByTime(20_000);
    expect(state.current.applicationWatch).toMatchObject({ failing: 0, unknown: 1, listed: [{ id: 'hr' }] });
    expect(said).toEqual(['1 application can’t be reached through this machine.']);
    show(state, { connector: { connectorId: 'another' } });
    vi.advanceTimersByTime(2000);
    expect(state.current.applicationWatch.listed).toEqual([]);
    monitor.close();
  });

  test('and never was connected says no number', () => {
    const { monitor, said } = startWith(begun);
    vi.advanceTimersByTime(20_000);
    expect(said).toEqual(['What is published through this machine can’t be reached.']);
    monitor.close();
  });
});

test('B72 of a flood those requests are told that say something, and no others', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const kinds: readonly Partial<TrafficRecord>[] = [
    {},
    {},
    {},
    REFUSED,
    { status: 503 },
    { status: 500 },
    { outcome: 'cancelled', status: null },
    { outcome: 'open', status: null },
    { outcome: 'failed', errorHop: 'client', errorCode: 'BACKEND_RESET' },
  ];
  for (let turn = 0; turn < 50; turn += 1) {
    const [all, some] = [new ApplicationWatcher(), new ApplicationWatcher()];
    for (const watcher of [all, some]) watcher.useApplications(['hr', 'wiki'].map((id) => application(id)));
    for (let batch = 0; batch < 5; batch += 1) {
      const seen = Array.from({ length: 30 }, () =>
        record(random(2) === 0 ? 'hr' : 'wiki', kinds[random(kinds.length)]),
      );
      all.add(seen);
      some.add(findTellingRecords(new PackedRows(packTraffic(seen))));
      expect(some.summary).toEqual(all.summary);
    }
  }
  const well = Array.from({ length: 1000 }, (_, index) => record(index % 2 === 0 ? 'hr' : 'wiki'));
  expect(findTellingRecords(new PackedRows(packTraffic(well)))).toHaveLength(2);
});
