import type { IncomingMessage, ServerResponse } from 'node:http';

import { createLocalJWKSet, jwtVerify } from 'jose';

import type { ProviderConfiguration } from './provider-configuration.ts';
import type { ProviderState } from './provider-state.ts';

/** `aud` of access tokens for Microsoft Graph. */
export const GRAPH_RESOURCE = 'https://graph.microsoft.com';
export const GRAPH_SCOPES = [`${GRAPH_RESOURCE}/GroupMember.Read.All`, `${GRAPH_RESOURCE}/User.Read`];
export const GRAPH_GROUPS_PATH = '/v1.0/me/transitiveMemberOf/microsoft.graph.group';

/** Small, so that few groups make several pages. */
const MAX_PAGE_SIZE = 100;

/** The groups of whoever's access token comes, by pages, as Graph gives them. */
export async function answerGraphGroups(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  configuration: ProviderConfiguration,
  state: ProviderState,
): Promise<void> {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const refuse = (status: number, code: string, message: string): void => send(status, { error: { code, message } });
  const token = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const { kty, n, e, kid } = state.signingKey as { kty: string; n: string; e: string; kid: string };
  const verified = await jwtVerify(token, createLocalJWKSet({ keys: [{ kty, n, e, kid }] }), {
    audience: GRAPH_RESOURCE,
  }).catch(() => null);
  if (verified === null) return refuse(401, 'InvalidAuthenticationToken', 'Access token validation failure.');
  const url = new URL(request.url ?? '/', origin);
  if (request.headers['consistencylevel'] !== 'eventual' || url.searchParams.get('$count') !== 'true') {
    return refuse(400, 'Request_UnsupportedQuery', 'A cast needs ConsistencyLevel eventual and $count=true.');
  }
  const groups = configuration.users.find(({ id }) => id === verified.payload['oid'])?.groups ?? [];
  const skip = Number(url.searchParams.get('$skiptoken') ?? 0);
  const size = Math.min(MAX_PAGE_SIZE, Number(url.searchParams.get('$top') ?? MAX_PAGE_SIZE));
  const next = skip + size;
  url.searchParams.set('$skiptoken', String(next));
  send(200, {
    '@odata.context': `${origin}/v1.0/$metadata#groups(id)`,
    value: groups.slice(skip, next).map((id) => ({ id })),
    ...(next < groups.length ? { '@odata.nextLink': url.href } : {}),
  });
}
