import type { TrafficEvent } from './traffic-event.ts';

/** Which requests somebody wants to see. What is absent asks for nothing; all that is there must fit. */
export interface TrafficFilter {
  readonly applicationIds?: readonly string[] | undefined;
  readonly connectorGroupIds?: readonly string[] | undefined;
  /** Ids or user principal names, in lower case. */
  readonly users?: readonly string[] | undefined;
  /** `5xx` for a class, `404` for one. */
  readonly statuses?: readonly string[] | undefined;
  /** In upper case. */
  readonly methods?: readonly string[] | undefined;
  /** A part of the path, in lower case. */
  readonly path?: string | undefined;
  readonly minimumDurationMs?: number | undefined;
  /** Only what Postern refused or failed, and answers of 500 and above. */
  readonly isError?: boolean | undefined;
}

const SERVER_ERROR = 500;

export function fitsTrafficFilter(filter: TrafficFilter, event: TrafficEvent): boolean {
  return (
    isAmong(filter.applicationIds, event.applicationId) &&
    isAmong(filter.connectorGroupIds, event.connectorGroupId) &&
    isAmong(filter.methods, event.method.toUpperCase()) &&
    isOfUser(filter.users, event) &&
    hasStatus(filter.statuses, event.status) &&
    (filter.path === undefined || pathOf(event.url).includes(filter.path)) &&
    event.durationMs >= (filter.minimumDurationMs ?? 0) &&
    (filter.isError !== true || event.errorCode !== null || (event.status ?? 0) >= SERVER_ERROR)
  );
}

function isAmong(wanted: readonly string[] | undefined, value: string | null): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}

function isOfUser(wanted: readonly string[] | undefined, { userId, userPrincipalName }: TrafficEvent): boolean {
  return wanted === undefined || [userId, userPrincipalName].some((name) => wanted.includes(name?.toLowerCase() ?? ''));
}

function hasStatus(wanted: readonly string[] | undefined, status: number | null): boolean {
  if (wanted === undefined) return true;
  if (status === null) return false;
  return wanted.includes(String(status)) || wanted.includes(`${Math.floor(status / 100)}xx`);
}

function pathOf(url: string): string {
  return (url.split('?', 1)[0] ?? '').toLowerCase();
}
