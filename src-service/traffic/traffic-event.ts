import { redactUrl } from '../../src-shared/connector/redact-url.ts';
import { type Hop, failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { FinishedRequest } from './finished-request.ts';

const MAX_CAUSE_CHARACTERS = 512;

/** A request that is over, as those who watch the traffic see it. Holds no cookie, no header and no secret of a URL (B72). */
export interface TrafficEvent {
  readonly activityId: string;
  readonly startedDateTime: string;
  readonly durationMs: number;
  /** To the head of the connector's answer; null where none came. */
  readonly firstByteMs: number | null;
  readonly method: string;
  readonly host: string;
  /** Path and query; of what was for no application the path alone. */
  readonly url: string;
  readonly status: number | null;
  readonly isUpgrade: boolean;
  readonly isComplete: boolean;
  readonly applicationId: string | null;
  readonly applicationDisplayName: string | null;
  readonly connectorGroupId: string | null;
  readonly connectorId: string | null;
  readonly userId: string | null;
  readonly userPrincipalName: string | null;
  readonly clientAddress: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly errorCode: ErrorCode | null;
  readonly hop: Hop | null;
  readonly errorCause: string | null;
}

export function makeTrafficEvent(finished: FinishedRequest, nowMs: number): TrafficEvent {
  const { request, application, record, firstByteMs, startedAtMs } = finished;
  const { errorCode, errorCause } = record;
  const url = request.url ?? '';
  return {
    activityId: finished.activityId,
    startedDateTime: new Date(startedAtMs).toISOString(),
    durationMs: nowMs - startedAtMs,
    firstByteMs: firstByteMs < 0 ? null : Math.round(firstByteMs * 100) / 100,
    method: request.method ?? '',
    host: request.headers.host ?? '',
    // Steps of sign-ins carry sealed values in their query, under names of our own.
    url: redactUrl(application === null ? (url.split('?', 1)[0] ?? '') : url),
    status: finished.status,
    isUpgrade: finished.isUpgrade,
    isComplete: finished.isComplete,
    applicationId: application?.id ?? null,
    applicationDisplayName: application?.displayName ?? null,
    connectorGroupId: application?.connectorGroupId ?? null,
    connectorId: finished.connectorId,
    userId: record.userId,
    userPrincipalName: record.userName,
    clientAddress: finished.clientAddress,
    requestBytes: finished.requestBytes,
    responseBytes: finished.responseBytes,
    errorCode,
    hop: errorCode === null ? null : failingHop(errorCode),
    errorCause: errorCause === null ? null : errorCause.slice(0, MAX_CAUSE_CHARACTERS),
  };
}
