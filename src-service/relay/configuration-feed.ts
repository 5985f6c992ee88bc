import { createHash } from 'node:crypto';
import type {
  ConnectorApplication,
  ConnectorConfiguration,
} from '../../src-shared/publishing/connector-configuration.ts';
import type { PublishedUrls } from '../../src-shared/publishing/published-addresses.ts';
import { RELAY_LIMITS } from './relay-limits.ts';

/** Something of a configuration, the text by which it is compared, and its digest. */
interface Item<Value> {
  readonly value: Value;
  readonly text: string;
  readonly digest: string;
}

/** A configuration as it is sent: never changed, only replaced. */
export interface FedConfiguration {
  readonly configuration: ConnectorConfiguration;
  /** Names it by its content, so that all nodes of the service name it alike. */
  readonly tag: string;
  readonly applications: ReadonlyMap<string, Item<ConnectorApplication>>;
  /** By external URL. */
  readonly otherUrls: ReadonlyMap<string, Item<PublishedUrls>>;
}

/** What has changed since some configuration: the names alone, since what counts is how they stand now. */
export interface ConfigurationChanges {
  readonly applications: ReadonlySet<string>;
  readonly otherUrls: ReadonlySet<string>;
}

interface Step extends ConfigurationChanges {
  /** The configuration before it. */
  readonly base: string;
}

/** What a connector group publishes, and what changed lately, so that connectors are told no more than that (B63). */
export class ConfigurationFeed {
  #current: FedConfiguration;
  /** Oldest first. */
  #steps: Step[] = [];

  constructor(configuration: ConnectorConfiguration) {
    this.#current = feed(configuration, null);
  }

  get current(): FedConfiguration {
    return this.#current;
  }

  /** Takes the group's configuration as it is now. */
  update(configuration: ConnectorConfiguration): void {
    const before = this.#current;
    if (configuration === before.configuration) return;
    const after = feed(configuration, before);
    this.#current = after;
    if (after.tag === before.tag) return;
    // A configuration that was there before must not be told to be two.
    this.#steps = this.#steps.filter(({ base }) => base !== after.tag);
    this.#steps.push({
      base: before.tag,
      applications: differences(before.applications, after.applications),
      otherUrls: differences(before.otherUrls, after.otherUrls),
    });
    const { configurationSteps, configurationStepNames } = RELAY_LIMITS;
    let names = this.#steps.reduce((sum, { applications, otherUrls }) => sum + applications.size + otherUrls.size, 0);
    while (this.#steps.length > configurationSteps || names > configurationStepNames) {
      const oldest = this.#steps.shift();
      names -= (oldest?.applications.size ?? 0) + (oldest?.otherUrls.size ?? 0);
    }
  }

  /** What has changed since the configuration of that tag; null where that isn't known any more. */
  changesSince(tag: string | null): ConfigurationChanges | null {
    if (tag === null) return null;
    const applications = new Set<string>();
    const otherUrls = new Set<string>();
    if (tag === this.#current.tag) return { applications, otherUrls };
    const first = this.#steps.findIndex(({ base }) => base === tag);
    if (first === -1) return null;
    for (const step of this.#steps.slice(first)) {
      for (const id of step.applications) applications.add(id);
      for (const url of step.otherUrls) otherUrls.add(url);
    }
    return { applications, otherUrls };
  }
}

function feed(configuration: ConnectorConfiguration, before: FedConfiguration | null): FedConfiguration {
  const applications = items(configuration.applications, ({ id }) => id, before?.applications);
  const otherUrls = items(configuration.otherUrls, ({ externalUrl }) => externalUrl, before?.otherUrls);
  const hash = createHash('sha256').update(JSON.stringify(configuration.connectorGroupName));
  for (const list of [applications, otherUrls]) {
    hash.update('\n');
    // Of ten thousand one is another one: the digests of the others are known.
    hash.update(Array.from(list.values(), ({ digest }) => digest).join());
  }
  return { configuration, tag: hash.digest('base64url'), applications, otherUrls };
}

/** In the order of their names, so that equal configurations have equal tags. */
function items<Value extends object>(
  values: readonly Value[],
  nameOf: (value: Value) => string,
  before: ReadonlyMap<string, Item<Value>> | undefined,
): Map<string, Item<Value>> {
  const sorted = values.map((value) => [nameOf(value), value] as const);
  sorted.sort(([left], [right]) => (left < right ? -1 : 1));
  return new Map(
    sorted.map(([name, value]) => {
      const known = before?.get(name);
      const text = known?.value === value ? known.text : JSON.stringify(value);
      return [name, known?.text === text ? known : { value, text, digest: hashOf(text) }];
    }),
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function differences(
  before: ReadonlyMap<string, Item<unknown>>,
  after: ReadonlyMap<string, Item<unknown>>,
): Set<string> {
  const names = new Set<string>();
  for (const [name, { text }] of after) if (before.get(name)?.text !== text) names.add(name);
  for (const name of before.keys()) if (!after.has(name)) names.add(name);
  return names;
}
