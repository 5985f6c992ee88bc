import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Reason } from '../../src-shared/errors/reasons.ts';
import type { Application, ConnectorGroup } from '../../src-shared/publishing/application.ts';
import type { ConnectorConfiguration } from '../../src-shared/publishing/connector-configuration.ts';
import type { ConnectorRecord } from '../store/connector-records.ts';
import type { StoreChange } from '../store/unit-of-work.ts';
import { configurationsOf, findSizeProblem } from './group-configurations.ts';

/** What configurations are made of; the store is one. */
export interface ConfigurationSource {
  readonly applications: { list(): Promise<readonly Application[]> };
  readonly connectorGroups: { list(): Promise<readonly ConnectorGroup[]> };
  readonly connectors: { list(): Promise<readonly ConnectorRecord[]> };
  configurationVersion(): Promise<number>;
  onChange(listener: (change: StoreChange) => Promise<void> | void): () => void;
}

/** What a change means for the tunnels that stand. */
export interface ConfigurationNews {
  /** The group may publish something else than before. */
  onGroupChanged(connectorGroupId: string): void;
  onConnectorMoved(connectorId: string, connectorGroupId: string): void;
  onConnectorRenamed(connectorId: string, displayName: string): void;
  /** It is to get no new requests, or is to get some again. */
  onConnectorDraining(connectorId: string, isDraining: boolean): void;
  /** Or revoked. */
  onConnectorRemoved(connectorId: string): void;
}

export interface ConnectorConfigurationsOptions {
  readonly source: ConfigurationSource;
  readonly news: ConfigurationNews;
  /** Told when the store fails at a reload; the last state then stays in force. */
  readonly onError: (error: unknown) => void;
}

/** The state of the store that connectors depend on, at one version. */
interface Snapshot {
  readonly version: number;
  readonly applications: readonly Application[];
  readonly connectorGroups: readonly ConnectorGroup[];
  readonly groups: ReadonlyMap<string, ConnectorConfiguration>;
  readonly connectors: ReadonlyMap<string, ConnectorRecord>;
}

const RETRY_MS = 1000;
/** Changes that no configuration is made of. */
const IRRELEVANT: readonly StoreChange['kind'][] = ['assignment', 'certificate', 'session'];

/**
 * What each connector group is to publish, in memory, kept as the store has it; tells what a change means for
 * connectors (B62, B63, B67). Reading costs a look-up and works with the store down.
 */
export class ConnectorConfigurations {
  readonly #options: ConnectorConfigurationsOptions;
  #snapshot: Snapshot = {
    version: 0,
    applications: [],
    connectorGroups: [],
    groups: new Map(),
    connectors: new Map(),
  };
  #unsubscribe: (() => void) | null = null;
  #isStale = false;
  #reloading: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: ConnectorConfigurationsOptions) {
    this.#options = options;
  }

  /** Loads the state and follows the store from then on. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#options.source.onChange((change) => {
      return IRRELEVANT.includes(change.kind) ? undefined : this.#refresh();
    });
    this.#snapshot = await this.#load();
  }

  stop(): void {
    this.#unsubscribe?.();
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  /** The configuration of a group; an empty one for a group that is gone. */
  forGroup(connectorGroupId: string): ConnectorConfiguration {
    const { groups, version } = this.#snapshot;
    const none = { version, connectorName: '', connectorGroupName: '', applications: [], otherUrls: [] };
    return groups.get(connectorGroupId) ?? none;
  }

  /** An enrolled connector, or null: unknown, or removed. */
  findConnector(connectorId: string): ConnectorRecord | null {
    return this.#snapshot.connectors.get(connectorId) ?? null;
  }

  /** The enrolled connectors, as they were when the configuration changed last. */
  connectors(): readonly ConnectorRecord[] {
    return [...this.#snapshot.connectors.values()];
  }

  groups(): readonly { readonly id: string; readonly name: string }[] {
    return Array.from(this.#snapshot.groups, ([id, { connectorGroupName }]) => ({ id, name: connectorGroupName }));
  }

  /** Why no tunnel could carry what a group publishes, were the application this one; null where all fit. */
  findSizeProblemWith(changed: Application): Reason | null {
    const { applications, connectorGroups } = this.#snapshot;
    const others = applications.filter(({ id }) => id !== changed.id);
    for (const configuration of configurationsOf([...others, changed], connectorGroups, 0).values()) {
      const problem = findSizeProblem(configuration);
      if (problem !== null) return problem;
    }
    return null;
  }

  #refresh(): Promise<void> {
    this.#isStale = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = null;
    });
    return this.#reloading;
  }

  async #reload(): Promise<void> {
    // Changes that are told together are read together.
    await Promise.resolve();
    while (this.#isStale) {
      this.#isStale = false;
      try {
        const before = this.#snapshot;
        this.#snapshot = await this.#load();
        this.#tell(before, this.#snapshot);
      } catch (error) {
        this.#options.onError(error);
        this.#retry ??= setTimeout(() => {
          this.#retry = null;
          void this.#refresh();
        }, RETRY_MS).unref();
      }
    }
  }

  #tell(before: Snapshot, after: Snapshot): void {
    const { news } = this.#options;
    for (const [id, connector] of before.connectors) {
      const now = after.connectors.get(id);
      if (now === undefined || (now.revokedAtMs !== null && connector.revokedAtMs === null)) {
        news.onConnectorRemoved(id);
        continue;
      }
      if (now.connectorGroupId !== connector.connectorGroupId) news.onConnectorMoved(id, now.connectorGroupId);
      if (now.displayName !== connector.displayName) news.onConnectorRenamed(id, now.displayName);
      if (now.isDraining !== connector.isDraining) news.onConnectorDraining(id, now.isDraining);
    }
    // Whether its connectors need to hear of it the relay sees, which knows what each of them has.
    for (const id of after.groups.keys()) news.onGroupChanged(id);
  }

  async #load(): Promise<Snapshot> {
    const { source } = this.#options;
    // The version is read first: at worst a newer state goes out under an older number and once more under its own.
    const version = await source.configurationVersion();
    const [applications, groups, connectors] = await Promise.all([
      source.applications.list(),
      source.connectorGroups.list(),
      source.connectors.list(),
    ]);
    return {
      version,
      applications,
      connectorGroups: groups,
      connectors: new Map(connectors.map((connector) => [connector.id, connector])),
      groups: this.#groupsThatFit(configurationsOf(applications, groups, version)),
    };
  }

  /** A configuration that no tunnel can carry would end them all: the last one that fits stays in force. */
  #groupsThatFit(groups: ReadonlyMap<string, ConnectorConfiguration>): ReadonlyMap<string, ConnectorConfiguration> {
    const fitting = new Map<string, ConnectorConfiguration>();
    for (const [id, group] of groups) {
      const problem = findSizeProblem(group);
      const last = this.#snapshot.groups.get(id);
      if (problem === null) fitting.set(id, group);
      else if (last !== undefined) fitting.set(id, last);
      if (problem !== null) this.#options.onError(new PosternError('API_INVALID', { reason: problem }));
    }
    return fitting;
  }
}
