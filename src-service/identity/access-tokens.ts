import { hash } from 'node:crypto';
import { type JWTHeaderParameters, type JWTPayload, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { acceptedIssuers, tenantOfIssuer } from './accepted-issuers.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { isTokenFault } from './issuer-keys.ts';
import type { Revocations } from './revocations.ts';
import { readSessionClaims } from './session-claims.ts';
import type { Session } from './session.ts';
import { readPerson } from './signed-in-person.ts';
import { clientOf, isOfApplication } from './token-kind.ts';

/** Who came with an access token. */
export interface TokenBearer {
  /** The token in the form of a session, which ends with it and is in no store. */
  readonly session: Session;
  /** A program that came for itself (client credentials), and for no user. */
  readonly isApplication: boolean;
  /** `aud`. */
  readonly audiences: readonly string[];
}

export interface AccessTokensOptions {
  readonly providers: { findByToken(token: string): TokenProvider | undefined };
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly clock: () => number;
}

/** What is needed of a provider. */
type TokenProvider = Pick<IdentityProvider, 'id' | 'issuer' | 'keys' | 'clockToleranceSeconds'>;

interface KnownBearer {
  readonly bearer: TokenBearer;
  readonly expiresAtMs: number;
}

/** Public keys alone: with a shared secret or none at all anybody could sign. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256'];
/** Told to whoever comes with it, since nothing shows at the token itself: waiting makes it no better. */
const REVOKED =
  'It was issued before the sign-ins of its user were revoked, or in the same second. Sign in again for a new one';
const NOT_YET = 'It is not valid yet, or the clocks of its issuer and of this service differ';

/**
 * Access tokens for applications (B18, RFC 6750, RFC 9068): JWTs of the providers that sign users in. A token is verified once
 * and known from then on by its hash, so that a further request with it costs a hash and a look-up.
 */
export class AccessTokens {
  readonly #providers: AccessTokensOptions['providers'];
  readonly #revocations: AccessTokensOptions['revocations'];
  readonly #clock: () => number;
  readonly #known = new LRUCache<string, KnownBearer>({ max: IDENTITY_LIMITS.knownAccessTokens });

  constructor({ providers, revocations, clock }: AccessTokensOptions) {
    this.#providers = providers;
    this.#revocations = revocations;
    this.#clock = clock;
  }

  /** Who came with a token that was verified before, and is for one of `audiences`; undefined where `verify` must look. */
  findVerified(token: string, audiences: ReadonlySet<string>): TokenBearer | undefined {
    const known = this.#known.get(keyOf(token));
    if (known === undefined || known.expiresAtMs <= this.#clock() || this.#isRevoked(known.bearer)) return undefined;
    return isFor(known.bearer, audiences) ? known.bearer : undefined;
  }

  /**
   * Verifies a token unless it is known: signature, issuer, tenant, time, that it is an access token, and that it is for one of `audiences`.
   * @throws PosternError `EDGE_TOKEN_INVALID`, `SIGNIN_PROVIDER` when the keys can't be fetched
   */
  async verify(token: string, audiences: ReadonlySet<string>): Promise<TokenBearer> {
    const known = this.findVerified(token, audiences);
    if (known !== undefined) return known;
    if (token.length > IDENTITY_LIMITS.accessTokenBytes) throw invalid('It is too long');
    const provider = this.#providers.findByToken(token);
    if (provider === undefined) throw invalid('It cannot be read, or is of another issuer');
    const { payload, protectedHeader } = await this.#check(token, provider);
    const tenantId = tenantOfIssuer(provider.issuer);
    if (tenantId !== null && payload['tid'] !== tenantId) throw invalid('It is of another tenant');
    const bearer = this.#readBearer(token, provider, payload, protectedHeader);
    if (this.#isRevoked(bearer)) throw invalid(REVOKED);
    if (!isFor(bearer, audiences)) throw invalid('It is for another audience');
    const knownUntilMs = Math.min(bearer.session.expiresAtMs, this.#clock() + IDENTITY_LIMITS.knownAccessTokenMs);
    this.#known.set(keyOf(token), { bearer, expiresAtMs: knownUntilMs });
    return bearer;
  }

  #isRevoked({ session }: TokenBearer): boolean {
    return this.#revocations.isRevoked(session, issuedAtLeast(session));
  }

  async #check(token: string, { keys, issuer, clockToleranceSeconds }: TokenProvider): ReturnType<typeof jwtVerify> {
    const resolveKey = await keys.resolver();
    try {
      return await jwtVerify(token, resolveKey, {
        issuer: acceptedIssuers(issuer),
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'aud'],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(this.#clock()),
      });
    } catch (error) {
      if (isTokenFault(error)) throw invalid(describeFault(error), error);
      throw keys.unreachable(error);
    }
  }

  #readBearer(
    token: string,
    { id: providerId, clockToleranceSeconds }: TokenProvider,
    claims: JWTPayload,
    header: JWTHeaderParameters,
  ): TokenBearer {
    const isApplication = isOfApplication(claims, header);
    if (isApplication === null) throw invalid('It is not an access token');
    const issuedAtMs = (claims.iat ?? 0) * 1000;
    const toleranceMs = clockToleranceSeconds * 1000;
    if (issuedAtMs > this.#clock() + toleranceMs) throw invalid(NOT_YET);
    if (claims['cnf'] !== undefined) throw invalid('It is bound to a key, which this service cannot check');
    const { idToken: _, hasGroupOverage: __, ...person } = readPerson(claims, '');
    if (person.userId === '') throw invalid('It names nobody');
    const displayName = isApplication ? (text(claims['app_displayname']) ?? clientOf(claims)) : person.displayName;
    const session: Session = {
      ...person,
      displayName: displayName ?? person.displayName,
      id: `token:${keyOf(token)}`,
      createdAtMs: issuedAtMs,
      expiresAtMs: (claims.exp ?? 0) * 1000 + toleranceMs,
      authenticatedAtMs: person.authenticatedAtMs ?? issuedAtMs,
      provenContexts: [],
      providerId,
      providerSessionId: null,
      claims: readSessionClaims(token),
      isApplication,
      userAgent: '',
      deviceDisplayName: '',
      remoteAddress: '',
      signedOutHosts: {},
    };
    const audiences = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
    return { session, isApplication, audiences };
  }
}

/**
 * When a token was issued at the earliest, ms; 0 where it doesn't say, as if it were older than any revocation. Providers may date
 * it back (Entra by five minutes), but none is older than the sign-in that it names. Both are seconds: one of the very second of a
 * revocation may be from before.
 */
export function issuedAtLeast({
  createdAtMs,
  authenticatedAtMs,
}: Pick<Session, 'createdAtMs' | 'authenticatedAtMs'>): number {
  return Math.max(createdAtMs, authenticatedAtMs);
}

function isFor(bearer: TokenBearer, audiences: ReadonlySet<string>): boolean {
  return bearer.audiences.some((audience) => audiences.has(audience));
}

/** What is wrong with a token, in words of ours: what it says itself is not repeated. */
function describeFault(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'It has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'It is of another issuer';
    return error.claim === 'nbf' ? NOT_YET : 'It lacks a claim, or has one that is not valid';
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'It is signed with an algorithm that is not accepted';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'It cannot be read';
  return 'Its signature is not valid';
}

/** @param reason plain ASCII, for it goes into a header as well */
function invalid(reason: string, cause?: unknown): PosternError {
  return new PosternError('EDGE_TOKEN_INVALID', { message: `The access token is not accepted. ${reason}.`, cause });
}

/** Tokens themselves are not kept. */
function keyOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
