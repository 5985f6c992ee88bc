import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

/** HTTP Archive 1.2: a head, entries with commas between them, and a foot. */
export function harHead(version: string): string {
  const creator = JSON.stringify({ name: 'Postern', version });
  return `{"log":{"version":"1.2","creator":${creator},"entries":[\n`;
}

export const HAR_FOOT = '\n]}}\n';

/** What the records don't hold is left empty as HAR wants it, -1 or `unknown`; our own fields begin with `_`. */
export function toHarEntry(record: TrafficRecord, heads: TrafficHeads | null): object {
  const { sentMs, firstByteMs, totalMs } = record.timing;
  // Until a connection took the request: waiting for one, looking its name up and opening it.
  const blocked = sentMs ?? totalMs ?? 0;
  const wait = Math.max(0, (firstByteMs ?? totalMs ?? blocked) - blocked);
  const receive = Math.max(0, (totalMs ?? blocked + wait) - blocked - wait);
  return {
    startedDateTime: new Date(record.startedAtMs).toISOString(),
    time: blocked + wait + receive,
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
    timings: { blocked, dns: -1, connect: -1, ssl: -1, send: 0, wait, receive },
    _activityId: record.activityId,
    _application: record.applicationName,
    _user: record.userName,
    _outcome: record.outcome,
    _error: record.errorCode === null ? null : { code: record.errorCode, cause: record.errorCause },
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
