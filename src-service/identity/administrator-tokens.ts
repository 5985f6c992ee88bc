import { type JWTPayload, createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** Entra's name for read-only access; it opens what changes nothing. */
export const READER_ROLE = 'Application.Read';

/** Who calls the admin API. */
export interface Administrator {
  readonly id: string;
  readonly displayName: string;
  /** `application`: a daemon with client credentials. */
  readonly kind: 'user' | 'application';
  /** The `roles` claim; the API decides what each permits. */
  readonly roles: readonly string[];
}

export interface AdministratorTokensOptions {
  readonly issuer: string;
  /** `aud` that a token must carry. */
  readonly apiAudience: string;
  readonly administratorRole: string;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
}

const CLOCK_TOLERANCE_SECONDS = 30;

/** Checks access tokens for the admin API against the issuer's published keys, which are fetched when first needed. */
export class AdministratorTokens {
  readonly #options: AdministratorTokensOptions;
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | null = null;

  constructor(options: AdministratorTokensOptions) {
    this.#options = options;
  }

  /**
   * Verifies an access token: signature (RS256 or ES256), issuer, audience, expiry, and a role that opens the API.
   * @param bearer the token without its scheme
   * @throws PosternError `API_UNAUTHENTICATED`, `API_FORBIDDEN`, `SIGNIN_PROVIDER` when the keys can't be fetched
   */
  async verify(bearer: string): Promise<Administrator> {
    const payload = await this.#check(bearer);
    const roles = Array.isArray(payload['roles']) ? payload['roles'].filter((role) => typeof role === 'string') : [];
    if (!roles.includes(this.#options.administratorRole) && !roles.includes(READER_ROLE)) {
      throw new PosternError('API_FORBIDDEN', {
        message: `The access token carries neither the role ${this.#options.administratorRole} nor ${READER_ROLE}.`,
      });
    }
    const id = textOf(payload, 'oid') ?? payload.sub;
    if (id === undefined) throw new PosternError('API_UNAUTHENTICATED', { message: 'The access token names nobody.' });
    const isApplication = payload['idtyp'] === 'app' || payload['scp'] === undefined;
    return {
      id,
      displayName:
        textOf(payload, 'name') ?? textOf(payload, 'preferred_username') ?? textOf(payload, 'app_displayname') ?? id,
      kind: isApplication ? 'application' : 'user',
      roles,
    };
  }

  async #check(bearer: string): Promise<JWTPayload> {
    const { issuer, apiAudience, clock } = this.#options;
    const keys = await this.#issuerKeys();
    try {
      const { payload } = await jwtVerify(bearer, keys, {
        issuer,
        audience: apiAudience,
        algorithms: ['RS256', 'ES256'],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock()),
      });
      return payload;
    } catch (error) {
      if (isTokenFault(error)) {
        throw new PosternError('API_UNAUTHENTICATED', {
          message: `The access token is not accepted: ${error.message}`,
          cause: error,
        });
      }
      throw this.#unreachable(error);
    }
  }

  #issuerKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    this.#keys ??= this.#discoverKeys().catch((error: unknown) => {
      this.#keys = null;
      throw this.#unreachable(error);
    });
    return this.#keys;
  }

  async #discoverKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    const { issuer, providerFetch } = this.#options;
    const answer = await providerFetch.fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(IDENTITY_LIMITS.providerTimeoutMs),
    });
    if (answer.status !== 200) throw new Error(`The discovery document answered ${answer.status}.`);
    const document = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
      throw new Error(`The discovery document names the issuer ${String(document.issuer)}.`);
    }
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      timeoutDuration: IDENTITY_LIMITS.providerTimeoutMs,
      [customFetch]: providerFetch.fetch,
    });
  }

  #unreachable(cause: unknown): PosternError {
    return new PosternError('SIGNIN_PROVIDER', {
      message: `The keys of ${this.#options.issuer} cannot be fetched, so no access token can be checked.`,
      cause,
    });
  }
}

/** Errors that lie in the token, not in the way to the keys. */
function isTokenFault(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid)
  );
}

function textOf(payload: JWTPayload, claim: string): string | undefined {
  const value = payload[claim];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
