import { readFile } from 'node:fs/promises';
import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import { reasonOf } from '../../src-shared/errors/reason-of.ts';
import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason, type Reason, sayReason } from '../../src-shared/errors/reasons.ts';
import type { Allowance, MachineSettings, ProxySettings, Retention } from '../../src-shared/ipc/machine-settings.ts';
import type { FindAddresses } from '../connector/loopback-lookup.ts';
import { BackendGuard } from '../connector/policy/backend-guard.ts';
import { CompiledAllowList } from '../connector/policy/compiled-allow-list.ts';
import type { AppStateStore } from './app-state-store.ts';
import type { ConnectorController } from './connector-controller.ts';
import { readAuthorityFile } from './authority-file.ts';
import type { ExtraAuthorities } from './extra-authorities.ts';
import type { Fetch } from './net-errors.ts';
import type { OutboundProxy } from './outbound-proxy.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { remedyFor } from '../../src-shared/text/say-error.ts';
import { probeService } from './service-probe.ts';
import { SpokenError, tellError } from './spoken-error.ts';
import type { SettingsStore } from './settings-store.ts';
import type { StartAtLogin } from './start-at-login.ts';
import { historyLimits } from './traffic-history/history-limits.ts';
import type { TrafficHistory } from './traffic-history/traffic-history.ts';

const MAX_AUTHORITY_FILE_BYTES = 1_048_576;

/** What is wrong, and the way out where one is known. */
interface Remedied {
  readonly message: string;
  readonly remedy: string | null;
}

export interface MachineControllerOptions {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly proxy: OutboundProxy;
  readonly authorities: ExtraAuthorities;
  readonly connector: ConnectorController;
  readonly history: TrafficHistory;
  /** For single requests to backends that the window asks for. */
  readonly guard: BackendGuard;
  readonly findAddresses: FindAddresses;
  readonly fetch: Fetch;
  readonly startAtLogin: StartAtLogin;
  /** Asks the person for a file to read; null where they chose none. */
  readonly chooseFile: (extensions: readonly string[]) => Promise<string | null>;
}

/** What this machine may do and how it goes out: the settings of the page, and what each change sets going. */
export class MachineController {
  readonly #options: MachineControllerOptions;

  constructor(options: MachineControllerOptions) {
    this.#options = options;
  }

  read(): MachineSettings {
    const { settings, proxy, authorities, startAtLogin } = this.#options;
    const { allowList, trafficHistory } = settings.current;
    return {
      proxy: proxy.settings,
      hasProxyPassword: proxy.hasPassword,
      authorities: authorities.list,
      allowList,
      retention: trafficHistory,
      startAtLogin: { isOn: startAtLogin.isOn, canBeSet: startAtLogin.canBeSet },
    };
  }

  /** Saves the proxy, has the engine go the new way, and says whether the service answers by it. */
  async saveProxy(proxy: ProxySettings, password: string | null): Promise<{ problem: Remedied | null }> {
    await this.#options.proxy.save(proxy, password);
    return this.#goAnew();
  }

  /** Puts back what `saveProxy` replaced last. */
  async undoProxy(): Promise<{ problem: Remedied | null }> {
    await this.#options.proxy.undo();
    return this.#goAnew();
  }

  async #goAnew(): Promise<{ problem: Remedied | null }> {
    await this.#options.connector.restart();
    return { problem: await this.#findServiceProblem() };
  }

  /**
   * @param pem null asks for a file
   * @returns how many are new; null where the person chose no file. @throws PosternError `API_INVALID`
   */
  async addAuthorities(pem: string | null): Promise<number | null> {
    const found = pem ?? (await this.#readChosenFile());
    if (found === null) return null;
    const added = this.#options.authorities.add(found);
    if (added > 0) await this.#options.connector.restart();
    return added;
  }

  async #readChosenFile(): Promise<string | null> {
    const file = await this.#options.chooseFile(['pem', 'crt', 'cer', 'der']);
    if (file === null) return null;
    let octets: Buffer;
    try {
      octets = (await readFile(file)).subarray(0, MAX_AUTHORITY_FILE_BYTES);
    } catch (cause) {
      throw new SpokenError('API_INVALID', ({ authorities }) => authorities.unreadable(file, reasonOf(cause)), {
        cause,
      });
    }
    return readAuthorityFile(octets, Date.now());
  }

  async removeAuthority(fingerprint: string): Promise<string> {
    const removed = this.#options.authorities.remove(fingerprint);
    if (removed !== '') await this.#options.connector.restart();
    return removed;
  }

  saveAllowList(allowList: readonly AllowRule[]): void {
    const { settings, guard, connector } = this.#options;
    settings.update({ allowList: [...allowList] });
    guard.replace(allowList);
    connector.applyAllowList();
  }

  /** Whether a list would let a URL through now, and by which addresses. @throws PosternError `API_INVALID` */
  async checkAllowList(rules: readonly AllowRule[], address: string): Promise<Allowance> {
    const url = URL.parse(address.includes('://') ? address : `http://${address}`);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new SpokenError('API_INVALID', ({ allowList }) => allowList.noAddress, { target: 'url' });
    }
    const list = new CompiledAllowList(rules);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const destination = { hostname, port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port) };
    const nowMs = Date.now();
    const problem = list.findProblem(destination, nowMs);
    if (problem !== null) return { isAllowed: false, reason: this.#say(problem), addresses: [] };
    const found = await this.#options.findAddresses(hostname).catch(() => []);
    if (found.length === 0) {
      return {
        isAllowed: true,
        reason: this.#say(makeReason('allowListUnresolved', { host: hostname })),
        addresses: [],
      };
    }
    const problems = found.map(({ address }) => list.findAddressProblem(destination, address, nowMs));
    const addresses = found.map(({ address }) => address).filter((_address, index) => problems[index] === null);
    const [first = null] = problems;
    const reason = addresses.length > 0 || first === null ? null : this.#say(first);
    return { isAllowed: addresses.length > 0, reason, addresses };
  }

  /** Published applications that a list would cut off. */
  previewAllowList(rules: readonly AllowRule[]): { displayName: string; reason: string }[] {
    const guard = new BackendGuard(rules, Date.now, this.#options.findAddresses);
    return (this.#options.state.current.engine?.applications ?? []).flatMap(({ displayName, internalUrl }) => {
      const { hostname, port, protocol } = new URL(internalUrl);
      const reason = guard.findBar(hostname, port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
      return reason === null ? [] : [{ displayName, reason: this.#say(reason) }];
    });
  }

  #say(reason: Reason): string {
    return sayReason(reason, CATALOGUES[this.#options.state.current.language].reasons);
  }

  saveRetention(trafficHistory: Retention): void {
    this.#options.settings.update({ trafficHistory });
    this.#options.history.setLimits(historyLimits(trafficHistory));
  }

  setStartAtLogin(isOn: boolean): void {
    this.#options.startAtLogin.set(isOn);
  }

  async readVersions(): Promise<{ own: string; service: string | null }> {
    const { settings, state, fetch } = this.#options;
    const own = state.current.version;
    const serviceUrl = settings.current.service?.serviceUrl;
    if (serviceUrl === undefined) return { own, service: null };
    try {
      return { own, service: (await probeService(fetch, serviceUrl)).description.version };
    } catch {
      return { own, service: null };
    }
  }

  async #findServiceProblem(): Promise<Remedied | null> {
    const { settings, fetch } = this.#options;
    const serviceUrl = settings.current.service?.serviceUrl;
    if (serviceUrl === undefined) return null;
    try {
      await probeService(fetch, serviceUrl);
      return null;
    } catch (error) {
      const { language } = this.#options.state.current;
      const trouble = asPosternError(error, 'SERVICE_UNREACHABLE');
      const message = tellError(trouble, language);
      return { message, remedy: remedyFor(trouble.code, language) };
    }
  }
}
