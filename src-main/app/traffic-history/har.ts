import { endOf, stepsOf } from '../../../src-shared/connector/connection-opening.ts';
import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

/** HTTP Archive 1.2: a head, entries with commas between them, and a foot. */
export function harHead(version: string): string {
  const creator = JSON.stringify({ name: 'Postern', version });
  return `{"log":{"version":"1.2","creator":${creator},"entries":[\n`;
}

const NO_TIMINGS = { blocked: 0, dns: -1, connect: -1, ssl: -1, send: 0, wait: 0, receive: 0 };

export const HAR_FOOT = '\n]}}\n';

/** What the records don't hold is left empty as HAR wants it, -1 or `unknown`; our own fields begin with `_`. */
export function toHarEntry(record: TrafficRecord, heads: TrafficHeads | null): object {
  const timings = readTimings(record);
  const { blocked, wait, receive } = timings;
  return {
    startedDateTime: new Date(record.startedAtMs).toISOString(),
    // The time of TLS is part of that of the connection.
    time: blocked + Math.max(0, timings.dns) + Math.max(0, timings.connect) + wait + receive,
    request: {
      method: record.method,
      url: record.url,
      httpVersion: 'unknown',
      cookies: [],
      headers: heads?.request ?? [],
      queryString: readQuery(record.url),
      headersSize: -1,
      bodySize: record.requestBytes,
    },
    response: {
      status: record.status ?? 0,
      statusText: '',
      httpVersion: 'unknown',
      cookies: [],
      headers: heads?.response ?? [],
      content: { size: record.responseBytes, mimeType: valueOf(heads, 'content-type') },
      redirectURL: valueOf(heads, 'location'),
      headersSize: -1,
      bodySize: record.responseBytes,
    },
    cache: {},
    timings,
    _activityId: record.activityId,
    _application: record.applicationName,
    _user: record.userName,
    _outcome: record.outcome,
    _error: record.errorCode === null ? null : { code: record.errorCode, cause: record.errorCause },
  };
}

/** In ms; -1 for what there was not. What is not known of the opening of a connection counts as blocked. */
function readTimings({ timing, connection }: TrafficRecord): Record<keyof typeof NO_TIMINGS, number> {
  const { sentMs, firstByteMs, totalMs } = timing;
  const opening = connection === 'reused' ? null : connection;
  const readyMs = opening === null ? (sentMs ?? totalMs ?? 0) : endOf(opening);
  const wait = Math.max(0, (firstByteMs ?? totalMs ?? readyMs) - readyMs);
  const receive = Math.max(0, (totalMs ?? readyMs + wait) - readyMs - wait);
  if (opening === null) return { ...NO_TIMINGS, blocked: readyMs, wait, receive };
  const { dnsMs, connectMs, tlsMs } = stepsOf(opening);
  return {
    ...NO_TIMINGS,
    blocked: opening.beganMs,
    dns: dnsMs ?? -1,
    connect: connectMs === null ? -1 : connectMs + (tlsMs ?? 0),
    ssl: tlsMs ?? -1,
    wait,
    receive,
  };
}

function valueOf(heads: TrafficHeads | null, name: string): string {
  return heads?.response?.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}

function readQuery(url: string): { name: string; value: string }[] {
  const start = url.indexOf('?');
  if (start === -1) return [];
  return Array.from(new URLSearchParams(url.slice(start + 1)), ([name, value]) => ({ name, value }));
}
