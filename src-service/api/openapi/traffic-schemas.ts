import { z } from 'zod';
import { requestFailureSchema } from '../../../src-shared/connector/request-failure.ts';
import { dateTime, nodeScope, named, count } from './answer-parts.ts';

const latency = z.number().nullable();
const figuresShape = {
  sinceDateTime: dateTime,
  requestsPerSecond: z.number(),
  requests: count,
  statuses: z.strictObject({
    informational: count,
    success: count,
    redirection: count,
    clientError: count,
    serverError: count,
    none: count.describe('No answer was begun.'),
  }),
  refused: count,
  failed: count,
  requestBytes: z.number(),
  responseBytes: z.number(),
  latencyMs: z
    .strictObject({ p50: latency, p90: latency, p95: latency, p99: latency })
    .describe('To the head of the answer.'),
};
const figures = named('TrafficFigures', z.strictObject(figuresShape));
const allPeriods = { minute: figures, hour: figures, day: figures };
const applicationNames = { applicationId: z.string(), applicationDisplayName: z.string().nullable() };

export const requestFailure = named('RequestFailure', requestFailureSchema);

export const traffic = named('Traffic', z.strictObject({ scope: nodeScope, ...allPeriods }));
export const applicationTraffic = named(
  'ApplicationTraffic',
  z.strictObject({ scope: nodeScope, ...applicationNames, ...allPeriods }),
);
export const busyApplications = named(
  'BusyApplications',
  z.strictObject({
    '@odata.count': count,
    scope: nodeScope,
    period: z.enum(['minute', 'hour', 'day']),
    value: z.array(z.strictObject({ ...applicationNames, ...figuresShape })),
  }),
);
