import { randomUUID } from 'node:crypto';
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
import type { AccountSummary, DeviceCode } from '../../src-shared/ipc/window-models.ts';
import type { OpenExternal } from '../app/external-links.ts';
import type { Fetch } from '../app/net-errors.ts';
import { BrowserLeg } from './browser-leg.ts';
import { makeMsalNetwork } from './msal-network.ts';
import { SIGN_IN_FAILED_PAGE, SIGN_IN_SUCCEEDED_PAGE } from './sign-in-pages.ts';
import { checkAccessToken } from './token-check.ts';

export interface AdministratorSessionOptions {
  readonly settings: AdministratorSignIn;
  readonly fetch: Fetch;
  readonly openExternal: OpenExternal;
  /** Keeps tokens between starts; null: they live in memory alone. */
  readonly cachePlugin: ICachePlugin | null;
}

/** A browser that was closed tells nobody: after this long the sign-in is given up. */
const BROWSER_DEADLINE_MS = 5 * 60_000;

/** The administrator's sign-in at the service's identity provider, and the access token it gives. */
export class AdministratorSession {
  readonly #settings: AdministratorSignIn;
  readonly #client: PublicClientApplication;
  readonly #openExternal: OpenExternal;
  #account: AccountInfo | null = null;
  #cancel: (() => Promise<void>) | null = null;

  constructor(options: AdministratorSessionOptions) {
    const { settings } = options;
    this.#settings = settings;
    this.#openExternal = options.openExternal;
    this.#client = new PublicClientApplication({
      auth: {
        clientId: settings.clientId,
        authority: settings.authority,
        knownAuthorities: settings.knownAuthorities,
        ...(settings.authorityMetadata === undefined ? {} : { authorityMetadata: settings.authorityMetadata }),
      },
      ...(options.cachePlugin === null ? {} : { cache: { cachePlugin: options.cachePlugin } }),
      system: {
        networkClient: makeMsalNetwork(options.fetch),
        protocolMode: settings.mode === 'oidc' ? ProtocolMode.OIDC : ProtocolMode.AAD,
      },
    });
  }

  get account(): AccountSummary | null {
    return this.#account === null ? null : summarise(this.#account);
  }

  /** Takes up the account that the cache kept from an earlier start; null where there is none. */
  async restore(): Promise<AccountSummary | null> {
    this.#account = (await this.#client.getAllAccounts())[0] ?? null;
    return this.account;
  }

  /**
   * Signs in with the system browser. A second call cancels the first.
   * @throws PosternError `ADMIN_SIGNIN_CANCELLED`, `ADMIN_SIGNIN_FAILED`.
   */
  async signInWithBrowser(): Promise<AccountSummary> {
    await this.cancelSignIn();
    const leg = new BrowserLeg(this.#openExternal);
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      void leg.cancel();
    }, BROWSER_DEADLINE_MS);
    return this.#run(
      async () => leg.cancel(),
      async () => {
        try {
          return await this.#client.acquireTokenInteractive({
            scopes: [this.#settings.apiScope],
            nonce: randomUUID(),
            prompt: 'select_account',
            openBrowser: leg.open,
            successTemplate: SIGN_IN_SUCCEEDED_PAGE,
            errorTemplate: SIGN_IN_FAILED_PAGE,
          });
        } catch (error) {
          if (isTimedOut) throw cancelled('No answer came from the browser within 5 minutes.', error);
          if (leg.isCancelled || isDenial(error)) throw cancelled('The sign-in was cancelled.', error);
          throw error;
        } finally {
          clearTimeout(timer);
        }
      },
    );
  }

  /**
   * Signs in on another device: `onCode` is told what to type where.
   * @throws PosternError `ADMIN_SIGNIN_CANCELLED`, `ADMIN_SIGNIN_FAILED`.
   */
  async signInWithDeviceCode(onCode: (code: DeviceCode) => void): Promise<AccountSummary> {
    await this.cancelSignIn();
    let isCancelled = false;
    const request = {
      scopes: [this.#settings.apiScope],
      cancel: false,
      deviceCodeCallback: (response: { userCode: string; verificationUri: string; expiresIn: number }) => {
        const expiresAtMs = Date.now() + response.expiresIn * 1000;
        onCode({ userCode: response.userCode, verificationUrl: response.verificationUri, expiresAtMs });
      },
    };
    const cancel = async (): Promise<void> => {
      isCancelled = true;
      request.cancel = true;
    };
    return this.#run(cancel, async () => {
      try {
        return await this.#client.acquireTokenByDeviceCode(request);
      } catch (error) {
        if (isCancelled || isDenial(error)) throw cancelled('The sign-in was cancelled.', error);
        throw error;
      }
    });
  }

  /** Ends a sign-in that is under way. Harmless where there is none. */
  async cancelSignIn(): Promise<void> {
    await this.#cancel?.();
  }

  /** Forgets the account and its tokens on this machine. */
  async signOut(): Promise<void> {
    await this.cancelSignIn();
    const account = this.#account;
    this.#account = null;
    if (account !== null) await this.#client.signOut({ account });
  }

  /**
   * An access token for the admin API, refreshed silently where it has run out.
   * @throws PosternError `ADMIN_SIGNIN_REQUIRED` when only a new sign-in helps; `ADMIN_SIGNIN_FAILED` otherwise.
   */
  async accessToken(): Promise<string> {
    const account = this.#account;
    if (account === null) throw new PosternError('ADMIN_SIGNIN_REQUIRED');
    try {
      const result = await this.#client.acquireTokenSilent({ account, scopes: [this.#settings.apiScope] });
      return result.accessToken;
    } catch (error) {
      if (error instanceof InteractionRequiredAuthError || isGrantOver(error)) {
        this.#account = null;
        throw new PosternError('ADMIN_SIGNIN_REQUIRED', { cause: error });
      }
      throw failed(error);
    }
  }

  async #run(
    cancel: () => Promise<void>,
    acquire: () => Promise<AuthenticationResult | null>,
  ): Promise<AccountSummary> {
    this.#cancel = cancel;
    try {
      const result = await acquire();
      const account = result?.account ?? null;
      if (result === null || account === null) throw new PosternError('ADMIN_SIGNIN_FAILED');
      checkAccessToken(result.accessToken, result.scopes, this.#settings.apiScope);
      this.#account = account;
      return summarise(account);
    } catch (error) {
      throw failed(error);
    } finally {
      if (this.#cancel === cancel) this.#cancel = null;
    }
  }
}

function summarise(account: AccountInfo): AccountSummary {
  return { displayName: account.name ?? account.username, userName: account.username };
}

function errorCodeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'errorCode' in error ? String(error.errorCode) : '';
}

function isDenial(error: unknown): boolean {
  return ['access_denied', 'authorization_declined', 'device_code_polling_cancelled'].includes(errorCodeOf(error));
}

function isGrantOver(error: unknown): boolean {
  return ['invalid_grant', 'no_tokens_found', 'no_account_found', 'login_required'].includes(errorCodeOf(error));
}

function cancelled(message: string, cause: unknown): PosternError {
  return new PosternError('ADMIN_SIGNIN_CANCELLED', { message, cause });
}

function failed(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  const code = errorCodeOf(error);
  return new PosternError('ADMIN_SIGNIN_FAILED', {
    message: `The identity provider refused the sign-in${code === '' ? '' : ` (${code})`}. Try again, or use another account.`,
    cause: error,
  });
}
