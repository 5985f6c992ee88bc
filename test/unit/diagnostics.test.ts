import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { runSelfTest, type SelfTestOptions } from '../../src-main/app/diagnostics/self-test.ts';
import { explainFinding, wayTo } from '../../src-renderer/features/diagnostics/explain-finding.ts';
import { RecentFailures } from '../../src-service/traffic/recent-failures.ts';
import type { FinishedRequest } from '../../src-service/traffic/finished-request.ts';
import { TRAFFIC_LIMITS } from '../../src-service/traffic/traffic-limits.ts';
import type { RequestFailure } from '../../src-shared/connector/request-failure.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { HOPS, failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { SelfTestStep } from '../../src-shared/ipc/diagnostics-models.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_700_000_000_000;

function stateWith(change: Partial<AppState> = {}): AppState {
  return {
    language: 'en',
    connector: { certificateExpiryMs: NOW_MS + 20 * DAY_MS },
    engine: {
      tunnels: [{ phase: 'connected' }, { phase: 'connected' }],
      applications: [],
      isDraining: false,
      rejectedApplications: [],
      problem: null,
    },
    engineFault: null,
    isPaused: false,
    protection: { connectorKey: 'keyStore', tokens: 'keyStore' },
    trafficHistory: { kind: 'ready' },
    ...change,
  } as AppState;
}

async function runWith(change: Partial<SelfTestOptions> = {}): Promise<Record<string, SelfTestStep['outcome']>> {
  const told: SelfTestStep[] = [];
  const steps = await runSelfTest({
    state: () => stateWith(),
    checkPath: async (onHop) => onHop({ hop: 'resolve', outcome: 'passed', detail: 'here', remedy: null }),
    probeHistory: async () => 1,
    probeKeyStore: async () => undefined,
    dataFolder: tmpdir(),
    now: () => NOW_MS,
    onStep: (step) => told.push(step),
    ...change,
  });
  expect(told).toEqual(steps);
  return Object.fromEntries(steps.map(({ check, outcome }) => [check, outcome]));
}

describe('the self-test', () => {
  test('finds a machine well, and goes on where one thing fails', async () => {
    const { disk, ...rest } = await runWith();
    expect(rest).toEqual({
      resolve: 'passed',
      engine: 'passed',
      certificate: 'passed',
      keyStore: 'passed',
      history: 'passed',
    });
    expect(disk).toBeDefined();
    const broken = await runWith({
      checkPath: null,
      probeHistory: () => Promise.reject(new Error('damaged')),
      probeKeyStore: () => Promise.reject(new Error('locked')),
      dataFolder: '/nowhere/at/all',
    });
    expect(broken).toEqual({
      engine: 'passed',
      certificate: 'passed',
      keyStore: 'failed',
      history: 'failed',
      disk: 'failed',
    });
  });

  test.each<[string, Partial<AppState>, Record<string, SelfTestStep['outcome']>]>([
    ['a paused connector', { isPaused: true }, { engine: 'warned' }],
    ['no connector', { connector: null }, { engine: 'skipped', certificate: 'skipped' }],
    [
      'an engine that crashed',
      { engine: null, engineFault: { message: 'x', restarts: 1, atMs: 0 } },
      { engine: 'failed' },
    ],
    ['a history that fails', { trafficHistory: { kind: 'failing', reason: 'full' } }, { history: 'failed' }],
  ])('names %s', async (_name, change, expected) => {
    expect(await runWith({ state: () => stateWith(change) })).toMatchObject(expected);
  });

  test('B62 names a certificate that ends soon, and one that has', async () => {
    expect(await runWith({ now: () => NOW_MS + 15 * DAY_MS })).toMatchObject({ certificate: 'warned' });
    expect(await runWith({ now: () => NOW_MS + 21 * DAY_MS })).toMatchObject({ certificate: 'failed' });
    expect(await runWith({ probeKeyStore: null })).toMatchObject({ keyStore: 'warned' });
  });
});

const failureOf = (errorCode: string, change: Partial<RequestFailure> = {}): RequestFailure =>
  ({
    errorCode,
    hop: 'service',
    errorCause: null,
    summary: 'In general.',
    mayBeRepeated: false,
    ...change,
  }) as RequestFailure;
const recordOf = (change: Partial<TrafficRecord>): TrafficRecord =>
  ({ outcome: 'complete', status: 200, errorCode: null, errorHop: null, errorCause: null, ...change }) as TrafficRecord;
const finding = (record: TrafficRecord | null, failure: RequestFailure | null) => ({
  activityId: 'x',
  record,
  failure,
  serviceProblem: null,
});

describe('why a request failed', () => {
  const { why } = CATALOGUES.en;

  test('B45 the service names the error, the connector the cause in its own words', () => {
    const record = recordOf({
      errorCode: 'BACKEND_REFUSED',
      errorHop: 'connect',
      errorCause: 'ECONNREFUSED 10.0.0.5:80',
    });
    const failure = failureOf('BACKEND_REFUSED', { hop: 'connect', errorCause: 'shorter', mayBeRepeated: true });
    expect(explainFinding(finding(record, failure), why)).toMatchObject({
      kind: 'failed',
      hop: 'connect',
      said: 'ECONNREFUSED 10.0.0.5:80',
      mayBeRepeated: false,
      remedy: expect.stringContaining('Start the application') as string,
    });
  });

  test('B43 what never reached a connector is told from the service alone; an error of a later version by its hop', () => {
    const none = failureOf('EDGE_NO_CONNECTOR', { hop: 'connector' });
    expect(explainFinding(finding(null, none), why)).toMatchObject({ kind: 'failed', hop: 'connector' });
    const later = failureOf('EDGE_OF_TOMORROW', { hop: 'policy', mayBeRepeated: true });
    expect(explainFinding(finding(null, later), why)).toMatchObject({
      code: 'EDGE_OF_TOMORROW',
      cause: why.explanation.hops.policy.cause,
      said: 'In general.',
      mayBeRepeated: true,
    });
  });

  test('B47 an answer of the application itself is no failure of the way', () => {
    expect(explainFinding(finding(recordOf({ status: 500 }), null), why)).toEqual({ kind: 'answered', status: 500 });
    expect(explainFinding(finding(recordOf({ outcome: 'open' }), null), why)).toEqual({ kind: 'open' });
    expect(explainFinding(finding(null, null), why)).toEqual({ kind: 'unknown' });
  });

  test('the way ends where it failed', () => {
    const way = wayTo('tls');
    expect(way.map(({ hop }) => hop)).toEqual([...HOPS]);
    expect(way.filter(({ state }) => state === 'failed').map(({ hop }) => hop)).toEqual(['tls']);
    expect(way.at(-1)).toEqual({ hop: 'backend', state: 'notReached' });
  });

  test('both languages explain the same errors, and every hop', () => {
    const { errors, hops } = CATALOGUES.de.why.explanation;
    expect(Object.keys(errors).toSorted()).toEqual(Object.keys(why.explanation.errors).toSorted());
    for (const code of Object.keys(errors)) expect(HOPS).toContain(failingHop(code as ErrorCode));
    expect(Object.keys(hops)).toHaveLength(HOPS.length);
  });
});

test('B45 the service keeps its last failures by id, and no request that went well', () => {
  const failures = new RecentFailures();
  const finished = (activityId: string, errorCode: ErrorCode | null): FinishedRequest => ({
    activityId,
    startedAtMs: 0,
    request: { method: 'GET', url: '/x?token=abc', headers: { host: 'wiki.example' } },
    status: 502,
    isUpgrade: false,
    isComplete: true,
    application: null,
    connectorId: null,
    firstByteMs: -1,
    requestBytes: 0,
    responseBytes: 0,
    clientAddress: '192.0.2.1',
    record: { userId: null, userName: null, errorCode, errorCause: 'because' },
  });
  failures.note(finished('well', null), 5);
  for (let index = 0; index <= TRAFFIC_LIMITS.keptFailures; index += 1) {
    failures.note(finished(`id-${index}`, 'BACKEND_REFUSED'), 5);
  }
  expect([failures.find('well'), failures.find('id-0')]).toEqual([null, null]);
  expect(failures.find('id-1')).toMatchObject({
    errorCode: 'BACKEND_REFUSED',
    hop: 'connect',
    url: '/x',
    durationMs: 5,
  });
});
