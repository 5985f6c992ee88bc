import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JWK, type JWTPayload, SignJWT, importJWK } from 'jose';
import type { StartedProvider } from './start-provider.ts';
import { rememberSecret } from './test-log.ts';

/** Makes access tokens of the stand-in provider, right ones and such as it would never issue. */
export interface AccessTokenMaker {
  /** Of the provider's own key, with its private part. */
  readonly signingKey: JWK & { readonly kid: string };
  /** A user's token as Entra's v2.0 has it; `claims` are laid over, and those that are undefined are left out. */
  forUser(name: string, audience: string, claims?: JWTPayload): Promise<string>;
  /** A program's own token. */
  forApplication(audience: string, claims?: JWTPayload): Promise<string>;
}

/** A file in which `startProvider` keeps its state, for `makeAccessTokens` to read its key there. */
export interface ProviderStateFile {
  readonly path: string;
  remove(): void;
}

export function makeProviderStateFile(): ProviderStateFile {
  const folder = mkdtempSync(join(tmpdir(), 'postern-provider-'));
  return { path: join(folder, 'state.json'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function makeAccessTokens(provider: StartedProvider, stateFile: string): Promise<AccessTokenMaker> {
  const { signingKey } = JSON.parse(readFileSync(stateFile, 'utf8')) as { signingKey: JWK & { kid: string } };
  const key = await importJWK(signingKey, 'RS256');
  const sign = async (claims: JWTPayload): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const common = { iss: provider.issuer, tid: provider.tenantId, iat: now, nbf: now, exp: now + 3600, ver: '2.0' };
    const token = await new SignJWT({ ...common, ...claims })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: signingKey.kid })
      .sign(key);
    rememberSecret('access token', token);
    return token;
  };
  return {
    signingKey,
    forUser: (name, aud, claims) => {
      const { id, displayName, userPrincipalName, groups } = provider.user(name);
      const user = {
        oid: id,
        sub: `pairwise-${name}`,
        name: displayName,
        preferred_username: userPrincipalName,
        groups,
      };
      return sign({ aud, azp: 'native-client', scp: 'user_impersonation', ...user, ...claims });
    },
    forApplication: (aud, claims) =>
      sign({ aud, azp: 'daemon', idtyp: 'app', oid: 'daemon-object', sub: 'daemon-object', ...claims }),
  };
}
