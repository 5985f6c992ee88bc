import { jwtVerify } from 'jose';
import * as client from 'openid-client';
import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { IdentityProviderConfiguration } from '../config/identity-provider-configuration.ts';
import { isLoopbackHost } from '../config/loopback-host.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { clockDifference, timesInError } from './clock-difference.ts';
import { fetchGraphGroups } from './graph-groups.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import { type IssuerKeys, isTokenFault } from './issuer-keys.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import { ProviderTrouble, unreachableProvider } from './provider-trouble.ts';
import type { AuthenticationRequirement } from './authentication-requirement.ts';
import { type RefreshAnswer, refreshAnswerOfError } from './refresh-answer.ts';
import { stepUpParameters } from './step-up-parameters.ts';
import { type SignedInPerson, readPerson } from './signed-in-person.ts';

export interface IdentityProviderOptions {
  readonly configuration: IdentityProviderConfiguration;
  /** Whether to ask for a refresh token as well where the provider has a scope for it. */
  readonly isOfflineAccessWanted: boolean;
  readonly authentication: ClientAuthentication;
  readonly metadata: ProviderMetadata;
  readonly keys: IssuerKeys;
  /** Registered at the provider as it is. */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly providerFetch: ProviderFetch;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What the redemption of a code gave. */
export interface RedeemedSignIn {
  readonly person: SignedInPerson;
  /** Null where the provider gave none. */
  readonly refreshToken: string | null;
}

/** What must be remembered, sealed, between the redirect to the provider and its answer. */
export interface AuthorizationChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

type TokenAnswer = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

const OFFLINE_ACCESS = 'offline_access';
/** What providers answer where they don't accept the service's own credentials (RFC 6749 section 5.2). */
const CLIENT_ERRORS = new Set(['invalid_client', 'unauthorized_client']);
/** Public keys alone: with a shared secret or none at all anybody could sign. */
const ID_TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'RS384', 'PS384', 'ES384', 'RS512', 'PS512', 'ES512', 'EdDSA'];

/**
 * An OpenID provider that signs users in: code flow with PKCE, state, nonce and `iss` (RFC 6749, RFC 7636, RFC 9207), ID token
 * signatures always checked. Nobody is contacted before the first sign-in.
 */
export class IdentityProvider {
  readonly #options: IdentityProviderOptions;
  /** The client as it was made of a discovery document; made anew when that changes. */
  #made: { readonly metadata: client.ServerMetadata; readonly configuration: client.Configuration } | null = null;

  constructor(options: IdentityProviderOptions) {
    this.#options = options;
  }

  /** As the configuration names it. */
  get id(): string {
    return this.#options.configuration.id;
  }

  get displayName(): string {
    return this.#options.configuration.displayName;
  }

  get issuer(): string {
    return this.#options.configuration.issuer;
  }

  get clientId(): string {
    return this.#options.configuration.clientId;
  }

  get clockToleranceSeconds(): number {
    return this.#options.configuration.clockToleranceSeconds;
  }

  get redirectUri(): string {
    return this.#options.redirectUri;
  }

  /** With which its tokens are checked. */
  get keys(): IssuerKeys {
    return this.#options.keys;
  }

  /**
   * The provider's page to which the browser is sent.
   * @param isAccountChosen whether the provider must ask again who signs in
   * @param requirement how the user must prove who they are; whether they did is checked when they come back
   * @throws PosternError `SIGNIN_PROVIDER` and its kin
   */
  async authorizationUrl(
    checks: AuthorizationChecks,
    isAccountChosen: boolean,
    requirement: AuthenticationRequirement | null,
  ): Promise<string> {
    const configuration = await this.#clientFor(await this.#options.metadata.readChecked());
    const takesClaims = configuration.serverMetadata().claims_parameter_supported === true;
    const { kind } = this.#options.configuration;
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#options.redirectUri,
      scope: this.#scopes(configuration).join(' '),
      response_mode: 'query',
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.codeVerifier),
      code_challenge_method: 'S256',
      ...(isAccountChosen && { prompt: 'login' }),
      ...(requirement !== null && stepUpParameters(requirement, kind, takesClaims)),
    }).href;
  }

  /**
   * Takes the provider's answer: redeems the code and checks the ID token (B14).
   * @param query the query of the callback with its `?`
   * @throws PosternError `SIGNIN_DENIED` when the provider says no, `SIGNIN_TOKEN` when the answer fails a check, `SIGNIN_CLOCK`,
   * `SIGNIN_CLIENT` when it does not accept our credentials, `SIGNIN_PROVIDER` and its kin
   */
  async redeem(query: string, checks: AuthorizationChecks): Promise<RedeemedSignIn> {
    const configuration = await this.#discover();
    let answer: TokenAnswer;
    try {
      answer = await client.authorizationCodeGrant(configuration, new URL(query, this.#options.redirectUri), {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.codeVerifier,
        idTokenExpected: true,
      });
    } catch (error) {
      throw this.#signInError(error, configuration);
    }
    return { person: await this.#readPerson(configuration, answer), refreshToken: answer.refresh_token ?? null };
  }

  /**
   * Asks whether a user may still come in, and who they are by now (OpenID Connect Core section 12).
   * @param session its refresh token, and whom the answer must be about
   */
  async refresh(session: {
    readonly refreshToken: string | null;
    readonly providerSubject: string | null;
    readonly userId: string;
  }): Promise<RefreshAnswer> {
    const { refreshToken, providerSubject, userId } = session;
    let person: SignedInPerson | null;
    let newRefreshToken: string | undefined;
    try {
      const configuration = await this.#discover();
      const answer = await client.refreshTokenGrant(configuration, refreshToken ?? '');
      newRefreshToken = answer.refresh_token;
      // Some providers tell nothing of the user at a refresh.
      person = answer.id_token === undefined ? null : await this.#readPerson(configuration, answer);
    } catch (error) {
      const answer = refreshAnswerOfError(error);
      if (answer.kind === 'unavailable') this.#options.metadata.distrust();
      return answer;
    }
    const isSame = person === null || (person.providerSubject === providerSubject && person.userId === userId);
    if (!isSame) return { kind: 'refused', isUserDisabled: false, reason: 'another subject' };
    return { kind: 'renewed', person, refreshToken: newRefreshToken ?? null };
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

  /** Entra gives a refresh token for `offline_access` alone; a provider that doesn't list that scope may refuse it. */
  #scopes(configuration: client.Configuration): readonly string[] {
    const { configuration: own, isOfflineAccessWanted } = this.#options;
    const isOffered = configuration.serverMetadata().scopes_supported?.includes(OFFLINE_ACCESS) === true;
    const scopes = new Set(own.scopes);
    if (own.graph !== undefined) scopes.add(own.graph.scope);
    if (isOfflineAccessWanted && isOffered) scopes.add(OFFLINE_ACCESS);
    return [...scopes];
  }

  async #readPerson(configuration: client.Configuration, answer: TokenAnswer): Promise<SignedInPerson> {
    const claims = answer.claims();
    if (claims === undefined || answer.id_token === undefined) throw new PosternError('SIGNIN_TOKEN');
    await this.#checkSignature(answer.id_token);
    this.#checkIssuedAt(claims);
    let person = readPerson(claims, answer.id_token);
    if (claims['name'] === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined) {
      person = await this.#withUserInfo(configuration, answer.access_token, claims, person);
    }
    return person.hasGroupOverage ? this.#withGraphGroups(answer.access_token, person) : person;
  }

  /**
   * What openid-client checked are the claims. The signature is checked here, with keys that are fetched anew where a token
   * names one that is not known yet: the code can't be redeemed a second time.
   */
  async #checkSignature(idToken: string): Promise<void> {
    const { keys, clock, configuration } = this.#options;
    const resolveKey = await keys.resolver();
    try {
      await jwtVerify(idToken, resolveKey, {
        issuer: configuration.issuer,
        audience: configuration.clientId,
        algorithms: ID_TOKEN_ALGORITHMS,
        clockTolerance: configuration.clockToleranceSeconds,
        currentDate: new Date(clock()),
      });
    } catch (error) {
      if (!isTokenFault(error)) throw keys.unreachable(error);
      throw new PosternError('SIGNIN_TOKEN', {
        message: `The answer of the identity provider did not pass its checks: JWT signature verification failed: ${error.message}`,
        cause: error,
      });
    }
  }

  /** Nobody else looks whether a token is of the future; how far in the past one may be is for `exp`, for Entra dates `iat` back by minutes. */
  #checkIssuedAt(claims: client.IDToken): void {
    const { clock, configuration } = this.#options;
    const { displayName, clockToleranceSeconds } = configuration;
    const nowMs = clock();
    if (claims.iat * 1000 <= nowMs + clockToleranceSeconds * 1000) return;
    throw clockDifference(displayName, claims, nowMs, clockToleranceSeconds);
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

  /** Where Graph can't say it either the groups stay unknown, and the sign-in goes on: assigned people need none. */
  async #withGraphGroups(accessToken: string, person: SignedInPerson): Promise<SignedInPerson> {
    const { log, providerFetch, configuration } = this.#options;
    const { userId } = person;
    const { graph } = configuration;
    if (graph === undefined) {
      log.warn({ userId, remedy: GRAPH_REMEDY }, 'signin.groups_overage');
      return person;
    }
    try {
      const { ids, isComplete } = await fetchGraphGroups(graph.baseUrl, accessToken, providerFetch);
      if (!isComplete) log.warn({ userId, groups: ids.length }, 'signin.groups_too_many');
      return { ...person, groups: ids, hasGroupOverage: !isComplete };
    } catch (error) {
      log.warn({ userId, err: error, remedy: CONSENT_REMEDY }, 'signin.graph_failed');
      return person;
    }
  }

  async #discover(): Promise<client.Configuration> {
    return this.#clientFor(await this.#options.metadata.read());
  }

  async #clientFor(metadata: client.ServerMetadata): Promise<client.Configuration> {
    if (this.#made?.metadata === metadata) return this.#made.configuration;
    const configuration = await this.#makeClient(metadata);
    this.#made = { metadata, configuration };
    return configuration;
  }

  async #makeClient(metadata: client.ServerMetadata): Promise<client.Configuration> {
    const { authentication, providerFetch, clock, configuration } = this.#options;
    const { issuer, clientId, clockToleranceSeconds } = configuration;
    const times = {
      [client.clockTolerance]: clockToleranceSeconds,
      [client.clockSkew]: Math.round((clock() - Date.now()) / 1000),
    };
    const made = new client.Configuration(metadata, clientId, times, await authentication(metadata));
    made[client.customFetch] = providerFetch.fetch;
    made.timeout = IDENTITY_LIMITS.providerTimeoutMs / 1000;
    const { protocol, hostname } = new URL(issuer);
    // oxlint-disable-next-line typescript/no-deprecated -- marked so to stand out; for loopback alone
    if (protocol === 'http:' && isLoopbackHost(hostname)) client.allowInsecureRequests(made);
    return made;
  }

  /** Which of our errors an error of openid-client is; its own words go to the page where they name the check that failed. */
  #signInError(error: unknown, configuration: client.Configuration): PosternError {
    const { metadata, configuration: own } = this.#options;
    if (error instanceof client.AuthorizationResponseError) {
      const detail = error.error_description ?? error.error;
      return new PosternError('SIGNIN_DENIED', {
        message: `The identity provider refused the sign-in: ${detail}`,
        cause: error,
      });
    }
    if (error instanceof client.ResponseBodyError) {
      const detail = error.error_description ?? error.error;
      if (CLIENT_ERRORS.has(error.error)) return refusedClient(own, detail, error);
      return new PosternError('SIGNIN_TOKEN', {
        message: `The identity provider did not redeem the code: ${detail}`,
        cause: error,
      });
    }
    // A 401 with a challenge and no body that says more (RFC 6749 section 5.2).
    if (error instanceof client.WWWAuthenticateChallengeError) return refusedClient(own, 'no reason given', error);
    if (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT') {
      const times = timesInError(error);
      if (times !== null) {
        return clockDifference(own.displayName, times, this.#options.clock(), own.clockToleranceSeconds, error);
      }
      if (isBadAnswer(error)) metadata.distrust();
      const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
      return new PosternError('SIGNIN_TOKEN', {
        message: `The answer of the identity provider did not pass its checks: ${error.message}${cause}`,
        cause: error,
      });
    }
    metadata.distrust();
    const host = new URL(configuration.serverMetadata().token_endpoint ?? own.issuer).host;
    return unreachableProvider(own.displayName, error, host);
  }
}

const GRAPH_REMEDY =
  'Let the provider tell fewer groups (Entra: "Groups assigned to the application"), or set graph of this provider.';
const CONSENT_REMEDY =
  'Consent to the delegated permission that graph.scope names, for the whole tenant, at the registration of this client.';

/** Whatever stands at the token endpoint by now, it is no token endpoint: the discovery document may be old. */
function isBadAnswer({ code }: client.ClientError): boolean {
  return code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === 'OAUTH_RESPONSE_IS_NOT_JSON';
}

function refusedClient(configuration: IdentityProviderConfiguration, detail: string, cause: Error): PosternError {
  const { id, clientId, clientKeyFile, displayName } = configuration;
  const remedy =
    clientKeyFile === undefined
      ? 'Check clientId, and whether clientSecret has expired: make a new one there and set it here.'
      : 'Check clientId, and that the certificate or key of clientKeyFile is registered there and has not expired.';
  return new PosternError('SIGNIN_CLIENT', {
    message: `The identity provider ${displayName} does not accept the credentials of this service.`,
    cause: new ProviderTrouble(`The provider "${id}" refused the client ${clientId}: ${detail}.`, remedy, cause),
  });
}
