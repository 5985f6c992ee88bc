import { randomUUID } from 'node:crypto';

/** The response and request header that carries the activity id (B33). */
export const ACTIVITY_ID_HEADER = 'X-Postern-Activity-Id';

/** A new activity id: a random UUID, by which one request is found in every log. */
export function makeActivityId(): string {
  return randomUUID();
}
