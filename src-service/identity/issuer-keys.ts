import { type JWTVerifyGetKey, createLocalJWKSet, errors } from 'jose';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import { ProviderTrouble, describeNetworkTrouble } from './provider-trouble.ts';

export interface IssuerKeysOptions {
  readonly metadata: Pick<ProviderMetadata, 'issuer' | 'read' | 'distrust'>;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

const keySetSchema = z.looseObject({ keys: z.array(z.record(z.string(), z.unknown())) });

/**
 * The published keys of an issuer (RFC 7517): fetched when first needed, and again when old or when a token names a key
 * that is not among them, so that nobody notices when the issuer changes its keys. Such a fetch comes at most once in
 * `keyFetchMs`, however many tokens with made-up keys arrive: within that time they wait for the next one together.
 */
export class IssuerKeys {
  readonly issuer: string;
  readonly #options: IssuerKeysOptions;
  #keys: KeySet | null = null;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<KeySet> | null = null;
  #waiting = 0;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
    this.issuer = options.metadata.issuer;
  }

  /** What `jwtVerify` asks for a key. @throws PosternError `SIGNIN_PROVIDER` and its kin where there are no keys at all */
  async resolver(): Promise<JWTVerifyGetKey> {
    await this.#current();
    return (header, token) => this.#find(header, token);
  }

  /** The error for a check that failed on the way to the keys and not for the token's sake. */
  unreachable(cause: unknown): PosternError {
    if (cause instanceof PosternError) return cause;
    return new PosternError('SIGNIN_PROVIDER', {
      message: `The keys of ${this.issuer} cannot be fetched, so no token can be checked.`,
      cause: describeNetworkTrouble(cause, new URL(this.issuer).host)?.trouble ?? cause,
    });
  }

  async #find(...asked: Parameters<JWTVerifyGetKey>): Promise<Awaited<ReturnType<JWTVerifyGetKey>>> {
    const keys = await this.#current();
    try {
      return await keys(...asked);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const newer = await this.#newerThan(keys);
      if (newer === null) throw error;
      return newer(...asked);
    }
  }

  /** The keys, fetched anew where they are old; old ones stay good while the issuer does not answer. */
  async #current(): Promise<KeySet> {
    const known = this.#keys;
    if (known === null) return this.#fetch();
    if (this.#options.clock() - this.#fetchedAtMs < IDENTITY_LIMITS.keysMs) return known;
    return this.#fetch().catch(() => known);
  }

  /** Keys that were fetched after `known`; null where too many wait for them already. */
  async #newerThan(known: KeySet): Promise<KeySet | null> {
    if (this.#keys !== known) return this.#keys;
    if (this.#waiting >= IDENTITY_LIMITS.keyWaiters) return null;
    this.#waiting++;
    try {
      const sinceMs = this.#options.clock() - this.#fetchedAtMs;
      const restMs = Math.min(IDENTITY_LIMITS.keyFetchMs, IDENTITY_LIMITS.keyFetchMs - sinceMs);
      if (restMs > 0) {
        await new Promise<void>((resolve) => {
          setTimeout(resolve, restMs);
        });
      }
      return this.#keys === known ? await this.#fetch() : this.#keys;
    } finally {
      this.#waiting--;
    }
  }

  #fetch(): Promise<KeySet> {
    this.#fetching ??= this.#download().finally(() => {
      this.#fetchedAtMs = this.#options.clock();
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #download(): Promise<KeySet> {
    const { metadata, providerFetch } = this.#options;
    const url = (await metadata.read()).jwks_uri ?? '';
    try {
      const answer = await providerFetch.fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(IDENTITY_LIMITS.providerTimeoutMs),
      });
      if (answer.status !== 200)
        throw new ProviderTrouble(`${url} answered ${answer.status}.`, 'Look at the provider.');
      const keySet = keySetSchema.safeParse(await answer.json());
      if (!keySet.success) throw new ProviderTrouble(`${url} is no JWK Set.`, 'Look at the provider.');
      this.#keys = createLocalJWKSet(keySet.data);
      return this.#keys;
    } catch (error) {
      metadata.distrust();
      throw this.unreachable(error);
    }
  }
}

/** Errors that lie in the token, not in the way to the keys. */
export function isTokenFault(error: unknown): error is errors.JOSEError {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid);
}
