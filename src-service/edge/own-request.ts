import type { UserRequest } from '../relay/user-http.ts';
import type { ClientAddress } from './client-address.ts';
import type { RequestHost } from './host-header.ts';
import type { RequestTarget } from './request-target.ts';
import type { RequestSource } from './request-source.ts';
import type { SignInClient } from '../identity/sign-in.ts';

/** A request for a page of the service, read. */
export interface OwnRequest {
  readonly method: string;
  readonly hostname: string;
  readonly target: RequestTarget;
  readonly cookieHeader: string | undefined;
  readonly client: SignInClient;
  readonly source: RequestSource;
  readonly ifNoneMatch: string | undefined;
}

export function makeOwnRequest(
  { method, headers }: UserRequest,
  { hostname }: RequestHost,
  target: RequestTarget,
  { remoteAddress }: ClientAddress,
): OwnRequest {
  return {
    method: method ?? 'GET',
    hostname,
    target,
    cookieHeader: headers.cookie,
    client: { userAgent: headers['user-agent'] ?? '', remoteAddress },
    source: {
      site: onlyText(headers['sec-fetch-site']),
      destination: onlyText(headers['sec-fetch-dest']),
      origin: headers.origin,
    },
    ifNoneMatch: headers['if-none-match'],
  };
}

function onlyText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
