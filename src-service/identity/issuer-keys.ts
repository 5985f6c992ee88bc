import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch, errors } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** The published keys of an issuer (OpenID Connect Discovery 1.0): fetched when first needed, then kept as jose keeps them. */
export class IssuerKeys {
  readonly issuer: string;
  readonly #providerFetch: ProviderFetch;
  #resolver: Promise<JWTVerifyGetKey> | null = null;

  constructor(issuer: string, providerFetch: ProviderFetch) {
    this.issuer = issuer;
    this.#providerFetch = providerFetch;
  }

  /** What `jwtVerify` asks for a key. @throws PosternError `SIGNIN_PROVIDER` */
  resolver(): Promise<JWTVerifyGetKey> {
    this.#resolver ??= this.#discover().catch((error: unknown) => {
      this.#resolver = null;
      throw this.unreachable(error);
    });
    return this.#resolver;
  }

  /** The error for a check that failed on the way to the keys and not for the token's sake. */
  unreachable(cause: unknown): PosternError {
    return new PosternError('SIGNIN_PROVIDER', {
      message: `The keys of ${this.issuer} cannot be fetched, so no token can be checked.`,
      cause,
    });
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const answer = await this.#providerFetch.fetch(
      `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(IDENTITY_LIMITS.providerTimeoutMs),
      },
    );
    if (answer.status !== 200) throw new Error(`The discovery document answered ${answer.status}.`);
    const document = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (document.issuer !== this.issuer || typeof document.jwks_uri !== 'string') {
      throw new Error(`The discovery document names the issuer ${String(document.issuer)}.`);
    }
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      timeoutDuration: IDENTITY_LIMITS.providerTimeoutMs,
      [customFetch]: this.#providerFetch.fetch,
    });
  }
}

/** Errors that lie in the token, not in the way to the keys. */
export function isTokenFault(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    // What jose throws where the keys were answered with an error.
    error.code !== errors.JOSEError.code &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid)
  );
}
