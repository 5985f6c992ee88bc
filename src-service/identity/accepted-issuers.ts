const ENTRA_HOST = 'login.microsoftonline.com';
const GUID_IN_PATH = /\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:\/|$)/i;

/** The tenant that an issuer has in its path, as Entra does; null where there is none. */
export function tenantOfIssuer(issuer: string): string | null {
  return GUID_IN_PATH.exec(new URL(issuer).pathname)?.[1] ?? null;
}

/**
 * The `iss` values of access tokens from a provider: its own, and for a tenant of Entra that of v1.0 tokens as well, which
 * Entra issues for every registration without `requestedAccessTokenVersion: 2`. The same keys sign both.
 */
export function acceptedIssuers(issuer: string): string[] {
  const tenantId = tenantOfIssuer(issuer);
  if (tenantId === null || new URL(issuer).host !== ENTRA_HOST) return [issuer];
  return [issuer, `https://sts.windows.net/${tenantId}/`];
}
