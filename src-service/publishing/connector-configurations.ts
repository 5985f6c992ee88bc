import {
  APPLICATION_SERVER_TIMEOUT_SECONDS,
  type Application,
  type ConnectorGroup,
} from '../../src-shared/publishing/application.ts';
import { publishedAddresses, type PublishedUrls } from '../../src-shared/publishing/published-addresses.ts';
import type {
  ConnectorApplication,
  ConnectorConfiguration,
} from '../../src-shared/publishing/connector-configuration.ts';
import type { ConnectorRecord } from '../store/connector-records.ts';
import type { StoreChange } from '../store/unit-of-work.ts';

/** What configurations are made of; the store is one. */
export interface ConfigurationSource {
  readonly applications: { list(): Promise<readonly Application[]> };
  readonly connectorGroups: { list(): Promise<readonly ConnectorGroup[]> };
  readonly connectors: { list(): Promise<readonly ConnectorRecord[]> };
  configurationVersion(): Promise<number>;
  onChange(listener: (change: StoreChange) => void): () => void;
}

/** What a change means for the tunnels that stand. */
export interface ConfigurationNews {
  /** The group publishes something else than before. */
  onGroupChanged(connectorGroupId: string): void;
  onConnectorMoved(connectorId: string, connectorGroupId: string): void;
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
  #snapshot: Snapshot = { version: 0, groups: new Map(), connectors: new Map() };
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
      if (!IRRELEVANT.includes(change.kind)) void this.#refresh();
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

  #refresh(): Promise<void> {
    this.#isStale = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = null;
    });
    return this.#reloading;
  }

  async #reload(): Promise<void> {
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
      if (now === undefined) news.onConnectorRemoved(id);
      else if (now.connectorGroupId !== connector.connectorGroupId) news.onConnectorMoved(id, now.connectorGroupId);
    }
    for (const [id, group] of after.groups) {
      if (contentOf(group) !== contentOf(before.groups.get(id))) news.onGroupChanged(id);
    }
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
    const byGroup = Map.groupBy(applications, (application) => application.connectorGroupId);
    const urlsByGroup = new Map(
      [...byGroup].map(([groupId, own]) => [groupId, own.flatMap(publishedAddresses).map(urlsOf)] as const),
    );
    return {
      version,
      connectors: new Map(connectors.map((connector) => [connector.id, connector])),
      groups: new Map(
        groups.map((group) => [
          group.id,
          {
            version,
            // Filled in for each connector as it is sent.
            connectorName: '',
            connectorGroupName: group.name,
            applications: (byGroup.get(group.id) ?? []).flatMap(toConnectorApplications),
            otherUrls: [...urlsByGroup].flatMap(([groupId, urls]) => (groupId === group.id ? [] : urls)),
          },
        ]),
      ),
    };
  }
}

function contentOf(configuration: ConnectorConfiguration | undefined): string {
  return JSON.stringify([configuration?.connectorGroupName, configuration?.applications, configuration?.otherUrls]);
}

function urlsOf({ externalUrl, internalUrl }: PublishedUrls): PublishedUrls {
  return { externalUrl, internalUrl };
}

function toConnectorApplications(application: Application): ConnectorApplication[] {
  const { onPremisesPublishing, displayName } = application;
  const shared = {
    displayName,
    isTranslateHostHeaderEnabled: onPremisesPublishing.isTranslateHostHeaderEnabled,
    isBackendCertificateValidationEnabled: onPremisesPublishing.isBackendCertificateValidationEnabled,
    applicationServerTimeoutSeconds:
      onPremisesPublishing.applicationServerTimeoutSeconds ??
      APPLICATION_SERVER_TIMEOUT_SECONDS[onPremisesPublishing.applicationServerTimeout],
    backendHttpVersion: onPremisesPublishing.backendHttpVersion,
    webSocketIdleTimeoutSeconds: onPremisesPublishing.webSocketIdleTimeoutSeconds ?? 0,
    backendTrustedCertificates: onPremisesPublishing.backendTrustedCertificates ?? '',
    isTranslateLinksInBodyEnabled: onPremisesPublishing.isTranslateLinksInBodyEnabled,
    isTranslateLinksInScriptsEnabled: onPremisesPublishing.isTranslateLinksInScriptsEnabled,
  };
  return publishedAddresses(application).map(({ routeId, externalUrl, internalUrl }) => ({
    id: routeId,
    ...(routeId !== application.id && { applicationId: application.id }),
    externalUrl,
    internalUrl,
    ...shared,
  }));
}
