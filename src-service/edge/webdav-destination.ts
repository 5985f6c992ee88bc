import { parseRequestTarget, type RequestTarget } from './request-target.ts';
import type { UserRequest } from '../relay/user-http.ts';

/**
 * Where a WebDAV request puts what it copies or moves (RFC 4918 section 10.3): as much a target as that of the request, so it
 * is judged by the same rules, and must stay in the application that the user was let into.
 *
 * @returns undefined where the request puts nothing anywhere; null where the place is malformed, ambiguous or on another host
 */
export function readDestination({ method, headers }: UserRequest, authority: string): RequestTarget | null | undefined {
  if (method !== 'COPY' && method !== 'MOVE') return undefined;
  const { destination } = headers;
  return typeof destination === 'string' ? parseRequestTarget(destination, authority) : undefined;
}
