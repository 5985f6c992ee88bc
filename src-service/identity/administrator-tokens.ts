import { type JWTPayload, jwtVerify } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import { type IssuerKeys, isTokenFault } from './issuer-keys.ts';

/** Entra's name for read-only access; it opens what changes nothing. */
const READER_ROLE = 'Application.Read';

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
  readonly keys: IssuerKeys;
  /** `aud` that a token must carry. */
  readonly apiAudience: string;
  readonly administratorRole: string;
  readonly clock: () => number;
}

/** Checks access tokens for the admin API against the issuer's published keys, which are fetched when first needed. */
export class AdministratorTokens {
  readonly #options: AdministratorTokensOptions;

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
    const { keys, apiAudience, clock } = this.#options;
    const resolveKey = await keys.resolver();
    try {
      const { payload } = await jwtVerify(bearer, resolveKey, {
        issuer: keys.issuer,
        audience: apiAudience,
        algorithms: ['RS256', 'ES256'],
        requiredClaims: ['exp'],
        clockTolerance: IDENTITY_LIMITS.clockToleranceSeconds,
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
      throw keys.unreachable(error);
    }
  }
}

function textOf(payload: JWTPayload, claim: string): string | undefined {
  const value = payload[claim];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
