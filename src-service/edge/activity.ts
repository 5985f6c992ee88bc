import { randomUUID } from 'node:crypto';

/** The response and request header that carries the activity id (B33). */
export const ACTIVITY_ID_HEADER = 'X-Postern-Activity-Id';

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;

/** A new activity id: a random UUID, by which one request is found in every log. */
export function makeActivityId(): string {
  return randomUUID();
}

/** Whether a `traceparent` of the client is valid and so continued (W3C Trace Context section 3.2). */
export function isValidTraceparent(value: string): boolean {
  return (
    value.length <= 128 &&
    !value.startsWith('ff-') &&
    TRACEPARENT.test(value) &&
    (value.length === 55 || !value.startsWith('00-'))
  );
}

/** A `traceparent` that begins a trace; its trace id is the activity id without dashes, so that one finds the other. */
export function beginTraceparent(activityId: string): string {
  const traceId = activityId.replaceAll('-', '');
  return `00-${traceId}-${traceId.slice(16)}-00`;
}
