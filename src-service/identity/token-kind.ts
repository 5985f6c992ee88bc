import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** `typ` of an access token: Entra's and RFC 9068's. Any other kind of JWT says so there (RFC 8725 section 3.11). */
const ACCESS_TOKEN_TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

/**
 * Whether a token is an application's own or a user's; null where it is no access token. Entra says it in `idtyp`, or else an
 * application's token has no `scp`, and `oid` for `sub`; others name the client as the subject (RFC 9068 section 2.2).
 */
export function isOfApplication(claims: JWTPayload, { typ }: Pick<JWTHeaderParameters, 'typ'>): boolean | null {
  const type = typ?.toLowerCase() ?? 'jwt';
  if (!ACCESS_TOKEN_TYPES.has(type)) return null;
  // An ID token is for the client that signed somebody in, which must not be able to pass it on.
  if (claims['nonce'] !== undefined || claims['at_hash'] !== undefined) return null;
  const { idtyp, sub, scp, scope, oid, tid } = claims;
  const client = clientOf(claims);
  if (idtyp === 'app') return true;
  if (idtyp !== undefined && idtyp !== 'user') return null;
  if (idtyp === undefined && client !== undefined && sub === client) return true;
  if (scp !== undefined || scope !== undefined) return false;
  if (idtyp === undefined && tid !== undefined && client !== undefined && sub !== undefined && sub === oid) return true;
  return type === 'jwt' ? null : false;
}

/** The client that a token was issued to. */
export function clientOf(claims: JWTPayload): string | undefined {
  const named = [claims['azp'], claims['appid'], claims['client_id']];
  return named.find((value): value is string => typeof value === 'string' && value !== '');
}
