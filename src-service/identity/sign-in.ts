import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { User } from '../../src-shared/publishing/application.ts';
import { type AuthenticationRequirement, isRequirementMet } from './authentication-requirement.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { BrowserStep } from './browser-step.ts';
import { expireCookie, readCookie, readCookies, serializeCookie } from './cookies.ts';
import { findSignInLack } from './find-sign-in-lack.ts';
import { flowCookie, flowCookieName, readBindCookie } from './flow-cookies.ts';
import type { AuthorizationChecks, RedeemedSignIn } from './identity-provider.ts';
import type { IdentityProviders } from './identity-providers.ts';
import type { OneTimeValues } from './one-time-values.ts';
import type { SealedTokens } from './sealed-tokens.ts';
import type { NewSession, Sessions } from './sessions.ts';
import type { Session } from './session.ts';
import { isSignedOutOf } from './host-sign-outs.ts';
import { SignInFailure } from './sign-in-failure.ts';
import { SIGN_IN_PATHS } from './sign-in-paths.ts';
import { type SignInSite, siteOfProvider } from './sign-in-site.ts';
import { type Origin, bindSchema, handOffSchema, originSchema, transactionSchema } from './sign-in-tokens.ts';

export interface SignInOptions {
  /** The service's own site. */
  readonly service: SignInSite;
  readonly providers: IdentityProviders;
  readonly sessions: Sessions;
  readonly tokens: SealedTokens;
  readonly usedValues: OneTimeValues;
  readonly users: { upsert(user: User & { readonly identityProviderId: string }): Promise<unknown> };
  readonly clock: () => number;
}

/** From where somebody signs in. */
export interface SignInClient {
  /** `User-Agent`, or nothing. */
  readonly userAgent: string;
  readonly remoteAddress: string;
}

/** What a sign-in is begun with, beside where it leads. */
export interface SignInWish {
  /** Whether the provider must ask again who signs in. */
  readonly isAccountChosen: boolean;
  /** Whether the user chose to go back to a host that they signed out of by itself. */
  readonly isAgain: boolean;
  /** How they must prove who they are. */
  readonly requirement: AuthenticationRequirement | null;
}

/** A sign-in that would undo the sign-out of one host unasked: the user is asked first. */
export interface SignedOutBefore {
  readonly signedOutOf: string;
}

/**
 * Signs users in (ADR 0006). One callback for all applications, because a provider wants each redirect URI registered;
 * from there a one-time hand-off to the application's host, good for the browser that began it alone: `start` leaves a
 * cookie on the application's host, whose hash travels sealed with the sign-in and must match at `complete`. Each
 * sign-in has cookies of its own, so that several tabs can sign in at once.
 */
export class SignIn {
  readonly #options: SignInOptions;
  /** People who came back from their provider and were let in, since the start. */
  succeeded = 0;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /**
   * `start` on an application's host: leaves the bind cookie and goes on to `begin`.
   * @param returnTo path and query on that host, checked to stay there
   */
  async start(
    site: SignInSite,
    returnTo: string,
    wish: SignInWish,
    cookieHeader: string | undefined,
  ): Promise<BrowserStep> {
    const { tokens, service, clock } = this.#options;
    const flowId = randomId();
    const expiresAtMs = clock() + IDENTITY_LIMITS.signInMs;
    const bindCookie = await tokens.seal('postern-signin-bind', site.hostname, { returnTo }, expiresAtMs);
    const origin: Origin = {
      origin: site.origin,
      hostname: site.hostname,
      flowId,
      bind: digest(bindCookie),
      providerId: site.providerId,
      ...wish,
    };
    const token = await tokens.seal('postern-signin-start', service.hostname, { origin }, expiresAtMs);
    const url = `${service.origin}${SIGN_IN_PATHS.begin}?t=${token}`;
    const cookies = flowCookie(site, 'bind', flowId, bindCookie, cookieHeader);
    return { url, cookies, fragment: { action: 'keep', flowId } };
  }

  /**
   * `begin` on the service's host: straight back where a session is running that is good enough, else on to the provider.
   * @param token what `start` sealed; null for the portal, whose user may have chosen a provider
   * @param isFragmentKept whether the tab keeps a fragment that must be put back in the end
   * @param isAgain whether the user was asked about a host that they signed out of, and wants to go back to it
   * @throws PosternError `SIGNIN_STATE`, `SIGNIN_PROVIDER`, `STORE_UNAVAILABLE`
   */
  async begin(
    token: string | null,
    isFragmentKept: boolean,
    cookieHeader: string | undefined,
    chosenProviderId: string | null,
    isAgain: boolean,
  ): Promise<BrowserStep | SignedOutBefore> {
    const { providers, service, sessions, tokens, clock } = this.#options;
    const origin = await this.#readOrigin(token, chosenProviderId);
    const provider = providers.require(origin.providerId);
    const { requirement } = origin;
    if (!origin.isAccountChosen) {
      const running = await this.#serviceSessionOf(provider.id, cookieHeader);
      const isOut = running !== null && isSignedOutOf(running, origin.hostname);
      if (isOut && !isAgain && !origin.isAgain) return { signedOutOf: origin.hostname };
      const session = isOut ? await sessions.enterHost(running, origin.hostname) : running;
      const isEnough = session !== null && (requirement === null || isRequirementMet(session, requirement, clock()));
      if (isEnough) return this.#handOff(session, origin, isFragmentKept, []);
    }
    const transactionId = randomId();
    const checks: AuthorizationChecks = {
      state: `${transactionId}.${randomId()}`,
      nonce: randomId(),
      codeVerifier: randomBytes(32).toString('base64url'),
    };
    const url = await provider
      .authorizationUrl(checks, origin.isAccountChosen, requirement)
      .catch(async (error: unknown) => {
        throw await this.#failure(error, origin, isFragmentKept);
      });
    const transaction: z.infer<typeof transactionSchema> = { ...checks, isFragmentKept, origin };
    const expiresAtMs = clock() + IDENTITY_LIMITS.signInMs;
    const sealed = await tokens.seal('postern-signin-transaction', service.hostname, transaction, expiresAtMs);
    return { url, cookies: flowCookie(service, 'signin', transactionId, sealed, cookieHeader), fragment: null };
  }

  /**
   * `callback`: the provider's answer (B14), which must come at the address that is that provider's alone.
   * @throws PosternError `SIGNIN_STATE`, `SIGNIN_DENIED`, `SIGNIN_TOKEN`, `SIGNIN_PROVIDER`, `STORE_UNAVAILABLE`, and
   * `SIGNIN_STEP_UP` where it is not what was asked for: going back to the application would only lead here again
   */
  async callback(
    path: string,
    rawQuery: string,
    cookieHeader: string | undefined,
    client: SignInClient,
  ): Promise<BrowserStep> {
    const { providers, service, sessions, tokens, usedValues, users, clock } = this.#options;
    const transactionId = new URLSearchParams(rawQuery).get('state')?.split('.', 1)[0] ?? '';
    const cookieName = flowCookieName(service, 'signin', transactionId);
    const cookie = readCookie(cookieHeader, cookieName);
    const claims =
      cookie === undefined ? null : await tokens.open('postern-signin-transaction', service.hostname, cookie);
    const transaction = transactionSchema.safeParse(claims);
    if (!transaction.success) throw new PosternError('SIGNIN_STATE');
    const { origin, isFragmentKept, ...checks } = transaction.data;
    const provider = providers.require(origin.providerId);
    if (provider.redirectUri !== service.origin + path) throw new PosternError('SIGNIN_STATE');
    const isFirst = await usedValues.consume(checks.state, clock() + IDENTITY_LIMITS.signInMs);
    if (!isFirst) throw new PosternError('SIGNIN_STATE');

    const redeemed = await provider.redeem(rawQuery, checks).catch(async (error: unknown) => {
      throw await this.#failure(error, origin, isFragmentKept);
    });
    const { person } = redeemed;
    const lack = findSignInLack(person, origin.requirement, clock());
    if (lack !== null) throw await this.#failure(lack, origin, isFragmentKept);
    const session = await sessions.create(newSession(redeemed, provider.id, client, clock()));
    this.succeeded += 1;
    await users.upsert({
      id: person.userId,
      identityProviderId: provider.id,
      displayName: person.displayName,
      userPrincipalName: person.userPrincipalName,
    });
    const previous = await this.#serviceSessionOf(provider.id, cookieHeader);
    if (previous !== null && previous.userId !== session.userId) await sessions.end(previous.id);
    const cookies = [
      await this.#sessionCookie(siteOfProvider(service, provider.id), session),
      expireCookie(cookieName, service.cookie.isSecure),
    ];
    return this.#handOff(session, origin, isFragmentKept, cookies);
  }

  /**
   * `complete` on the application's host: takes the hand-off, once, from the browser that began it.
   * @param siteFor the site as the application behind a return target wants it
   * @throws PosternError `SIGNIN_STATE`, `STORE_UNAVAILABLE`
   */
  async complete(
    hostname: string,
    siteFor: (returnTo: string) => SignInSite,
    token: string,
    cookieHeader: string | undefined,
  ): Promise<BrowserStep> {
    const { tokens, sessions, usedValues, clock } = this.#options;
    const handOff = handOffSchema.safeParse(await tokens.open('postern-handoff', hostname, token));
    if (!handOff.success) throw new PosternError('SIGNIN_STATE');
    const { flowId, bind, sid, isFragmentKept } = handOff.data;
    const [isSecure, bindCookie] = readBindCookie(cookieHeader, flowId);
    if (bindCookie === undefined || !isSameDigest(digest(bindCookie), bind)) throw new PosternError('SIGNIN_STATE');
    const kept = bindSchema.safeParse(await tokens.open('postern-signin-bind', hostname, bindCookie));
    if (!kept.success) throw new PosternError('SIGNIN_STATE');
    const site = siteFor(kept.data.returnTo);
    // Under the name without the prefix any host of the domain could have set it, and so begun the sign-in.
    if (isSecure !== site.cookie.isSecure) throw new PosternError('SIGNIN_STATE');
    const session = await sessions.read(sid);
    if (session === null || session.providerId !== site.providerId) throw new PosternError('SIGNIN_STATE');
    const isFirst = await usedValues.consume(flowId, clock() + IDENTITY_LIMITS.signInMs);
    if (!isFirst) throw new PosternError('SIGNIN_STATE');

    const cookies = [
      await this.#sessionCookie(site, session),
      expireCookie(flowCookieName(site, 'bind', flowId), site.cookie.isSecure),
    ];
    const url = site.origin + kept.data.returnTo;
    return { url, cookies, fragment: isFragmentKept ? { action: 'restore', flowId } : null };
  }

  /** The sessions of the service's own host, one of each provider at most, the default one's first. @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE` */
  async serviceSessions(cookieHeader: string | undefined): Promise<readonly Session[]> {
    const { all } = this.#options.providers;
    const sessions = await Promise.all(all.map(({ id }) => this.#serviceSessionOf(id, cookieHeader)));
    return sessions.filter((session) => session !== null);
  }

  async #serviceSessionOf(providerId: string, cookieHeader: string | undefined): Promise<Session | null> {
    const { service, sessions } = this.#options;
    const { cookieName, hostname } = siteOfProvider(service, providerId);
    const session = await sessions.openAny(readCookies(cookieHeader, cookieName), hostname);
    return session?.providerId === providerId ? session : null;
  }

  /** Without a token the sign-in is for the portal, which needs no hand-off: its session is the service's own. */
  async #readOrigin(token: string | null, chosenProviderId: string | null): Promise<Origin> {
    const { service, tokens } = this.#options;
    if (token === null) {
      return {
        origin: service.origin,
        hostname: service.hostname,
        flowId: randomId(),
        bind: null,
        isAccountChosen: false,
        isAgain: false,
        providerId: chosenProviderId ?? service.providerId,
        requirement: null,
      };
    }
    const claims = await tokens.open('postern-signin-start', service.hostname, token);
    const origin = originSchema.safeParse(claims?.['origin']);
    if (!origin.success) throw new PosternError('SIGNIN_STATE');
    return origin.data;
  }

  /** The bind cookie on the application's host goes on living for a while, and with it the return target. */
  async #failure(error: unknown, origin: Origin, isFragmentKept: boolean): Promise<unknown> {
    if (!(error instanceof PosternError)) return error;
    const { service, tokens, clock } = this.#options;
    if (origin.bind === null) {
      return new SignInFailure(error, `${service.origin}${SIGN_IN_PATHS.begin}?provider=${origin.providerId}`);
    }
    const expiresAtMs = clock() + IDENTITY_LIMITS.signInMs;
    const token = await tokens.seal('postern-signin-start', service.hostname, { origin }, expiresAtMs);
    const fragment = isFragmentKept ? '&fragment=1' : '';
    return new SignInFailure(error, `${service.origin}${SIGN_IN_PATHS.begin}?t=${token}${fragment}`);
  }

  async #handOff(session: Session, origin: Origin, isFragmentKept: boolean, cookies: string[]): Promise<BrowserStep> {
    const { tokens, clock } = this.#options;
    if (origin.bind === null) return { url: `${origin.origin}/`, cookies, fragment: null };
    const claims: z.infer<typeof handOffSchema> = {
      sid: session.id,
      flowId: origin.flowId,
      bind: origin.bind,
      isFragmentKept,
    };
    const expiresAtMs = clock() + IDENTITY_LIMITS.handOffMs;
    const token = await tokens.seal('postern-handoff', origin.hostname, claims, expiresAtMs);
    return { url: `${origin.origin}${SIGN_IN_PATHS.complete}?h=${token}`, cookies, fragment: null };
  }

  async #sessionCookie(site: SignInSite, session: Session): Promise<string> {
    const { sessions, clock } = this.#options;
    return serializeCookie(site.cookieName, await sessions.sealCookie(session, site.hostname), {
      ...site.cookie,
      maxAgeSeconds: site.isPersistent ? Math.max(1, Math.floor((session.expiresAtMs - clock()) / 1000)) : null,
    });
  }
}

function newSession(
  { person, refreshToken }: RedeemedSignIn,
  providerId: string,
  client: SignInClient,
  nowMs: number,
): NewSession {
  const { hasGroupOverage: _, ...fields } = person;
  return {
    ...fields,
    ...client,
    authenticatedAtMs: person.authenticatedAtMs ?? nowMs,
    provenContexts: [],
    providerId,
    refreshToken,
  };
}

/** 144 random bits in cookie octets. */
function randomId(): string {
  return randomBytes(18).toString('base64url');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function isSameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
