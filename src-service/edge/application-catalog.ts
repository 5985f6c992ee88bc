import type { Logger } from 'pino';
import type { AppRoleAssignment, Application } from '../../src-shared/publishing/application.ts';
import { decodeOctets } from './request-target.ts';

/** A published application, ready for the decisions of a request. */
export interface PublishedApplication {
  readonly application: Application;
  /** Lower-case host of the external URL; `*.example.com` where it is a wildcard. */
  readonly hostname: string;
  /** `:8080` where the external URL has a port, else empty. */
  readonly portSuffix: string;
  readonly isHttps: boolean;
  /** Path of the external URL, decoded to octets as `RequestTarget.readings` are; begins and ends in `/`. */
  readonly pathPrefix: string;
  readonly assignedUserIds: ReadonlySet<string>;
  readonly assignedGroupIds: ReadonlySet<string>;
}

/** What the catalog reads; the store is one. */
export interface CatalogSource {
  readonly applications: { list(): Promise<readonly Application[]> };
  readonly assignments: { list(): Promise<readonly AppRoleAssignment[]> };
  onChange(listener: (change: { readonly kind: string }) => void): () => void;
}

export interface ApplicationCatalogOptions {
  readonly source: CatalogSource;
  readonly log: Logger;
}

/** Applications of one host, longest path first, and of wildcard hosts by what follows `*.`. */
interface Index {
  readonly all: readonly PublishedApplication[];
  readonly exact: ReadonlyMap<string, readonly PublishedApplication[]>;
  readonly wildcard: ReadonlyMap<string, readonly PublishedApplication[]>;
}

const RELOAD_RETRY_MS = 1000;

/**
 * The published applications and who may enter them, in memory. Loaded by `start`, and again after each change in the
 * store; a reload replaces the whole index at once. With the store down, the last state stays in force.
 */
export class ApplicationCatalog {
  readonly #source: CatalogSource;
  readonly #log: Logger;
  #index: Index = { all: [], exact: new Map(), wildcard: new Map() };
  #unsubscribe: (() => void) | null = null;
  #loading: Promise<void> | null = null;
  #isStale = false;
  #retryTimer: NodeJS.Timeout | null = null;

  constructor(options: ApplicationCatalogOptions) {
    this.#source = options.source;
    this.#log = options.log;
  }

  /** Loads the catalog and follows the store from then on. @throws whatever the store throws when the first load fails */
  async start(): Promise<void> {
    this.#unsubscribe = this.#source.onChange((change) => {
      if (change.kind === 'application' || change.kind === 'assignment') void this.refresh();
    });
    this.#index = await this.#load();
  }

  /** Loads again; resolves when the state of the store at the time of the call, or a later one, is in force. Never rejects. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#reload().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
  }

  /** Every published application, by name. */
  all(): readonly PublishedApplication[] {
    return this.#index.all;
  }

  /** The application with the shortest path on this host; undefined where none is published on it. */
  firstOn(hostname: string): PublishedApplication | undefined {
    return this.#onHost(hostname)?.at(-1);
  }

  /**
   * The application that serves `path` on `hostname` (B3, B4, B5): the exact host before a wildcard, the longer wildcard
   * before the shorter, then the longest path.
   *
   * @param path one of `RequestTarget.readings`
   */
  match(hostname: string, path: string): PublishedApplication | undefined {
    return this.#onHost(hostname)?.find((candidate) => path.startsWith(candidate.pathPrefix));
  }

  #onHost(hostname: string): readonly PublishedApplication[] | undefined {
    const exact = this.#index.exact.get(hostname);
    if (exact !== undefined || this.#index.wildcard.size === 0) return exact;
    for (let dot = hostname.indexOf('.'); dot !== -1; dot = hostname.indexOf('.', dot + 1)) {
      const wildcard = this.#index.wildcard.get(hostname.slice(dot + 1));
      if (wildcard !== undefined) return wildcard;
    }
    return undefined;
  }

  async #reload(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        this.#index = await this.#load();
      } catch (error) {
        this.#log.error({ err: error }, 'catalog.reload_failed');
        this.#retryTimer ??= setTimeout(() => {
          this.#retryTimer = null;
          void this.refresh();
        }, RELOAD_RETRY_MS).unref();
      }
    }
  }

  async #load(): Promise<Index> {
    const [applications, assignments] = await Promise.all([
      this.#source.applications.list(),
      this.#source.assignments.list(),
    ]);
    const byApplication = Map.groupBy(assignments, (assignment) => assignment.resourceId);
    const all = applications
      .map((application) => publish(application, byApplication.get(application.id) ?? []))
      .toSorted((a, b) => a.application.displayName.localeCompare(b.application.displayName));
    return { all, ...indexByHost(all) };
  }
}

function publish(application: Application, assignments: readonly AppRoleAssignment[]): PublishedApplication {
  const external = new URL(application.onPremisesPublishing.externalUrl);
  const ids = (type: 'User' | 'Group'): Set<string> =>
    new Set(assignments.filter((entry) => entry.principalType === type).map((entry) => entry.principalId));
  return {
    application,
    hostname: external.hostname,
    portSuffix: external.port === '' ? '' : `:${external.port}`,
    isHttps: external.protocol === 'https:',
    pathPrefix: decodeOctets(external.pathname),
    assignedUserIds: ids('User'),
    assignedGroupIds: ids('Group'),
  };
}

function indexByHost(all: readonly PublishedApplication[]): Pick<Index, 'exact' | 'wildcard'> {
  const exact = new Map<string, PublishedApplication[]>();
  const wildcard = new Map<string, PublishedApplication[]>();
  for (const entry of all.toSorted((a, b) => b.pathPrefix.length - a.pathPrefix.length)) {
    const isWildcard = entry.hostname.startsWith('*.');
    const map = isWildcard ? wildcard : exact;
    const key = isWildcard ? entry.hostname.slice(2) : entry.hostname;
    const entries = map.get(key);
    if (entries === undefined) map.set(key, [entry]);
    else entries.push(entry);
  }
  return { exact, wildcard };
}
