import type { ICachePlugin } from '@azure/msal-node';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { AccountSummary } from '../../src-shared/ipc/window-models.ts';
import type { AppStateStore } from '../app/app-state-store.ts';
import type { OpenExternal } from '../app/external-links.ts';
import type { Fetch } from '../app/net-errors.ts';
import type { Settings } from '../app/settings-store.ts';
import { AdminApi } from './admin-api.ts';
import { AdministratorSession } from './administrator-session.ts';
import { PublishingApi } from './publishing-api.ts';

export interface AccountControllerOptions {
  readonly state: AppStateStore;
  readonly fetch: Fetch;
  readonly openExternal: OpenExternal;
  readonly cachePlugin: ICachePlugin | null;
}

interface Context {
  readonly session: AdministratorSession;
  readonly api: PublishingApi;
}

/** The administrator's account at the chosen service, and the API in that name. Keeps the app's state in step. */
export class AccountController {
  readonly #options: AccountControllerOptions;
  #context: Context | null = null;

  constructor(options: AccountControllerOptions) {
    this.#options = options;
  }

  /** Turns to another service (or none). Whoever was signed in at the former one is no longer. */
  async useService(service: Settings['service']): Promise<void> {
    const { state, fetch, openExternal, cachePlugin } = this.#options;
    await this.#context?.session.cancelSignIn();
    this.#context = null;
    state.set({ account: null });
    if (service === null) return;
    const settings = service.description.administratorSignIn;
    const session = new AdministratorSession({ settings, fetch, openExternal, cachePlugin });
    const baseUrl = service.description.apiBaseUrl.replace(/\/$/, '');
    const api = new PublishingApi(new AdminApi({ baseUrl, fetch, accessToken: () => this.#token(session) }));
    this.#context = { session, api };
    state.set({ account: await session.restore() });
  }

  /** @throws PosternError `ADMIN_SIGNIN_…`, or `API_FORBIDDEN` when the account is no administrator of the service. */
  async signIn(method: 'browser' | 'deviceCode'): Promise<AccountSummary> {
    const { session, api } = this.#need();
    const { state } = this.#options;
    state.set({ signIn: { phase: method, deviceCode: null } });
    try {
      const account =
        method === 'browser'
          ? await session.signInWithBrowser()
          : await session.signInWithDeviceCode((deviceCode) => state.set({ signIn: { phase: method, deviceCode } }));
      await this.#checkRole(session, api, account);
      state.set({ account });
      return account;
    } finally {
      state.set({ signIn: { phase: 'idle', deviceCode: null } });
    }
  }

  async cancelSignIn(): Promise<void> {
    await this.#context?.session.cancelSignIn();
  }

  async signOut(): Promise<void> {
    await this.#context?.session.signOut();
    this.#options.state.set({ account: null });
  }

  /** @throws PosternError `ADMIN_SIGNIN_REQUIRED` when nobody is signed in. */
  get api(): PublishingApi {
    return this.#need().api;
  }

  /** The token for calls that don't go through `api` (enrolment). */
  accessToken(): Promise<string> {
    return this.#token(this.#need().session);
  }

  #need(): Context {
    if (this.#context === null) throw new PosternError('ADMIN_SIGNIN_REQUIRED', { message: 'Choose a service first.' });
    return this.#context;
  }

  async #token(session: AdministratorSession): Promise<string> {
    try {
      return await session.accessToken();
    } catch (error) {
      if (error instanceof PosternError && error.code === 'ADMIN_SIGNIN_REQUIRED')
        this.#options.state.set({ account: null });
      throw error;
    }
  }

  async #checkRole(session: AdministratorSession, api: PublishingApi, account: AccountSummary): Promise<void> {
    try {
      await api.listConnectorGroups();
    } catch (error) {
      await session.signOut();
      if (!(error instanceof PosternError) || error.code !== 'API_FORBIDDEN') throw error;
      const message = `${account.displayName} (${account.userName}) is signed in, but is no administrator of this service.`;
      throw new PosternError('API_FORBIDDEN', { message, cause: error });
    }
  }
}
