import type { Session } from 'electron';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import { findProxyProblem, type ProxySettings } from '../../src-shared/ipc/machine-settings.ts';
import { isExempt } from '../connector/proxy/environment-routes.ts';
import { parseProxyList, parseProxyUrl } from '../connector/proxy/parse-proxy.ts';
import type { FindRoutes, ProxyCredentials } from '../connector/proxy/proxy-route.ts';
import type { SealedStore } from '../vault/sealed-store.ts';
import type { SettingsStore } from './settings-store.ts';

/** As PAC scripts name them. */
const KIND_OF_SCHEME = { http: 'PROXY', https: 'HTTPS', socks5: 'SOCKS5' } as const;

export interface OutboundProxyOptions {
  readonly session: Session;
  readonly settings: SettingsStore;
  /** Where the password is kept. */
  readonly passwordStore: SealedStore;
}

interface KeptProxy {
  readonly proxy: ProxySettings;
  readonly password: string | null;
}

/**
 * By which proxy this machine goes out (B69): the operating system's, its PAC script included, one that a person named, or none.
 * Chromium resolves for the app's own requests and for the engine alike; what asks for a password is spoken to by Node alone.
 */
export class OutboundProxy {
  readonly #options: OutboundProxyOptions;
  #password: string | null = null;
  /** What the last `save` replaced. */
  #replaced: KeptProxy | null = null;

  constructor(options: OutboundProxyOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier start left. Before the session's first request. */
  async restore(): Promise<void> {
    try {
      this.#password = await this.#options.passwordStore.read();
    } finally {
      await this.#apply();
    }
  }

  get settings(): ProxySettings {
    return this.#options.settings.current.proxy;
  }

  get hasPassword(): boolean {
    return this.#password !== null;
  }

  /** Whether Chromium's network stack can't go this way: it would ask for the password nobody can type. */
  get needsNode(): boolean {
    const { mode, userName } = this.settings;
    return mode === 'manual' || (mode !== 'none' && userName !== '');
  }

  /**
   * @param password null leaves the one that is kept; empty forgets it
   * @throws PosternError `API_INVALID`; `SETTINGS_UNWRITABLE`, and all stays as it was
   */
  async save(proxy: ProxySettings, password: string | null): Promise<void> {
    const problem = findProxyProblem(proxy);
    if (problem !== null)
      throw new PosternError('API_INVALID', { message: `${problem} is no address.`, target: problem });
    const before = { proxy: this.settings, password: this.#password };
    const isForgotten = password === '' || proxy.userName === '';
    const kept = { proxy, password: isForgotten ? null : (password ?? this.#password) };
    // One that can't be opened now may be once the key store can.
    await this.#put(kept, !isForgotten && password === null);
    this.#replaced = before;
  }

  /** Puts back what the last `save` replaced, its password included, which the window never had. Once. */
  async undo(): Promise<void> {
    if (this.#replaced === null) return;
    await this.#put(this.#replaced, false);
    this.#replaced = null;
  }

  readonly findRoutes: FindRoutes = async (url) => {
    const { mode, address, exceptions } = this.settings;
    if (mode === 'none') return ['direct'];
    if (mode === 'manual') {
      const server = parseProxyUrl(address);
      if (server === null || isExempt(url, exceptions)) return ['direct'];
      return [{ ...server, credentials: this.credentials }];
    }
    const rules = await this.#options.session.resolveProxy(url.href.replace(/^ws/, 'http'));
    const { routes, unknown } = parseProxyList(rules, this.credentials);
    if (routes.length > 0) return routes;
    throw new PosternError('PROXY_UNREACHABLE', {
      reason: makeReason('routesUnknown', { names: unknown.join(', ') }),
    });
  };

  /** The ways to an address, as PAC scripts write them: no password is in it. */
  async describe(url: string): Promise<string> {
    const routes = await this.findRoutes(new URL(url));
    return routes
      .map((route) =>
        route === 'direct' ? 'DIRECT' : `${KIND_OF_SCHEME[route.scheme]} ${hostOf(route.hostname)}:${route.port}`,
      )
      .join('; ');
  }

  /** Null where no user name is given. */
  get credentials(): ProxyCredentials | null {
    const { userName } = this.settings;
    return userName === '' ? null : { userName, password: this.#password ?? '' };
  }

  /** @param isLeft whether the store has that password already */
  async #put({ proxy, password }: KeptProxy, isLeft: boolean): Promise<void> {
    if (!isLeft) await this.#keepPassword(password);
    try {
      this.#options.settings.update({ proxy });
    } catch (error) {
      // Rather none than that of another proxy, to which it would be sent.
      if (!isLeft) await this.#keepPassword(this.#password).catch(() => this.#keepPassword(null));
      throw error;
    }
    this.#password = password;
    await this.#apply();
  }

  async #keepPassword(password: string | null): Promise<void> {
    const { passwordStore } = this.#options;
    if (password === null) await passwordStore.remove();
    else await passwordStore.write(password);
  }

  async #apply(): Promise<void> {
    const { session } = this.#options;
    const { mode, address, pacUrl } = this.settings;
    const config = {
      system: { mode: 'system' },
      none: { mode: 'direct' },
      manual: {
        mode: 'fixed_servers',
        proxyRules: address.replace(/^socks(?:5h)?:/i, 'socks5:'),
        proxyBypassRules: '<-loopback>',
      },
      pac: { mode: 'pac_script', pacScript: pacUrl },
    } as const;
    await session.setProxy(config[mode]);
    await session.closeAllConnections();
  }
}

function hostOf(hostname: string): string {
  return hostname.includes(':') ? `[${hostname}]` : hostname;
}
