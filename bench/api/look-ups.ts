import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { pino } from 'pino';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import type { AppRoleAssignment } from '../../src-shared/publishing/app-roles.ts';
import { ApplicationCatalog } from '../../src-service/edge/application-catalog.ts';
import { judgeAccess } from '../../src-service/edge/conditional-access/judge-access.ts';
import { SealedTokens } from '../../src-service/identity/sealed-tokens.ts';
import { SessionRefresh } from '../../src-service/identity/session-refresh.ts';
import { Sessions } from '../../src-service/identity/sessions.ts';
import type { Session } from '../../src-service/identity/session.ts';
import { openStore } from '../../src-service/store/store.ts';
import type { FinishedRequest } from '../../src-service/traffic/finished-request.ts';
import { TrafficCounts } from '../../src-service/traffic/traffic-counts.ts';
import { median } from '../tunnel/statistics.ts';

const TURNS = 200_000;
const ROUNDS = 5;
/** A prime, so that turns go through all entries in no order that a cache would like. */
const STRIDE = 7919;
/** Applications that are in use at a time, where not all are. */
const HOT = 10;
const DAY_MS = 86_400_000;
const log = pino({ level: 'silent' });

/** What each request asks of memory, ns of CPU, with so many applications, and as many sessions. */
export interface LookUpFigures {
  readonly applications: number;
  readonly routeNs: number;
  readonly sessionNs: number;
  /** The same where ten of them are in use, spread among the others: what is left is not the memory's. */
  readonly hotRouteNs: number;
  readonly hotSessionNs: number;
  /** Where all are published on one host, each at a path of its own. */
  readonly pathNs: number;
  readonly assignmentNs: number;
  readonly countNs: number;
}

/**
 * Measures the look-ups of a request among so many applications, each on a host of its own with one person assigned.
 *
 * What ten thousand sessions in turn cost above ten is memory that is in no cache: the record of a session and its times, of which
 * V8 keeps each number apart. Finding the cookie is little of it: a flat table by 60 bits of its tag took 44 ns where the map takes
 * 119, of 1,600 in all. Times in one array could save some more, for less than 1 % of what a request costs.
 */
export async function measureLookUps(applications: number, folder: string): Promise<LookUpFigures> {
  const hosts = Array.from({ length: applications }, (_, index) => `app-${index}.example.com`);
  const asked = hosts.map(asReceived);
  const list = hosts.map((host) => makeApplication(host));
  const assignments = list.map((application, index) => makeAssignment(application, `user-${index}`));
  const catalog = new ApplicationCatalog({
    source: {
      applications: { list: async () => list },
      assignments: { list: async () => assignments },
      onChange: () => () => undefined,
    },
    defaultProviderId: 'default',
    log,
  });
  await catalog.start();
  const at = (turn: number): number => (turn * STRIDE) % applications;
  const hotAt = (turn: number): number => ((turn % HOT) * STRIDE) % applications;
  const findRoute = (index: number): boolean => catalog.match(asked[index] ?? '', '/path/to/page') !== undefined;
  const routeNs = measure((turn) => findRoute(at(turn)));
  const hotRouteNs = measure((turn) => findRoute(hotAt(turn)));
  const pathNs = await measurePaths(applications, at);

  const known = await openSessions(applications, hosts, path.join(folder, `sessions-${applications}.db`));
  const { sessions, cookies } = known;
  const received = cookies.map(asReceived);
  const findSession = (index: number): boolean =>
    sessions.findOpened(received[index] ?? '', asked[index] ?? '') !== undefined;
  const sessionNs = measure((turn) => findSession(at(turn)));
  const hotSessionNs = measure((turn) => findSession(hotAt(turn)));
  const opened = cookies.map((cookie, index) => sessions.findOpened(cookie, hosts[index] ?? '') ?? null);
  const published = hosts.map((host) => catalog.match(host, '/'));
  const nowMs = Date.now();
  const assignmentNs = measure((turn) => {
    const index = at(turn);
    const application = published[index];
    if (application === undefined) return false;
    return judgeAccess(application, { session: opened[index] ?? null, remoteAddress: '', nowMs }).kind === 'grant';
  });
  await known.close();

  const counts = new TrafficCounts(nowMs);
  const finished = list.map(makeFinished);
  const countNs = measure((turn) => {
    const request = finished[at(turn)];
    if (request !== undefined) counts.count(request, nowMs);
    return request !== undefined;
  });
  catalog.stop();
  return { applications, routeNs, hotRouteNs, pathNs, sessionNs, hotSessionNs, assignmentNs, countNs };
}

async function measurePaths(applications: number, at: (turn: number) => number): Promise<number> {
  const paths = Array.from({ length: applications }, (_, index) => `/team-${index}/`);
  const list = paths.map((path) => makeApplication('apps.example.com', path));
  const catalog = new ApplicationCatalog({
    source: {
      applications: { list: async () => list },
      assignments: { list: async () => [] },
      onChange: () => () => undefined,
    },
    defaultProviderId: 'default',
    log,
  });
  await catalog.start();
  const asked = paths.map((path) => asReceived(`${path}path/to/page`));
  const host = asReceived('apps.example.com');
  const pathNs = measure((turn) => catalog.match(host, asked[at(turn)] ?? '') !== undefined);
  catalog.stop();
  return pathNs;
}

/** Another text of the same characters, as each request brings one. */
function asReceived(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** @param look whether it found what is there; a benchmark of misses would be a fast one */
function measure(look: (turn: number) => boolean): number {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let turn = 0; turn < TURNS; turn += 1) if (!look(turn)) throw new Error('A look-up found nothing.');
    const { user, system } = process.cpuUsage(before);
    // The first round is for the compilers.
    if (round > 0) rounds.push(((user + system) * 1000) / TURNS);
  }
  return median(rounds);
}

async function openSessions(
  count: number,
  hosts: readonly string[],
  file: string,
): Promise<{ readonly sessions: Sessions; readonly cookies: readonly string[]; close(): Promise<void> }> {
  const clock = Date.now;
  const store = await openStore({ location: { kind: 'sqlite', file }, sealingKey: randomBytes(32), clock });
  const key = { id: 'key', key: randomBytes(32) };
  const tokens = new SealedTokens({ keys: { current: () => key, find: () => key.key }, clock });
  const refresh = new SessionRefresh({
    store,
    providerOf: () => undefined,
    intervalMs: 0,
    clock,
    random: Math.random,
    log,
  });
  const sessions = new Sessions({
    store,
    tokens,
    lifetimes: { absoluteMs: DAY_MS, idleMs: DAY_MS },
    refresh,
    clock,
    log,
  });
  const cookies: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const session: Session = await sessions.create({
      userId: `user-${index}`,
      tenantId: 'tenant',
      displayName: 'Some Person',
      userPrincipalName: `person-${index}@example.com`,
      groups: [],
      roles: [],
      providerId: 'default',
      providerSubject: `subject-${index}`,
      providerSessionId: null,
      authenticatedAtMs: clock(),
      acr: null,
      amr: [],
      provenContexts: [],
      idToken: null,
      refreshToken: null,
      userAgent: '',
      remoteAddress: '127.0.0.1',
    });
    const cookie = await sessions.sealCookie(session, hosts[index] ?? '');
    await sessions.open(cookie, hosts[index] ?? '');
    cookies.push(cookie);
  }
  return {
    sessions,
    cookies,
    close: async () => {
      await sessions.stop();
      await store.close();
    },
  };
}

function makeApplication(host: string, path = '/'): Application {
  return {
    id: randomUUID(),
    appId: randomUUID(),
    displayName: host,
    createdDateTime: new Date(0).toISOString(),
    appRoleAssignmentRequired: true,
    appRoles: [],
    connectorGroupId: 'default',
    ...UNDESCRIBED_APPLICATION,
    onPremisesPublishing: {
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      externalUrl: `https://${host}${path}`,
      internalUrl: `http://${host}/`,
    },
  };
}

function makeAssignment(application: Application, principalId: string): AppRoleAssignment {
  return {
    id: randomUUID(),
    principalId,
    principalType: 'User',
    identityProviderId: 'default',
    principalDisplayName: '',
    resourceId: application.id,
    appRoleId: '00000000-0000-0000-0000-000000000000',
    createdDateTime: new Date(0).toISOString(),
  };
}

function makeFinished(application: Application): FinishedRequest {
  return {
    activityId: '',
    startedAtMs: 0,
    request: { headers: {} },
    status: 200,
    isUpgrade: false,
    isComplete: true,
    application,
    connectorId: 'connector',
    firstByteMs: 12,
    requestBytes: 0,
    responseBytes: 1024,
    clientAddress: '',
    record: { userId: null, userName: null, errorCode: null, errorCause: null },
  };
}
