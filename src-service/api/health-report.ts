import { type Hop, failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import type { ConnectorRecord } from '../store/connector-records.ts';
import type { ApplicationFigures } from '../traffic/application-figures.ts';

const DAY_MS = 86_400_000;
/** A connector renews at half of 30 days: one that is so near its end could not. */
const CERTIFICATE_DAYS = 7;

/** What is wrong with a connector. */
export type ConnectorProblem =
  | 'notConnected'
  | 'draining'
  | 'coolingDown'
  | 'noCanaryAnswered'
  | 'configurationRejected'
  | 'certificateExpiring'
  | 'certificateExpired';

/** `ok`; `degraded`: it works, and somebody should look; `down`: it does not. */
export type HealthStatus = 'ok' | 'degraded' | 'down';

/** A connector as its node sees it. */
export interface ConnectorHealthView {
  readonly id: string;
  readonly displayName: string;
  readonly connectorGroupId: string;
  readonly status: HealthStatus;
  readonly problems: readonly ConnectorProblem[];
  readonly tunnels: number;
  /** Requests under way. */
  readonly openStreams: number;
  readonly canaryMs: number | null;
  readonly roundTripMs: number | null;
  readonly version: string;
  readonly machineName: string;
  readonly externalIp: string | null;
  readonly configurationVersion: number | null;
  readonly configurationProblem: string | null;
  readonly certificateExpiryDateTime: string;
  readonly lastSeenDateTime: string | null;
}

/** A connector group; `down` only where an application needs it. */
export interface GroupHealthView {
  readonly id: string;
  readonly name: string;
  readonly status: HealthStatus;
  readonly connectors: number;
  readonly activeConnectors: number;
  readonly applications: number;
}

/** An application as users' requests at this node showed it: nobody knocks at its backend for the sake of this. */
export interface ApplicationHealthView {
  readonly id: string;
  readonly displayName: string;
  readonly connectorGroupId: string;
  /** `unknown`: no request has shown it yet. `disabled`: in maintenance. */
  readonly status: HealthStatus | 'unknown' | 'disabled';
  /** Where the last request failed, as long as none came through since. */
  readonly failingHop: Hop | null;
  readonly failuresInRow: number;
  readonly lastAnsweredDateTime: string | null;
  readonly lastError: {
    readonly code: ErrorCode;
    readonly hop: Hop;
    readonly message: string | null;
    readonly dateTime: string;
    readonly activityId: string;
    readonly connectorId: string | null;
  } | null;
}

export function describeConnectorHealth(
  record: ConnectorRecord,
  presence: ConnectorPresence | undefined,
  nowMs: number,
): ConnectorHealthView {
  const problems = findConnectorProblems(record, presence, nowMs);
  const isConnected = presence !== undefined && presence.tunnels > 0;
  return {
    id: record.id,
    displayName: record.displayName,
    connectorGroupId: presence?.connectorGroupId ?? record.connectorGroupId,
    status: isConnected ? (problems.length === 0 ? 'ok' : 'degraded') : 'down',
    problems,
    tunnels: presence?.tunnels ?? 0,
    openStreams: presence?.openStreams ?? 0,
    canaryMs: presence?.canaryMs ?? null,
    roundTripMs: presence?.roundTripMs ?? null,
    version: presence?.connectorVersion ?? record.version,
    machineName: presence?.machineName ?? record.machineName,
    externalIp: presence?.remoteAddress ?? record.externalIp,
    configurationVersion: presence?.configurationVersion ?? null,
    configurationProblem: presence?.configurationProblem ?? null,
    certificateExpiryDateTime: new Date(record.certificateExpiresAtMs).toISOString(),
    lastSeenDateTime: dateTime(isConnected ? nowMs : record.lastSeenAtMs),
  };
}

function findConnectorProblems(
  { certificateExpiresAtMs, isDraining }: ConnectorRecord,
  presence: ConnectorPresence | undefined,
  nowMs: number,
): ConnectorProblem[] {
  const problems: ConnectorProblem[] = [];
  if (presence === undefined || presence.tunnels === 0) problems.push('notConnected');
  else {
    if (isDraining) problems.push('draining');
    if (presence.isCoolingDown) problems.push('coolingDown');
    if (presence.canaryMs === null && presence.roundTripMs !== null) problems.push('noCanaryAnswered');
    if (presence.configurationProblem !== null) problems.push('configurationRejected');
  }
  if (certificateExpiresAtMs <= nowMs) problems.push('certificateExpired');
  else if (certificateExpiresAtMs - nowMs < CERTIFICATE_DAYS * DAY_MS) problems.push('certificateExpiring');
  return problems;
}

export function describeGroupHealth(
  { id, name }: { readonly id: string; readonly name: string },
  connectors: readonly ConnectorHealthView[],
  applications: readonly Application[],
): GroupHealthView {
  const own = connectors.filter(({ connectorGroupId }) => connectorGroupId === id);
  const active = own.filter(({ status, problems }) => status !== 'down' && !problems.includes('draining')).length;
  const published = applications.filter(({ connectorGroupId }) => connectorGroupId === id).length;
  const isDown = active === 0 && published > 0;
  const isWhole = own.every(({ status }) => status === 'ok');
  return {
    id,
    name,
    status: isDown ? 'down' : isWhole ? 'ok' : 'degraded',
    connectors: own.length,
    activeConnectors: active,
    applications: published,
  };
}

export function describeApplicationHealth(
  application: Application,
  isGroupDown: boolean,
  figures: ApplicationFigures | null,
): ApplicationHealthView {
  const { id, displayName, connectorGroupId, onPremisesPublishing } = application;
  const failure = figures?.lastFailure ?? null;
  const failuresInRow = figures?.failuresInRow ?? 0;
  const hop = failure === null ? null : failingHop(failure.code);
  return {
    id,
    displayName,
    connectorGroupId,
    status: onPremisesPublishing.isOnPremPublishingEnabled ? statusOf(isGroupDown, figures) : 'disabled',
    failingHop: failuresInRow > 0 ? hop : null,
    failuresInRow,
    lastAnsweredDateTime: dateTime(figures?.answeredAtMs === 0 ? null : (figures?.answeredAtMs ?? null)),
    lastError:
      failure === null || hop === null
        ? null
        : {
            code: failure.code,
            hop,
            message: failure.cause,
            dateTime: new Date(failure.atMs).toISOString(),
            activityId: failure.activityId,
            connectorId: failure.connectorId,
          },
  };
}

/** One failure may be that of its request alone: only a row of them, or never an answer, is more than a reason to look. */
function statusOf(isGroupDown: boolean, figures: ApplicationFigures | null): ApplicationHealthView['status'] {
  if (isGroupDown) return 'down';
  if (figures === null) return 'unknown';
  const { failuresInRow, answeredAtMs } = figures;
  if (failuresInRow === 0) return answeredAtMs === 0 ? 'unknown' : 'ok';
  return failuresInRow >= FAILURES_IN_ROW || answeredAtMs === 0 ? 'down' : 'degraded';
}

const FAILURES_IN_ROW = 3;

function dateTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
