import type { ICachePlugin } from '@azure/msal-node';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { sayError } from '../../src-shared/text/say-error.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { AccountSummary, KeptSignIn } from '../../src-shared/ipc/window-models.ts';
import type { AppStateStore } from '../app/app-state-store.ts';
import type { OpenExternal } from '../app/external-links.ts';
import type { Fetch } from '../app/net-errors.ts';
import type { Settings, SettingsStore } from '../app/settings-store.ts';
import { SpokenError } from '../app/spoken-error.ts';
import { untilCancelled } from '../app/until-cancelled.ts';
import type { SealedStore } from '../vault/sealed-store.ts';
import { AdminApi } from './admin-api.ts';
import { AdministratorSession, type ProviderAccount } from './administrator-session.ts';
import { PublishingApi } from './publishing-api.ts';
import { cancelled } from './sign-in-errors.ts';

export interface AccountControllerOptions {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly fetch: Fetch;
  readonly openExternal: OpenExternal;
  readonly cachePlugin: ICachePlugin;
  /** What `cachePlugin` writes to. */
  readonly tokenStore: SealedStore;
}

interface Context {
  readonly session: AdministratorSession;
  readonly api: PublishingApi;
}

const IDLE: AppState['signIn'] = { phase: 'idle', browser: null, deviceCode: null, isRequired: false };

/** The administrator's account at the chosen service, and the API in that name. Keeps the app's state in step. */
export class AccountController {
  readonly #options: AccountControllerOptions;
  #context: Context | null = null;
  /** Takes back the sign-in that runs. */
  #signingIn = new AbortController();

  constructor(options: AccountControllerOptions) {
    this.#options = options;
  }

  /** Turns to a service (or none) as it was left. Whoever is signed in at another one must have been signed out before. */
  async useService(service: Settings['service']): Promise<void> {
    const { state, fetch, openExternal, cachePlugin } = this.#options;
    this.#context?.session.cancelSignIn();
    this.#context = null;
    state.set({ account: null, signIn: IDLE });
    if (service === null) return;
    const settings = service.description.administratorSignIn;
    const session = new AdministratorSession({ settings, fetch, openExternal, cachePlugin });
    const baseUrl = service.description.apiBaseUrl.replace(/\/$/, '');
    const api = new PublishingApi(
      new AdminApi({
        baseUrl,
        fetch,
        accessToken: (rejected) => this.#token(session, rejected),
        onUnauthenticated: () => this.#require(session),
      }),
    );
    const context = { session, api };
    this.#context = context;
    const account = await session.restore();
    if (account === null) return;
    state.set({ account: { ...account, access: null } });
    void this.#learnAccess(context, account);
  }

  /** @throws PosternError `ADMIN_SIGNIN_…`, or `API_FORBIDDEN` when the account has no role at the service. */
  async signIn(method: 'browser' | 'deviceCode'): Promise<AccountSummary> {
    const context = this.#need();
    this.#signingIn.abort();
    const own = new AbortController();
    this.#signingIn = own;
    const { state } = this.#options;
    const isRequired = (): boolean => state.current.signIn.isRequired;
    const waiting = (change: Partial<AppState['signIn']>): void =>
      state.set({ signIn: { ...IDLE, phase: method, isRequired: isRequired(), ...change } });
    waiting({});
    try {
      const { session } = context;
      const account =
        method === 'browser'
          ? await session.signInWithBrowser((browser) => waiting({ browser }))
          : await session.signInWithDeviceCode((deviceCode) => waiting({ deviceCode }));
      const access = await this.#checkRole(context, account, own.signal);
      const summary = { ...account, access };
      state.set({ account: summary, signIn: IDLE });
      return summary;
    } catch (error) {
      state.set({ signIn: { ...IDLE, isRequired: isRequired() } });
      throw error;
    }
  }

  cancelSignIn(): void {
    this.#signingIn.abort();
    this.#context?.session.cancelSignIn();
  }

  /** Forgets the account, and what is kept of it on this machine. */
  async signOut(): Promise<void> {
    await this.#context?.session.signOut();
    await this.#options.tokenStore.remove();
    this.#options.state.set({ account: null, signIn: IDLE });
  }

  /** Says where sign-ins are kept on a machine without a key store. What is in the file is removed, or what is in memory written. */
  async keepSignIn(where: KeptSignIn): Promise<void> {
    const { settings, state, tokenStore } = this.#options;
    settings.update({ signInWithoutKeyStore: where });
    if (tokenStore.protection === 'memory') await tokenStore.remove();
    if (tokenStore.protection === 'file' && state.current.account !== null) {
      const cache = this.#context?.session.serializedCache();
      if (cache !== undefined) await tokenStore.write(cache);
    }
    state.set({ protection: { ...state.current.protection, tokens: tokenStore.protection } });
  }

  /** @throws PosternError `ADMIN_SIGNIN_REQUIRED` when nobody is signed in. */
  get api(): PublishingApi {
    return this.#need().api;
  }

  /** The token for calls that don't go through `api` (enrolment). */
  accessToken(): Promise<string> {
    return this.#token(this.#need().session);
  }

  /** What the provider has given to this account, to be known as secret; null where there is nothing. */
  serializedTokens(): string | null {
    return this.#context?.session.serializedCache() ?? null;
  }

  #need(): Context {
    if (this.#context === null) throw new SpokenError('ADMIN_SIGNIN_REQUIRED', ({ service }) => service.notChosen);
    return this.#context;
  }

  async #token(session: AdministratorSession, rejected?: string): Promise<string> {
    try {
      return await session.accessToken(rejected);
    } catch (error) {
      if (error instanceof PosternError && error.code === 'ADMIN_SIGNIN_REQUIRED') this.#require(session);
      throw error;
    }
  }

  /** The account stays on the screen, and all that was typed beside it: the person signs in again and goes on. */
  #require(session: AdministratorSession): void {
    const { state } = this.#options;
    if (this.#context?.session !== session || state.current.account === null) return;
    state.set({ signIn: { ...state.current.signIn, isRequired: true } });
  }

  async #checkRole(
    { session, api }: Context,
    account: ProviderAccount,
    signal: AbortSignal,
  ): Promise<AccountSummary['access']> {
    try {
      return await untilCancelled(readAccess(api), signal);
    } catch (error) {
      await session.signOut();
      // Who only signs in again, and takes the wrong account, keeps what is on the screen.
      if (!this.#options.state.current.signIn.isRequired) this.#options.state.set({ account: null });
      if (signal.aborted) throw cancelled();
      if (!(error instanceof PosternError) || error.code !== 'API_FORBIDDEN') throw error;
      const { displayName, userName } = account;
      throw new SpokenError(
        'API_FORBIDDEN',
        ({ signIn }, language) => signIn.noRole(`${displayName} (${userName})`, sayError(error, language)),
        { cause: error },
      );
    }
  }

  /** Nobody waits for this: a page that needs the service says itself what is wrong. */
  async #learnAccess(context: Context, account: ProviderAccount): Promise<void> {
    try {
      const access = await readAccess(context.api);
      if (this.#context === context && this.#options.state.current.account?.userName === account.userName) {
        this.#options.state.set({ account: { ...account, access } });
      }
    } catch {
      // Not known, then: the service decides at each call.
    }
  }
}

/** What the caller may do; null where the service is too old to say. */
async function readAccess(api: PublishingApi): Promise<AccountSummary['access']> {
  try {
    return (await api.readCaller()).access;
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'API_NOT_FOUND') throw error;
    await api.listConnectorGroups();
    return null;
  }
}
