import { z } from 'zod';
import { isFailure } from './traffic-failure.ts';
import type { TrafficRecord } from './traffic-record.ts';

export const STATUS_FILTERS = ['all', '2xx', '3xx', '4xx', '5xx', 'failed', 'open'] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

/** Which requests are wanted, in the window and in the history on disk alike. Parts that are null want everything. */
export const trafficFilterSchema = z.strictObject({
  /** Looked for in method, URL, user, application, activity id and cause; words must all occur. */
  text: z.string().max(500),
  status: z.enum(STATUS_FILTERS),
  applicationId: z.string().max(128).nullable(),
  /** Part of the user's name, or the whole id. */
  user: z.string().max(256).nullable(),
  /** Only requests that took longer, ms. */
  slowerThanMs: z.number().min(0).nullable(),
});
export type TrafficFilter = Readonly<z.infer<typeof trafficFilterSchema>>;

export const NO_FILTER: TrafficFilter = {
  text: '',
  status: 'all',
  applicationId: null,
  user: null,
  slowerThanMs: null,
};

/** Whether a filter leaves nothing out, so that nobody needs to look. */
export function wantsEverything({ text, status, applicationId, user, slowerThanMs }: TrafficFilter): boolean {
  return text.trim() === '' && status === 'all' && applicationId === null && user === null && slowerThanMs === null;
}

/** Makes the test for a filter once, so that thousands of records cost little. */
export function makeTrafficMatcher(filter: TrafficFilter): (record: TrafficRecord) => boolean {
  const words = filter.text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const { applicationId, slowerThanMs } = filter;
  const user = filter.user?.toLowerCase() ?? null;
  const isStatusRight = makeStatusTest(filter.status);
  return (record) =>
    isStatusRight(record) &&
    (applicationId === null || record.applicationId === applicationId) &&
    (slowerThanMs === null || (record.timing.totalMs ?? 0) > slowerThanMs) &&
    (user === null || isOfUser(record, user)) &&
    words.every((word) => hasWord(record, word));
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

function isOfUser(record: TrafficRecord, user: string): boolean {
  return (record.userName?.toLowerCase().includes(user) ?? false) || record.userId?.toLowerCase() === user;
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
