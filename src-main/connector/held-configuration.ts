import { z } from 'zod';
import type { ApplicationRejection } from '../../src-shared/connector/engine-state.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type Reason, sayReason } from '../../src-shared/errors/reasons.ts';
import type { PublishedUrls } from '../../src-shared/publishing/published-addresses.ts';
import {
  type ConnectorApplication,
  type ConnectorConfiguration,
  connectorApplicationSchema,
} from '../../src-shared/publishing/connector-configuration.ts';
import {
  type ConfigurationChange,
  MAX_CONFIGURATION_BYTES,
  type RejectedApplication,
} from '../../src-shared/wire/configuration-change.ts';

/** What there is of an application: as it is in force, and why not as the service has it now. */
interface HeldApplication {
  /** Null where none was ever good. */
  readonly inForce: ConnectorApplication | null;
  readonly displayName: string;
  readonly reason: string | null;
}

/** A configuration as it stands. Replaced as a whole. */
interface Held {
  /** Null for one that an older service sent whole. */
  readonly tag: string | null;
  readonly version: number;
  readonly connectorName: string;
  readonly connectorGroupName: string;
  /** Whether the service hands the connector no new requests. */
  readonly isDraining: boolean;
  readonly applications: ReadonlyMap<string, HeldApplication>;
  /** By external URL. */
  readonly otherUrls: ReadonlyMap<string, PublishedUrls>;
}

/** An application that the connector can't take, or may not reach, with its name. */
export interface NamedRejection extends RejectedApplication {
  readonly displayName: string;
  readonly told?: Reason;
  readonly cause: ApplicationRejection['cause'];
}

/** The parts of a change that have come by one tunnel. */
export interface StagedChange {
  readonly tag: string;
  readonly base: string | undefined;
  readonly applications: ConfigurationChange['applications'];
  readonly otherUrls: PublishedUrls[];
  readonly removedApplications: string[];
  readonly removedOtherUrls: string[];
  bytes: number;
  parts: number;
}

/** What became of a message of the service. */
export type ChangeOutcome =
  /** A part of a change of which more is to come. */
  | { readonly kind: 'staged'; readonly staged: StagedChange }
  /** In force, or nothing new. */
  | { readonly kind: 'held' }
  /** The change is one of something else than what is here. */
  | { readonly kind: 'baseUnknown' };

const MAX_REASON_LENGTH = 512;
const MAX_ID_LENGTH = 256;

/**
 * The connector's configuration: what its service sends, whole or as changes, over any of its tunnels, and of each
 * application the last that was good. The newest wins; what is older counts only as the first of a session while no other
 * tunnel is up, which is a service that began to count anew (B63).
 */
export class HeldConfiguration {
  readonly #findProblem: (application: ConnectorApplication) => string | null;
  readonly #findBar: (application: ConnectorApplication) => Reason | null;
  #held: Held | null = null;
  #current: ConnectorConfiguration | null = null;
  #rejected: readonly NamedRejection[] = [];

  /**
   * @param findProblem says why an application can't be served here; null where it can
   * @param findBar says why one that is in force may not be reached from here; null where it may
   */
  constructor(
    findProblem: (application: ConnectorApplication) => string | null,
    findBar: (application: ConnectorApplication) => Reason | null = () => null,
  ) {
    this.#findProblem = findProblem;
    this.#findBar = findBar;
  }

  /** Names what is here for the service; null where it can't. */
  get tag(): string | null {
    return this.#held?.tag ?? null;
  }

  /** What is in force; null before the first configuration. Its lists are the same objects until one of them changes. */
  get current(): ConnectorConfiguration | null {
    return this.#current;
  }

  /** Whether an administrator lets this connector run empty. */
  get isDraining(): boolean {
    return this.#held?.isDraining ?? false;
  }

  /** Applications that are not in force as the service has them. */
  get rejected(): readonly NamedRejection[] {
    return this.#rejected;
  }

  /** Takes a whole configuration of an older service. @returns whether it is in force now; an older one is passed over */
  replace(configuration: WholeConfiguration, mayGoBack: boolean): boolean {
    const { version, connectorName, connectorGroupName, applications, otherUrls } = configuration;
    if (this.#held !== null && version <= this.#held.version && !mayGoBack) return false;
    this.#hold({
      tag: null,
      version,
      connectorName,
      connectorGroupName,
      isDraining: false,
      applications: this.#takeAll(applications),
      otherUrls: byExternalUrl(otherUrls),
    });
    return true;
  }

  /**
   * Takes the next part of a change.
   * @param staged what came before of the same change by the same tunnel
   * @param bytes octets of the part
   * @param mayGoBack whether an older configuration than the one here counts too
   * @throws PosternError `TUNNEL_PROTOCOL` for parts that don't follow one another, or are too much
   */
  change(change: ConfigurationChange, bytes: number, staged: StagedChange | null, mayGoBack: boolean): ChangeOutcome {
    const held = this.#held;
    const { base, tag, version, isLast } = change;
    if (held !== null && tag === held.tag) {
      if (mayGoBack || version >= held.version) this.#relabel(held, change);
      return { kind: 'held' };
    }
    const isOlder = held !== null && (base === undefined ? version <= held.version : version < held.version);
    if (isOlder && !mayGoBack) return { kind: 'held' };
    if (base !== undefined && base !== held?.tag) return { kind: 'baseUnknown' };
    const whole = stage(change, bytes, staged);
    if (!isLast) return { kind: 'staged', staged: whole };
    this.#apply(change, whole, base === undefined ? null : held);
    return { kind: 'held' };
  }

  #apply(change: ConfigurationChange, whole: StagedChange, base: Held | null): void {
    const { tag, version, connectorName, connectorGroupName, isDraining = false } = change;
    const taken = this.#takeAll(whole.applications);
    const applications = base === null ? taken : new Map([...base.applications, ...taken]);
    const changedUrls = byExternalUrl(whole.otherUrls);
    const otherUrls = base === null ? changedUrls : new Map([...base.otherUrls, ...changedUrls]);
    if (base !== null) {
      for (const id of whole.removedApplications) applications.delete(id);
      for (const url of whole.removedOtherUrls) otherUrls.delete(url);
    }
    this.#hold({ tag, version, connectorName, connectorGroupName, isDraining, applications, otherUrls });
  }

  #hold(held: Held): void {
    const applications: ConnectorApplication[] = [];
    for (const { inForce } of held.applications.values()) if (inForce !== null) applications.push(inForce);
    const { version, connectorName, connectorGroupName, otherUrls } = held;
    this.#held = held;
    this.reconsiderBars();
    this.#current = { version, connectorName, connectorGroupName, applications, otherUrls: [...otherUrls.values()] };
  }

  /** What may be reached from here has changed. @returns whether what can't be served is something else now */
  reconsiderBars(): boolean {
    const rejected: NamedRejection[] = [];
    for (const [id, { inForce, reason, displayName }] of this.#held?.applications ?? []) {
      if (reason !== null) rejected.push({ id, displayName, reason, cause: 'change' });
      const bar = inForce === null || reason !== null ? null : this.#findBar(inForce);
      if (bar === null) continue;
      const words = sayReason(bar).slice(0, MAX_REASON_LENGTH);
      rejected.push({ id, displayName, reason: words, told: bar, cause: 'allowList' });
    }
    const isOther = JSON.stringify(rejected) !== JSON.stringify(this.#rejected);
    this.#rejected = rejected;
    return isOther;
  }

  /** What is published is the same; the connector, or its group, may be called otherwise, or the connector be drained. */
  #relabel(held: Held, change: ConfigurationChange): void {
    const { version, connectorName, connectorGroupName, isDraining = false } = change;
    const isSame = connectorName === held.connectorName && connectorGroupName === held.connectorGroupName;
    if (isSame && version === held.version && isDraining === held.isDraining) return;
    const labels = { version, connectorName, connectorGroupName };
    this.#held = { ...held, ...labels, isDraining };
    if (this.#current !== null) this.#current = { ...this.#current, ...labels };
  }

  #takeAll(applications: readonly { readonly id: string }[]): Map<string, HeldApplication> {
    return new Map(applications.map((application) => [application.id, this.#take(application)]));
  }

  #take(application: { readonly id: string; readonly displayName?: unknown }): HeldApplication {
    const { id, displayName } = application;
    const name = typeof displayName === 'string' ? displayName : '';
    const parsed = connectorApplicationSchema.safeParse(application);
    const problem = id.length > MAX_ID_LENGTH ? 'Its id is too long.' : null;
    const reason =
      problem ?? (parsed.success ? this.#findProblem(parsed.data) : `It could not be read: ${issuesOf(parsed.error)}.`);
    if (reason === null && parsed.success) return { inForce: parsed.data, displayName: name, reason: null };
    const inForce = this.#held?.applications.get(id)?.inForce ?? null;
    return { inForce, displayName: name, reason: (reason ?? '').slice(0, MAX_REASON_LENGTH) };
  }
}

/** A configuration of which each application is still to be read. */
export const wholeConfigurationSchema = z.object({
  version: z.number().int().nonnegative(),
  connectorName: z.string(),
  connectorGroupName: z.string(),
  applications: z.array(z.looseObject({ id: z.string() })),
  otherUrls: z.array(z.object({ externalUrl: z.string(), internalUrl: z.string() })).default([]),
});
export type WholeConfiguration = z.infer<typeof wholeConfigurationSchema>;

function stage(change: ConfigurationChange, bytes: number, staged: StagedChange | null): StagedChange {
  let whole = staged;
  if (change.part === 0) {
    whole = { tag: change.tag, base: change.base, bytes: 0, parts: 0, ...emptyLists() };
  } else if (whole?.tag !== change.tag || whole.base !== change.base || whole.parts !== change.part) {
    throw new PosternError('TUNNEL_PROTOCOL', {
      message: 'The parts of a configuration change do not belong together.',
    });
  }
  whole.bytes += bytes;
  whole.parts += 1;
  if (whole.bytes > MAX_CONFIGURATION_BYTES) {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'A configuration has more octets than are allowed.' });
  }
  for (const each of change.applications) whole.applications.push(each);
  for (const each of change.otherUrls) whole.otherUrls.push(each);
  for (const each of change.removedApplications) whole.removedApplications.push(each);
  for (const each of change.removedOtherUrls) whole.removedOtherUrls.push(each);
  return whole;
}

/** Addresses that can't be read are left out: no link can point to one. */
function byExternalUrl(urls: readonly PublishedUrls[]): Map<string, PublishedUrls> {
  const readable = urls.filter(
    ({ externalUrl, internalUrl }) => URL.canParse(externalUrl) && URL.canParse(internalUrl),
  );
  return new Map(readable.map((each) => [each.externalUrl, each]));
}

/** Which fields are wrong, and how. */
function issuesOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

function emptyLists(): Pick<StagedChange, 'applications' | 'otherUrls' | 'removedApplications' | 'removedOtherUrls'> {
  return { applications: [], otherUrls: [], removedApplications: [], removedOtherUrls: [] };
}
