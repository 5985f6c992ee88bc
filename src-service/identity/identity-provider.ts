import * as client from 'openid-client';
import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { isLoopbackHost } from '../config/loopback-host.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import { type SignedInPerson, readPerson } from './signed-in-person.ts';

export interface IdentityProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** Registered at the provider as it is. */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What must be remembered, sealed, between the redirect to the provider and its answer. */
export interface AuthorizationChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/**
 * The OpenID provider that signs users in: code flow with PKCE, state, nonce and `iss` (RFC 6749, RFC 7636, RFC 9207),
 * ID token signatures always checked. Discovery happens at the first sign-in and again after a failure, so that the
 * service starts while the provider is down.
 */
export class IdentityProvider {
  readonly #options: IdentityProviderOptions;
  #configuration: Promise<client.Configuration> | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #failure: PosternError | null = null;

  constructor(options: IdentityProviderOptions) {
    this.#options = options;
  }

  /**
   * The provider's page to which the browser is sent.
   * @param isAccountChosen whether the provider must ask again who signs in
   * @throws PosternError `SIGNIN_PROVIDER`
   */
  async authorizationUrl(checks: AuthorizationChecks, isAccountChosen: boolean): Promise<string> {
    const configuration = await this.#discover();
    const { redirectUri, scopes } = this.#options;
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      response_mode: 'query',
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.codeVerifier),
      code_challenge_method: 'S256',
      ...(isAccountChosen ? { prompt: 'login' } : {}),
    }).href;
  }

  /**
   * Takes the provider's answer: redeems the code and checks the ID token (B14).
   * @param query the query of the callback with its `?`
   * @throws PosternError `SIGNIN_DENIED` when the provider says no, `SIGNIN_TOKEN` when the answer fails a check, `SIGNIN_PROVIDER`
   */
  async redeem(query: string, checks: AuthorizationChecks): Promise<SignedInPerson> {
    const configuration = await this.#discover();
    let tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>;
    try {
      tokens = await client.authorizationCodeGrant(configuration, new URL(query, this.#options.redirectUri), {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.codeVerifier,
        idTokenExpected: true,
      });
    } catch (error) {
      throw signInError(error);
    }
    const claims = tokens.claims();
    if (claims === undefined || tokens.id_token === undefined) throw new PosternError('SIGNIN_TOKEN');
    const person = readPerson(claims, tokens.id_token);
    if (person.hasGroupOverage) this.#options.log.warn({ userId: person.userId }, 'signin.groups_overage');
    if (claims['name'] !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return person;
    return this.#withUserInfo(configuration, tokens.access_token, claims, person);
  }

  /** Where the browser ends its session at the provider; null where the provider has no such page or can't be reached. */
  async endSessionUrl(idToken: string | null): Promise<string | null> {
    try {
      const configuration = await this.#discover();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return client.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: this.#options.postLogoutRedirectUri,
        ...(idToken === null ? {} : { id_token_hint: idToken }),
      }).href;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'signout.provider_unreachable');
      return null;
    }
  }

  /** Providers other than Entra may keep the name out of the ID token (OpenID Connect Core section 5.4). */
  async #withUserInfo(
    configuration: client.Configuration,
    accessToken: string,
    claims: client.IDToken,
    person: SignedInPerson,
  ): Promise<SignedInPerson> {
    try {
      const info = await client.fetchUserInfo(configuration, accessToken, claims.sub);
      return readPerson({ ...info, ...claims }, person.idToken);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'signin.userinfo_failed');
      return person;
    }
  }

  #discover(): Promise<client.Configuration> {
    const isFailureFresh = this.#options.clock() - this.#failedAtMs < IDENTITY_LIMITS.discoveryRetryMs;
    if (this.#failure !== null && isFailureFresh) return Promise.reject(this.#failure);
    this.#configuration ??= this.#fetchConfiguration().catch((error: unknown) => {
      this.#configuration = null;
      this.#failedAtMs = this.#options.clock();
      this.#failure = new PosternError('SIGNIN_PROVIDER', {
        message: `The identity provider ${this.#options.issuer} cannot be reached, or its description is not valid.`,
        cause: error,
      });
      throw this.#failure;
    });
    return this.#configuration;
  }

  async #fetchConfiguration(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret, providerFetch } = this.#options;
    const url = new URL(issuer);
    const isInsecureAllowed = url.protocol === 'http:' && isLoopbackHost(url.hostname);
    const found = await client.discovery(url, clientId, undefined, client.None(), {
      [client.customFetch]: providerFetch.fetch,
      timeout: IDENTITY_LIMITS.providerTimeoutMs / 1000,
      // oxlint-disable-next-line typescript/no-deprecated -- marked so to stand out; for loopback alone
      execute: isInsecureAllowed ? [client.allowInsecureRequests] : [],
    });
    const methods = found.serverMetadata().token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    // Where both are offered the body is taken: Basic asks for form-encoded credentials, which not every provider decodes.
    const authentication = methods.includes('client_secret_post')
      ? client.ClientSecretPost(clientSecret)
      : client.ClientSecretBasic(clientSecret);
    const configuration = new client.Configuration(found.serverMetadata(), clientId, undefined, authentication);
    configuration[client.customFetch] = providerFetch.fetch;
    configuration.timeout = IDENTITY_LIMITS.providerTimeoutMs / 1000;
    // oxlint-disable-next-line typescript/no-deprecated -- see above
    if (isInsecureAllowed) client.allowInsecureRequests(configuration);
    client.enableNonRepudiationChecks(configuration);
    this.#failure = null;
    return configuration;
  }
}

/** Which of our errors an error of openid-client is; its own words go to the page, for they name the check that failed. */
function signInError(error: unknown): PosternError {
  if (error instanceof client.AuthorizationResponseError) {
    const detail = error.error_description ?? error.error;
    return new PosternError('SIGNIN_DENIED', {
      message: `The identity provider refused the sign-in: ${detail}`,
      cause: error,
    });
  }
  if (error instanceof client.ResponseBodyError) {
    const detail = error.error_description ?? error.error;
    return new PosternError('SIGNIN_TOKEN', {
      message: `The identity provider did not redeem the code: ${detail}`,
      cause: error,
    });
  }
  if (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT') {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return new PosternError('SIGNIN_TOKEN', {
      message: `The answer of the identity provider did not pass its checks: ${error.message}${cause}`,
      cause: error,
    });
  }
  return new PosternError('SIGNIN_PROVIDER', { cause: error });
}
