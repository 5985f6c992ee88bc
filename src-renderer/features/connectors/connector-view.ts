import type { Connector, ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { formatAgo, formatCount, formatDateTime, formatDuration } from '../../ui/format.ts';
import type { Status } from '../../ui/status-mark.tsx';
import type { ConnectorLists } from './use-connector-lists.ts';

type Text = Catalogue['connectors'];
type State = keyof Text['status'];

const DAY_MS = 86_400_000;
/** Names that a sentence lists; the others it counts. */
const NAMED = 3;
/** Less than a month's certificate has at its renewal by far. */
export const CERTIFICATE_WARNING_DAYS = 7;

const MARKS: Readonly<Record<State, Status>> = {
  connected: 'ok',
  draining: 'paused',
  coolingDown: 'degraded',
  problem: 'degraded',
  away: 'offline',
  revoked: 'offline',
};
/** What needs somebody first. */
const URGENCY: readonly State[] = ['away', 'coolingDown', 'problem', 'revoked', 'draining', 'connected'];

export function stateOf(connector: Connector): State {
  if (connector.revokedDateTime !== null) return 'revoked';
  if (connector.status !== 'active') return 'away';
  if (connector.isDraining) return 'draining';
  if (connector.isCoolingDown) return 'coolingDown';
  return connector.configurationProblem === null ? 'connected' : 'problem';
}

export function markOf(connector: Connector): Status {
  return MARKS[stateOf(connector)];
}

/** Whether new requests may go there. */
export function takesRequests({ status, isDraining, revokedDateTime }: Connector): boolean {
  return status === 'active' && !isDraining && revokedDateTime === null;
}

/** What is worth knowing beside the state, and is short: how long ago a connector was seen. */
export function describeStateNow(connector: Connector, nowMs: number, text: Text): string {
  const { lastSeenDateTime } = connector;
  if (stateOf(connector) !== 'away' || lastSeenDateTime === null) return describeState(connector, text);
  return text.lastSeen(formatAgo(Date.parse(lastSeenDateTime), nowMs));
}

/** The same to the minute. */
export function describeState(connector: Connector, text: Text): string {
  const { revokedDateTime, lastSeenDateTime, tunnels, canaryMs, status } = connector;
  if (revokedDateTime !== null) return text.revokedAt(formatDateTime(Date.parse(revokedDateTime)));
  if (status === 'active') {
    const parts = [text.tunnels(tunnels)];
    if (canaryMs !== null) parts.push(text.canary(formatDuration(canaryMs)));
    return parts.join(', ');
  }
  return lastSeenDateTime === null ? text.neverSeen : text.lastSeen(formatDateTime(Date.parse(lastSeenDateTime)));
}

export function describeRate({ requestsPerSecond }: Connector, text: Text): string {
  const digits = requestsPerSecond < 10 ? 10 : 1;
  return text.perSecond(formatCount(Math.round(requestsPerSecond * digits) / digits));
}

export function describeRunning({ outstandingRequests }: Connector, text: Text): string {
  return outstandingRequests === 0 ? text.nothingRuns : text.running(formatCount(outstandingRequests));
}

/** Whole days until the certificate ends; negative once it has. */
export function certificateDays({ certificateExpiryDateTime }: Connector, nowMs: number): number {
  return Math.floor((Date.parse(certificateExpiryDateTime) - nowMs) / DAY_MS);
}

export function describeCertificate(connector: Connector, nowMs: number, text: Text): string {
  const days = certificateDays(connector, nowMs);
  return days < 0 ? text.expired : text.days(days);
}

/** Whether it runs a version before that of the service. */
export function isOlder({ version }: Connector, service: string): boolean {
  return compareVersions(version, service) < 0;
}

function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true });
}

export function describeEnrolment({ enrolmentTokenId }: Connector, { tokens }: ConnectorLists, text: Text): string {
  if (enrolmentTokenId === null) return text.detail.byAdministrator;
  const token = tokens.find(({ id }) => id === enrolmentTokenId);
  return token === undefined ? text.detail.byLostToken : text.detail.byToken(token.displayName ?? text.token.unnamed);
}

/** Which applications nobody serves any more once a connector is gone, and the group they are of; null where there are none. */
export function findLosses(
  connector: Connector,
  { connectors, applications, groups }: ConnectorLists,
  text: Text,
): string | null {
  const { id, connectorGroupId } = connector;
  if (!takesRequests(connector)) return null;
  const isServed = connectors.some(
    (other) => other.id !== id && other.connectorGroupId === connectorGroupId && takesRequests(other),
  );
  const lost = applications.filter((application) => application.connectorGroupId === connectorGroupId);
  if (isServed || lost.length === 0) return null;
  const group = groups.find((each) => each.id === connectorGroupId)?.name ?? '';
  return text.stopsWorking(
    group,
    listNames(
      lost.map(({ displayName }) => displayName),
      text,
    ),
  );
}

/** What a move of an application costs: null where a connector of the group takes requests. */
export function findUnserved(
  name: string,
  group: ConnectorGroup,
  { connectors }: ConnectorLists,
  text: Text,
): string | null {
  const isServed = connectors.some((each) => each.connectorGroupId === group.id && takesRequests(each));
  return isServed ? null : text.isUnserved(group.name, name);
}

/** `A, B, C and 4 more` */
export function listNames(names: readonly string[], text: Text): string {
  const named = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? text.andMore(named, names.length - NAMED) : named;
}

export const SORT_KEYS = ['name', 'group', 'status', 'load', 'version', 'certificate'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Order {
  readonly key: SortKey;
  readonly direction: 'ascending' | 'descending';
}

/** The connectors that match all words, in order; of equals by name. */
export function arrange(
  { connectors, groups }: ConnectorLists,
  search: string,
  { key, direction }: Order,
): readonly Connector[] {
  const nameOf = (id: string): string => groups.find((group) => group.id === id)?.name ?? '';
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = connectors.filter((connector) => {
    const { displayName, machineName, externalIp, version, operatingSystem, connectorGroupId, id } = connector;
    const all = [displayName, machineName, externalIp, version, operatingSystem, nameOf(connectorGroupId), id]
      .join(' ')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const compare: Readonly<Record<SortKey, (one: Connector, other: Connector) => number>> = {
    name: byName,
    group: (one, other) => nameOf(one.connectorGroupId).localeCompare(nameOf(other.connectorGroupId)),
    status: (one, other) => URGENCY.indexOf(stateOf(one)) - URGENCY.indexOf(stateOf(other)),
    load: (one, other) =>
      one.requestsPerSecond - other.requestsPerSecond || one.outstandingRequests - other.outstandingRequests,
    version: (one, other) => compareVersions(one.version, other.version),
    certificate: (one, other) =>
      Date.parse(one.certificateExpiryDateTime) - Date.parse(other.certificateExpiryDateTime),
  };
  const sign = direction === 'ascending' ? 1 : -1;
  return found.toSorted((one, other) => sign * compare[key](one, other) || byName(one, other));
}

function byName(one: Connector, other: Connector): number {
  return one.displayName.localeCompare(other.displayName);
}
