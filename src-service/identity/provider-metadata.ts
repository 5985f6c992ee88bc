import type { ServerMetadata } from 'openid-client';
import type { Logger } from 'pino';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import { ProviderTrouble, unreachableProvider } from './provider-trouble.ts';

export interface ProviderMetadataOptions {
  readonly issuer: string;
  /** How users know the provider. */
  readonly displayName: string;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What we need of a discovery document (OpenID Connect Discovery 1.0 section 3); the rest is kept as it is. */
const documentSchema = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.url({ protocol: /^https?$/ }),
  token_endpoint: z.url({ protocol: /^https?$/ }),
  jwks_uri: z.url({ protocol: /^https?$/ }),
});

/**
 * A provider's discovery document: fetched when first needed, so that the service starts while the provider is down, and
 * again once it is `discoveryMs` old. An old one stays good while the provider does not answer.
 */
export class ProviderMetadata {
  readonly issuer: string;
  readonly #options: ProviderMetadataOptions;
  #document: ServerMetadata | null = null;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<ServerMetadata> | null = null;
  #failure: { readonly error: PosternError; readonly atMs: number } | null = null;

  constructor(options: ProviderMetadataOptions) {
    this.issuer = options.issuer;
    this.#options = options;
  }

  /** @throws PosternError `SIGNIN_PROVIDER`, `SIGNIN_PROVIDER_UNTRUSTED`, `SIGNIN_PROVIDER_INVALID` */
  async read(): Promise<ServerMetadata> {
    const nowMs = this.#options.clock();
    if (this.#document !== null) {
      if (nowMs - this.#fetchedAtMs >= IDENTITY_LIMITS.discoveryMs && !this.#hasFreshFailure(nowMs)) {
        this.#fetch().catch((error: unknown) => {
          const { log } = this.#options;
          log.warn({ err: error, issuer: this.issuer }, 'identity.discovery_failed');
        });
      }
      return this.#document;
    }
    if (this.#failure !== null && this.#hasFreshFailure(nowMs)) throw this.#failure.error;
    return this.#fetch();
  }

  /**
   * As `read`, but where the provider failed the last time it is asked first: nobody is to type a password whose answer could
   * not be fetched. A description that was refused leaves the one before in use.
   * @throws PosternError `SIGNIN_PROVIDER`, `SIGNIN_PROVIDER_UNTRUSTED`, `SIGNIN_PROVIDER_INVALID`
   */
  async readChecked(): Promise<ServerMetadata> {
    const document = this.#document;
    if (document === null || !this.#isDoubtful) return this.read();
    try {
      if (this.#failure !== null && this.#hasFreshFailure(this.#options.clock())) throw this.#failure.error;
      return await this.#fetch();
    } catch (error) {
      if (error instanceof PosternError && error.code === 'SIGNIN_PROVIDER_INVALID') return document;
      throw error;
    }
  }

  /** Whether the last call to the provider failed. */
  get #isDoubtful(): boolean {
    return this.#failure !== null || this.#fetchedAtMs === Number.NEGATIVE_INFINITY;
  }

  /** Says that the document led nowhere: the next reader has it fetched again, at most once a second. */
  distrust(): void {
    this.#fetchedAtMs = Number.NEGATIVE_INFINITY;
  }

  #hasFreshFailure(nowMs: number): boolean {
    return this.#failure !== null && nowMs - this.#failure.atMs < IDENTITY_LIMITS.discoveryRetryMs;
  }

  #fetch(): Promise<ServerMetadata> {
    this.#fetching ??= this.#download()
      .then((document) => {
        this.#document = document;
        this.#fetchedAtMs = this.#options.clock();
        this.#failure = null;
        return document;
      })
      .catch((error: unknown) => {
        const wrapped = error instanceof PosternError ? error : new PosternError('SIGNIN_PROVIDER', { cause: error });
        this.#failure = { error: wrapped, atMs: this.#options.clock() };
        throw wrapped;
      })
      .finally(() => {
        this.#fetching = null;
      });
    return this.#fetching;
  }

  async #download(): Promise<ServerMetadata> {
    const { displayName, providerFetch } = this.#options;
    const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    let status: number;
    let text: string;
    try {
      const answer = await providerFetch.fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(IDENTITY_LIMITS.providerTimeoutMs),
      });
      ({ status } = answer);
      text = await answer.text();
    } catch (error) {
      throw unreachableProvider(displayName, error, new URL(url).host);
    }
    if (status >= 500 || status === 429) {
      throw new PosternError('SIGNIN_PROVIDER', {
        message: `The identity provider ${displayName} is out of order right now.`,
        cause: new ProviderTrouble(`${url} answered ${status}.`, 'Look at the provider itself; its log says more.'),
      });
    }
    if (status !== 200) {
      throw this.#invalid(`${url} answered ${status}.`, 'Spell the issuer as the provider spells it.');
    }
    const document = documentSchema.safeParse(parseJson(text));
    if (!document.success) {
      const keys = document.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ');
      throw this.#invalid(
        `${url} is no discovery document of OpenID Connect (missing or wrong: ${keys}).`,
        'Check that the issuer is that of an OpenID provider.',
      );
    }
    if (document.data.issuer !== this.issuer) {
      throw this.#invalid(
        `The discovery document of ${this.issuer} names another issuer, ${document.data.issuer}.`,
        'Put that one into the configuration, letter by letter, if it is the provider that you mean.',
      );
    }
    return document.data as ServerMetadata;
  }

  #invalid(reason: string, remedy: string): PosternError {
    return new PosternError('SIGNIN_PROVIDER_INVALID', {
      message: `The identity provider ${this.#options.displayName} does not describe itself as this service expects.`,
      cause: new ProviderTrouble(reason, remedy),
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
