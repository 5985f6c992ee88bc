import { createHash } from 'node:crypto';

import type { AccessToken, AccountClaims, ClientCredentials, JWTStructured } from 'oidc-provider';

import { GRAPH_RESOURCE } from './graph-groups.ts';
import type { ProviderConfiguration, ProviderUser } from './provider-configuration.ts';

/** Entra tells at most so many groups in a JWT; beyond it the token says where to ask. */
const MAX_GROUPS_IN_TOKEN = 200;

/** A GUID that is always the same for the same words; stands for ids that Entra would have drawn. */
export function derivedGuid(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Entra's `sub`: one per user and client. */
export function pairwiseSubject(userId: string, clientId: string): string {
  return createHash('sha256').update(`${userId}\n${clientId}`).digest('base64url');
}

/** `groups`, or for too many of them `_claim_names` and `_claim_sources`. */
function groupClaims(tenantId: string, user: ProviderUser): Record<string, unknown> {
  if (user.groups.length === 0) return {};
  if (user.groups.length <= MAX_GROUPS_IN_TOKEN) return { groups: user.groups };
  return {
    _claim_names: { groups: 'src1' },
    _claim_sources: {
      src1: { endpoint: `https://graph.windows.net/${tenantId}/users/${user.id}/getMemberObjects` },
    },
  };
}

/** All claims that an ID token may carry; the scopes choose among them. */
export function idTokenClaims(tenantId: string, user: ProviderUser): AccountClaims {
  return {
    ...user.claims,
    sub: user.id,
    oid: user.id,
    tid: tenantId,
    ver: '2.0',
    name: user.displayName,
    preferred_username: user.userPrincipalName,
    upn: user.userPrincipalName,
    email: user.userPrincipalName,
    ...(user.signInRoles.length > 0 ? { roles: user.signInRoles } : {}),
    ...groupClaims(tenantId, user),
  };
}

/** Rewrites an access token of oidc-provider into the shape of an Entra v2.0 token for the admin API. */
export function shapeAccessToken(
  configuration: ProviderConfiguration,
  token: AccessToken | ClientCredentials,
  structured: JWTStructured,
): void {
  const { apiId, tenantId, clients, users } = configuration;
  const { payload } = structured;
  const clientId = token.clientId ?? '';
  const common = {
    aud: payload.aud === GRAPH_RESOURCE ? GRAPH_RESOURCE : apiId,
    iss: payload.iss,
    iat: payload.iat,
    nbf: payload.iat,
    exp: payload.exp,
    azp: clientId,
    azpacr: clientId === clients.desktop.clientId ? '0' : '1',
    tid: tenantId,
    uti: payload.jti,
    ver: '2.0',
  };
  structured.header = { ...structured.header, typ: 'JWT' };
  if (token.kind === 'ClientCredentials') {
    const servicePrincipalId = derivedGuid('service principal', tenantId, clientId);
    const roles = clientId === clients.automation.clientId ? clients.automation.apiRoles : [];
    structured.payload = {
      ...common,
      idtyp: 'app',
      oid: servicePrincipalId,
      sub: servicePrincipalId,
      ...(roles.length > 0 ? { roles } : {}),
    };
    return;
  }
  const user = users.find(({ id }) => id === token.accountId);
  if (!user) throw new Error(`No user has the id ${token.accountId}.`);
  structured.payload = {
    ...common,
    oid: user.id,
    sub: pairwiseSubject(user.id, clientId),
    name: user.displayName,
    preferred_username: user.userPrincipalName,
    scp: delegatedScopes(apiId, typeof payload.scope === 'string' ? payload.scope : ''),
    ...(user.apiRoles.length > 0 ? { roles: user.apiRoles } : {}),
    ...groupClaims(tenantId, user),
  };
}

/** The names of the granted scopes without `api://{apiId}/`; `.default` stands for all that the API has. */
function delegatedScopes(apiId: string, scope: string): string {
  const prefix = `api://${apiId}/`;
  const names = scope
    .split(' ')
    .filter((name) => name.startsWith(prefix))
    .map((name) => (name.endsWith('/.default') ? 'access_as_user' : name.slice(prefix.length)));
  return [...new Set(names)].join(' ');
}
