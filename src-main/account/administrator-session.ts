import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AccountInfo,
  type AuthenticationResult,
  type ICachePlugin,
  InteractionRequiredAuthError,
  ProtocolMode,
  PublicClientApplication,
} from '@azure/msal-node';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { AdministratorSignIn } from '../../src-shared/connector/service-description.ts';
import type { BrowserWait, DeviceCode } from '../../src-shared/ipc/window-models.ts';
import type { OpenExternal } from '../app/external-links.ts';
import type { Fetch } from '../app/net-errors.ts';
import { SpokenError } from '../app/spoken-error.ts';
import { BrowserLeg } from './browser-leg.ts';
import { DeviceCodeNetwork } from './device-code-network.ts';
import { makeMsalNetwork } from './msal-network.ts';
import { cancelled, expired, failed, isCodeExpiry, isDenial, isGrantOver } from './sign-in-errors.ts';
import { SIGN_IN_FAILED_PAGE, SIGN_IN_SUCCEEDED_PAGE } from './sign-in-pages.ts';
import { checkAccessToken } from './token-check.ts';

export interface AdministratorSessionOptions {
  readonly settings: AdministratorSignIn;
  readonly fetch: Fetch;
  readonly openExternal: OpenExternal;
  /** Keeps tokens between starts; null: they live in memory alone. */
  readonly cachePlugin: ICachePlugin | null;
  /** A browser that was closed tells nobody: after this long the sign-in is given up. 5 min where absent. */
  readonly browserDeadlineMs?: number;
}

/** Who signed in, as the provider names them. */
export interface ProviderAccount {
  readonly displayName: string;
  readonly userName: string;
}

const BROWSER_DEADLINE_MS = 5 * 60_000;

/** The administrator's sign-in at the service's identity provider, and the access token it gives. */
export class AdministratorSession {
  readonly #settings: AdministratorSignIn;
  readonly #client: PublicClientApplication;
  readonly #network: DeviceCodeNetwork;
  readonly #openExternal: OpenExternal;
  readonly #browserDeadlineMs: number;
  #account: AccountInfo | null = null;
  #cancel: (() => void) | null = null;
  /** Requests for a token that are under way, by whether the cache may answer: many callers share one. */
  readonly #acquisitions = new Map<boolean, Promise<string>>();

  constructor(options: AdministratorSessionOptions) {
    const { settings } = options;
    const { mode, authorityMetadata } = settings;
    this.#settings = settings;
    this.#openExternal = options.openExternal;
    this.#browserDeadlineMs = options.browserDeadlineMs ?? BROWSER_DEADLINE_MS;
    this.#network = new DeviceCodeNetwork({ network: makeMsalNetwork(options.fetch), mode, authorityMetadata, sleep });
    this.#client = new PublicClientApplication({
      auth: {
        clientId: settings.clientId,
        authority: settings.authority,
        knownAuthorities: settings.knownAuthorities,
        ...(authorityMetadata === undefined ? {} : { authorityMetadata }),
      },
      ...(options.cachePlugin === null ? {} : { cache: { cachePlugin: options.cachePlugin } }),
      system: {
        networkClient: this.#network,
        protocolMode: mode === 'oidc' ? ProtocolMode.OIDC : ProtocolMode.AAD,
      },
    });
  }

  /** Takes up the account that the cache kept from an earlier start; null where there is none. */
  async restore(): Promise<ProviderAccount | null> {
    this.#account = (await this.#client.getAllAccounts())[0] ?? null;
    return this.#account === null ? null : summarise(this.#account);
  }

  /**
   * Signs in with the system browser. A second call cancels the first.
   * @param onWaiting told which page was opened, and how long it is waited for
   * @throws PosternError `ADMIN_SIGNIN_CANCELLED`, `ADMIN_SIGNIN_EXPIRED`, `ADMIN_SIGNIN_FAILED`.
   */
  async signInWithBrowser(onWaiting?: (wait: BrowserWait) => void): Promise<ProviderAccount> {
    const { apiScope, apiResource } = this.#settings;
    const leg = new BrowserLeg(async (url) => {
      onWaiting?.({ url, expiresAtMs: Date.now() + this.#browserDeadlineMs });
      try {
        await this.#openExternal(url);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new SpokenError('ADMIN_SIGNIN_FAILED', ({ signIn }) => signIn.noBrowser(reason), { cause });
      }
    });
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      void leg.cancel();
    }, this.#browserDeadlineMs);
    const minutes = Math.ceil(this.#browserDeadlineMs / 60_000);
    try {
      return await this.#signIn(
        () => void leg.cancel(),
        async () =>
          this.#client.acquireTokenInteractive({
            scopes: [apiScope],
            ...(apiResource === undefined ? {} : { resource: apiResource }),
            nonce: randomUUID(),
            prompt: 'select_account',
            openBrowser: leg.open,
            successTemplate: SIGN_IN_SUCCEEDED_PAGE,
            errorTemplate: SIGN_IN_FAILED_PAGE,
          }),
        (error) => (isTimedOut ? expired((text) => text.browserLate(minutes), error) : null),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Signs in on another device: `onCode` is told what to type where. A second call cancels the first.
   * @throws PosternError `ADMIN_SIGNIN_CANCELLED`, `ADMIN_SIGNIN_EXPIRED`, `ADMIN_SIGNIN_FAILED`.
   */
  async signInWithDeviceCode(onCode: (code: DeviceCode) => void): Promise<ProviderAccount> {
    const { apiScope, apiResource } = this.#settings;
    let expiresAtMs = Infinity;
    const request = {
      scopes: [apiScope],
      ...(apiResource === undefined ? {} : { extraQueryParameters: { resource: apiResource } }),
      cancel: false,
      deviceCodeCallback: (response: { userCode: string; verificationUri: string; expiresIn: number }) => {
        expiresAtMs = Date.now() + response.expiresIn * 1000;
        onCode({
          userCode: response.userCode,
          verificationUrl: response.verificationUri,
          verificationUrlComplete: this.#network.verificationUrlComplete,
          expiresAtMs,
        });
      },
    };
    return this.#signIn(
      () => void (request.cancel = true),
      () => this.#client.acquireTokenByDeviceCode(request),
      (error) =>
        isCodeExpiry(error, Date.now() >= expiresAtMs) ? expired((text) => text.codeLate, error, 'deviceCode') : null,
    );
  }

  /** Ends a sign-in that is under way. Harmless where there is none. */
  cancelSignIn(): void {
    this.#cancel?.();
  }

  /** What the cache plugin would write. */
  serializedCache(): string {
    return this.#client.getTokenCache().serialize();
  }

  /** Forgets every account and its tokens on this machine. */
  async signOut(): Promise<void> {
    this.cancelSignIn();
    this.#account = null;
    await this.#forgetAccountsBut(null);
  }

  /**
   * An access token for the admin API, renewed silently where it has run out.
   * @param rejected the token that the API has just refused: another one is got then, whatever the cache holds
   * @throws PosternError `ADMIN_SIGNIN_REQUIRED` when only a new sign-in helps; `ADMIN_SIGNIN_FAILED` otherwise.
   */
  async accessToken(rejected?: string): Promise<string> {
    const token = await this.#acquireOnce(false);
    return token === rejected ? this.#acquireOnce(true) : token;
  }

  /** A provider that rotates refresh tokens takes a second renewal beside the first for a theft. */
  #acquireOnce(forceRefresh: boolean): Promise<string> {
    const running = this.#acquisitions.get(forceRefresh);
    if (running !== undefined) return running;
    const acquisition = this.#acquire(forceRefresh).finally(() => this.#acquisitions.delete(forceRefresh));
    this.#acquisitions.set(forceRefresh, acquisition);
    return acquisition;
  }

  async #acquire(forceRefresh: boolean): Promise<string> {
    const account = this.#account;
    if (account === null) throw new PosternError('ADMIN_SIGNIN_REQUIRED');
    const { apiScope, apiResource } = this.#settings;
    const resource = apiResource === undefined ? {} : { resource: apiResource };
    this.#network.takeFailure();
    try {
      const result = await this.#client.acquireTokenSilent({ account, scopes: [apiScope], ...resource, forceRefresh });
      return result.accessToken;
    } catch (error) {
      if (error instanceof InteractionRequiredAuthError || isGrantOver(error)) {
        throw new PosternError('ADMIN_SIGNIN_REQUIRED', { cause: error });
      }
      throw failed(error, this.#network.takeFailure());
    }
  }

  /** MSAL may notice a cancellation late or never: it is not waited for, and what it brings afterwards is forgotten. */
  async #signIn(
    stop: () => void,
    acquire: () => Promise<AuthenticationResult | null>,
    describe: (error: unknown) => PosternError | null,
  ): Promise<ProviderAccount> {
    this.cancelSignIn();
    const { promise: cancellation, reject } = Promise.withResolvers<never>();
    let isCancelled = false;
    const cancel = (): void => {
      isCancelled = true;
      stop();
      reject(cancelled());
    };
    this.#cancel = cancel;
    this.#network.takeFailure();
    const running = acquire();
    running.then(
      (result) => (isCancelled ? this.#forgetLate(result) : undefined),
      () => undefined,
    );
    try {
      const result = await Promise.race([running, cancellation]);
      const account = result?.account ?? null;
      if (result === null || account === null) throw new PosternError('ADMIN_SIGNIN_FAILED');
      checkAccessToken(result.accessToken, result.scopes, this.#settings.apiScope);
      this.#account = account;
      await this.#forgetAccountsBut(account);
      return summarise(account);
    } catch (error) {
      const described = describe(error) ?? (isDenial(error) ? cancelled(error) : null);
      throw described ?? failed(error, this.#network.takeFailure());
    } finally {
      if (this.#cancel === cancel) this.#cancel = null;
    }
  }

  /** Somebody who signs in as another person, or again elsewhere, must not be found as the former one after a restart. */
  async #forgetAccountsBut(kept: AccountInfo | null): Promise<void> {
    for (const account of await this.#client.getAllAccounts()) {
      if (account.homeAccountId !== kept?.homeAccountId) await this.#client.signOut({ account });
    }
  }

  async #forgetLate(result: AuthenticationResult | null): Promise<void> {
    const account = result?.account ?? null;
    if (account === null || account.homeAccountId === this.#account?.homeAccountId) return;
    await this.#client.signOut({ account });
  }
}

function summarise(account: AccountInfo): ProviderAccount {
  return { displayName: account.name ?? account.username, userName: account.username };
}
