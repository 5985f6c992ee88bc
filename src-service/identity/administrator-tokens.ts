import { type JWTHeaderParameters, type JWTPayload, errors, jwtVerify } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import { type IssuerKeys, isTokenFault } from './issuer-keys.ts';
import { clientOf, isOfApplication } from './token-kind.ts';

/** Who calls the admin API. */
export interface Administrator {
  readonly id: string;
  readonly displayName: string;
  /** `application`: a daemon with client credentials. */
  readonly kind: 'user' | 'application';
  /** The client that the token was issued to (`azp`); null where the token does not say. */
  readonly clientId: string | null;
  /** The roles that the token carries, those that mean nothing here as well. */
  readonly roles: readonly string[];
  /** What the roles permit: everything, reading alone, or nothing at all. */
  readonly access: 'administrator' | 'reader' | 'none';
  /** When the token ends, ms since the epoch. */
  readonly expiresAtMs: number;
}

export interface AdministratorTokensOptions {
  readonly keys: IssuerKeys;
  /** `aud` that a token must carry. */
  readonly apiAudience: string;
  /** The scope that desktop apps ask for; a user's token must carry it, by its whole name or by what follows the last `/`. */
  readonly apiScope: string;
  /** The claim that holds the roles: its name, or the way to it with dots (`realm_access.roles`). */
  readonly rolesClaim: string;
  /** Each of these permits everything. */
  readonly administratorRoles: readonly string[];
  /** Each of these permits reading. */
  readonly readerRoles: readonly string[];
  readonly clock: () => number;
}

/** Checks access tokens for the admin API against the issuer's published keys, which are fetched when first needed. */
export class AdministratorTokens {
  readonly #options: AdministratorTokensOptions;

  constructor(options: AdministratorTokensOptions) {
    this.#options = options;
  }

  /**
   * Verifies an access token: signature (RS256 or ES256), issuer, audience, expiry, that it is an access token, and a user's scope.
   * What its roles permit is for the caller to heed.
   * @param bearer the token without its scheme
   * @throws PosternError `API_UNAUTHENTICATED`, `API_FORBIDDEN` without the scope, `SIGNIN_PROVIDER` when the keys can't be fetched
   */
  async verify(bearer: string): Promise<Administrator> {
    const { payload, protectedHeader } = await this.#check(bearer);
    const isApplication = isOfApplication(payload, protectedHeader);
    if (isApplication === null) {
      throw unauthenticated('It is no access token: send the one for the admin API, and not the ID token.');
    }
    if (!isApplication) this.#checkScope(payload);
    const id = textOf(payload, 'oid') ?? payload.sub;
    if (id === undefined) throw unauthenticated('It names nobody.');
    const clientId = clientOf(payload) ?? null;
    const name = isApplication
      ? (textOf(payload, 'app_displayname') ?? clientId)
      : (textOf(payload, 'name') ?? textOf(payload, 'preferred_username'));
    const roles = this.#rolesOf(payload);
    return {
      id,
      displayName: name ?? id,
      kind: isApplication ? 'application' : 'user',
      clientId,
      roles,
      access: this.#accessOf(roles),
      expiresAtMs: (payload.exp ?? 0) * 1000,
    };
  }

  async #check(bearer: string): Promise<{ payload: JWTPayload; protectedHeader: JWTHeaderParameters }> {
    const { keys, apiAudience, clock } = this.#options;
    const resolveKey = await keys.resolver();
    try {
      return await jwtVerify(bearer, resolveKey, {
        issuer: keys.issuer,
        audience: apiAudience,
        algorithms: ['RS256', 'ES256'],
        requiredClaims: ['exp'],
        clockTolerance: IDENTITY_LIMITS.clockToleranceSeconds,
        currentDate: new Date(clock()),
      });
    } catch (error) {
      if (isTokenFault(error)) throw unauthenticated(describeFault(error), error);
      throw keys.unreachable(error);
    }
  }

  /** Another scope of the same API was consented to for another purpose. */
  #checkScope(payload: JWTPayload): void {
    const { apiScope } = this.#options;
    const name = apiScope.slice(apiScope.lastIndexOf('/') + 1);
    if (name === '.default') return;
    const granted = [payload['scp'] ?? payload['scope'] ?? []]
      .flat()
      .flatMap((entry) => (typeof entry === 'string' ? entry.split(' ') : []));
    if (granted.includes(apiScope) || granted.includes(name)) return;
    throw new PosternError('API_FORBIDDEN', {
      message: `The access token lacks the scope ${name}: ask the identity provider for ${apiScope}.`,
    });
  }

  #rolesOf(payload: JWTPayload): string[] {
    const { rolesClaim } = this.#options;
    const value = payload[rolesClaim] ?? rolesClaim.split('.').reduce<unknown>(memberOf, payload);
    return Array.isArray(value) ? value.filter((role) => typeof role === 'string') : [];
  }

  #accessOf(roles: readonly string[]): Administrator['access'] {
    const { administratorRoles, readerRoles } = this.#options;
    if (roles.some((role) => administratorRoles.includes(role))) return 'administrator';
    return roles.some((role) => readerRoles.includes(role)) ? 'reader' : 'none';
  }
}

function memberOf(value: unknown, name: string): unknown {
  const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isHolder ? (value as Record<string, unknown>)[name] : undefined;
}

/** jose's words, and beside them what to do about the faults that a set-up has first. */
function describeFault(error: errors.JOSEError): string {
  if (!(error instanceof errors.JWTClaimValidationFailed)) return error.message;
  const { iss, ver } = error.payload;
  if (error.claim === 'iss' && (ver === '1.0' || String(iss).startsWith('https://sts.windows.net/'))) {
    return `${error.message} (it is a v1.0 token: set requestedAccessTokenVersion to 2 in the manifest of the API's registration).`;
  }
  return error.message;
}

function unauthenticated(reason: string, cause?: unknown): PosternError {
  return new PosternError('API_UNAUTHENTICATED', { message: `The access token is not accepted: ${reason}`, cause });
}

function textOf(payload: JWTPayload, claim: string): string | undefined {
  const value = payload[claim];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
