import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { isFailure } from '../overview/use-traffic-summary.ts';

export const STATUS_FILTERS = ['all', '2xx', '3xx', '4xx', '5xx', 'failed', 'open'] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

export interface TrafficFilter {
  /** Looked for in method, URL, user, application, activity id and cause; words must all occur. */
  readonly text: string;
  readonly status: StatusFilter;
}

/** Makes the test for a filter once, so that thousands of records cost little. */
export function makeTrafficMatcher({ text, status }: TrafficFilter): (record: TrafficRecord) => boolean {
  const words = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const isStatusRight = makeStatusTest(status);
  return (record) => isStatusRight(record) && words.every((word) => hasWord(record, word));
}

function makeStatusTest(status: StatusFilter): (record: TrafficRecord) => boolean {
  switch (status) {
    case 'all':
      return () => true;
    case 'failed':
      return isFailure;
    case 'open':
      return (record) => record.outcome === 'open';
    case '2xx':
    case '3xx':
    case '4xx':
    case '5xx': {
      const hundreds = Number(status[0]);
      return (record) => Math.floor((record.status ?? 0) / 100) === hundreds;
    }
  }
}

function hasWord(record: TrafficRecord, word: string): boolean {
  return (
    record.url.toLowerCase().includes(word) ||
    record.method.toLowerCase() === word ||
    String(record.status) === word ||
    record.applicationName.toLowerCase().includes(word) ||
    (record.userName?.toLowerCase().includes(word) ?? false) ||
    record.activityId.includes(word) ||
    (record.errorCause?.toLowerCase().includes(word) ?? false)
  );
}
