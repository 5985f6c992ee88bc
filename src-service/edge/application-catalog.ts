import type { Logger } from 'pino';
import type { AppRoleAssignment } from '../../src-shared/publishing/app-roles.ts';
import type { Application } from '../../src-shared/publishing/application.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import { type PublishedAddress, publishedAddresses } from '../../src-shared/publishing/published-addresses.ts';
import { isWildcardHost, wildcardLabel } from '../../src-shared/publishing/urls.ts';
import { compileAssignments } from './assignment.ts';
import { compilePolicy } from './conditional-access/compile-policies.ts';
import { corsRules } from './cors.ts';
import { HostApplications } from './host-applications.ts';
import type { PublishedApplication } from './published-application.ts';

/** What the catalog reads; the store is one. */
export interface CatalogSource {
  readonly applications: { list(): Promise<readonly Application[]> };
  readonly assignments: { list(): Promise<readonly AppRoleAssignment[]> };
  onChange(listener: (change: { readonly kind: string }) => Promise<void> | void): () => void;
}

export interface ApplicationCatalogOptions {
  readonly source: CatalogSource;
  /** The provider of applications that name none. */
  readonly defaultProviderId: string;
  readonly log: Logger;
}

type HostIndex = Map<string, HostApplications<PublishedApplication>>;

/** An application as it was published last, and what that was made of. */
interface Published {
  readonly application: Application;
  readonly assignments: readonly AppRoleAssignment[];
  readonly entries: readonly PublishedApplication[];
}

const RELOAD_RETRY_MS = 1000;
const BY_NAME = new Intl.Collator();

/**
 * The published applications and who may enter them, in memory. Loaded by `start`, and again after each change in the
 * store; a reload puts what has changed into the index at once. With the store down, the last state stays in force.
 */
export class ApplicationCatalog {
  readonly #source: CatalogSource;
  readonly #defaultProviderId: string;
  readonly #log: Logger;
  /** What is published on each host, and on wildcard hosts by what follows `*.`. */
  readonly #exact: HostIndex = new Map();
  readonly #wildcard: HostIndex = new Map();
  /** By id: what stands as it stood is published as it was. */
  #published: ReadonlyMap<string, Published> = new Map();
  #addresses: readonly PublishedApplication[] = [];
  /** Made when it is asked for; null after a change. */
  #all: readonly PublishedApplication[] | null = null;
  #unsubscribe: (() => void) | null = null;
  #loading: Promise<void> | null = null;
  #isStale = false;
  #retryTimer: NodeJS.Timeout | null = null;

  constructor(options: ApplicationCatalogOptions) {
    this.#source = options.source;
    this.#defaultProviderId = options.defaultProviderId;
    this.#log = options.log;
  }

  /** Loads the catalog and follows the store from then on. @throws whatever the store throws when the first load fails */
  async start(): Promise<void> {
    this.#unsubscribe = this.#source.onChange((change) => {
      return change.kind === 'application' || change.kind === 'assignment' ? this.refresh() : undefined;
    });
    await this.#load();
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

  /** Every published application once, by name, at the address that stands for it. */
  all(): readonly PublishedApplication[] {
    this.#all ??= Array.from(this.#published.values(), ({ entries }) => standingFor(entries))
      .flat()
      .sort((a, b) => BY_NAME.compare(a.application.displayName, b.application.displayName));
    return this.#all;
  }

  /** Every address at which something is published, several of an application with segments; another list after a change. */
  addresses(): readonly PublishedApplication[] {
    return this.#addresses;
  }

  /** The application with the shortest path on this host; undefined where none is published on it. */
  firstOn(hostname: string): PublishedApplication | undefined {
    return this.#onHost(hostname)?.entries.at(-1);
  }

  /**
   * What serves `path` on `hostname` (B3, B4, B5, B7): the exact host before the wildcard of its domain, then the longest
   * path. A wildcard stands for one label, so that the longer one is always that of the domain right above.
   *
   * The name of a published folder without its last slash belongs to that folder: backends often take the two for one.
   *
   * @param path one of `RequestTarget.readings`
   */
  match(hostname: string, path: string): PublishedApplication | undefined {
    return this.#onHost(hostname)?.find(path);
  }

  #onHost(hostname: string): HostApplications<PublishedApplication> | undefined {
    const exact = this.#exact.get(hostname);
    if (exact !== undefined || this.#wildcard.size === 0) return exact;
    const wildcard = this.#wildcard.get(hostname.slice(hostname.indexOf('.') + 1));
    return wildcard === undefined || wildcardLabel(hostname) === null ? undefined : wildcard;
  }

  async #reload(): Promise<void> {
    // Changes that are told together are read together.
    await Promise.resolve();
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await this.#load();
      } catch (error) {
        this.#log.error({ err: error }, 'catalog.reload_failed');
        this.#retryTimer ??= setTimeout(() => {
          this.#retryTimer = null;
          void this.refresh();
        }, RELOAD_RETRY_MS).unref();
      }
    }
  }

  async #load(): Promise<void> {
    const [applications, assignments] = await Promise.all([
      this.#source.applications.list(),
      this.#source.assignments.list(),
    ]);
    const byApplication = Map.groupBy(assignments, (assignment) => assignment.resourceId);
    const before = this.#published;
    const now = new Map(
      applications.map((application) => [
        application.id,
        this.#publish(application, byApplication.get(application.id) ?? []),
      ]),
    );
    this.#published = now;
    const gone = [...before].filter(([id, each]) => now.get(id) !== each).flatMap(([, { entries }]) => entries);
    const come = [...now].filter(([id, each]) => before.get(id) !== each).flatMap(([, { entries }]) => entries);
    this.#index(new Set(gone), come);
    this.#addresses = Array.from(now.values(), ({ entries }) => entries).flat();
    this.#all = null;
  }

  /** Puts what has come on a host, and takes from it what is gone. */
  #index(gone: ReadonlySet<PublishedApplication>, come: readonly PublishedApplication[]): void {
    const comeByHost = Map.groupBy(come, ({ hostname }) => hostname);
    for (const hostname of new Set([...Array.from(gone, (entry) => entry.hostname), ...comeByHost.keys()])) {
      const [index, host] = isWildcardHost(hostname) ? [this.#wildcard, hostname.slice(2)] : [this.#exact, hostname];
      const kept = index.get(host)?.entries.filter((entry) => !gone.has(entry)) ?? [];
      const entries = [...kept, ...(comeByHost.get(hostname) ?? [])];
      if (entries.length === 0) index.delete(host);
      else index.set(host, new HostApplications(entries));
    }
  }

  #publish(application: Application, assignments: readonly AppRoleAssignment[]): Published {
    const known = this.#published.get(application.id);
    if (known?.application === application && areSame(known.assignments, assignments)) return known;
    return { application, assignments, entries: publish(application, assignments, this.#defaultProviderId) };
  }
}

/** What the source gives as the same objects has not changed. */
function areSame(before: readonly object[], now: readonly object[]): boolean {
  return before.length === now.length && before.every((each, index) => each === now[index]);
}

function publish(
  application: Application,
  assignments: readonly AppRoleAssignment[],
  defaultProviderId: string,
): PublishedApplication[] {
  const identityProviderId = application.onPremisesPublishing.identityProviderId ?? defaultProviderId;
  // Those of other providers sleep: their ids mean somebody else there (ADR 0027).
  const own = assignments.filter((assignment) => assignment.identityProviderId === identityProviderId);
  const shared = {
    application,
    identityProviderId,
    audiences: audiencesOf(application),
    assignments: compileAssignments(application, own),
  };
  const policies = application.onPremisesPublishing.conditionalAccessPolicies.map(compilePolicy);
  return publishedAddresses(application).map((address) => ({
    ...shared,
    ...takeApart(address),
    policies: policies.map((atAddress) => atAddress(address.segmentUrls)),
  }));
}

function takeApart({
  routeId,
  externalUrl,
  corsConfigurations,
}: PublishedAddress): Omit<
  PublishedApplication,
  'application' | 'audiences' | 'assignments' | 'identityProviderId' | 'policies'
> {
  const external = new URL(externalUrl);
  const pathPrefix = decodeOctets(external.pathname);
  return {
    routeId,
    externalUrl,
    hostname: external.hostname,
    portSuffix: external.port === '' ? '' : `:${external.port}`,
    isHttps: external.protocol === 'https:',
    pathPrefix,
    cors: corsRules(pathPrefix, corsConfigurations),
  };
}

/** Besides what the application lists, its id and its external URL, with the last slash and without. */
function audiencesOf({ appId, onPremisesPublishing }: Application): Set<string> {
  const { externalUrl, accessTokenAudiences } = onPremisesPublishing;
  return new Set([appId, `api://${appId}`, externalUrl, externalUrl.replace(/\/$/, ''), ...accessTokenAudiences]);
}

/** The address that a person would open: the application's own, or the first that a browser can go to. */
function standingFor(entries: readonly PublishedApplication[]): readonly PublishedApplication[] {
  const open = entries.filter((entry) => !isWildcardHost(entry.hostname));
  const own = open.find((entry) => entry.externalUrl === entry.application.onPremisesPublishing.externalUrl);
  return [own ?? open[0] ?? entries[0]].filter((entry) => entry !== undefined);
}
